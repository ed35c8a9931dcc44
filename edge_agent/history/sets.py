"""Sets one by one, with what figures need of each. Pure; the definitions that all databases share."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from edge_agent.records import Record, Session, WorkoutSet

MOST_REPS_OF_ESTIMATE = 12
"""Beyond, an estimated one-rep maximum says more about endurance."""
EPLEY_REPS = 30

LONGEST_SET_MS = 24 * 60 * 60 * 1000
"""Beyond a day, or below nothing, a clock was turned meanwhile, and nobody knows how long the set was."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DoneSet(Record, frozen=True, kw_only=True, gc=False):
    """One set and where it stands: `number` counts through the session from 1."""

    session_id: str
    number: int
    exercise: str
    verified: bool
    working: bool
    day: date
    reps: int
    weight_kg: float | None
    """None also for zero: the body alone."""
    duration_ms: int
    rpe: float | None = None
    hold_s: float = 0.0
    ranges: tuple[float, int] = (0.0, 0)
    """Degrees of the full reps whose range was measured, added up, and how many those are."""
    scores: tuple[float, int] = (0.0, 0)
    """Scores of all reps that are told singly, added up, and how many those are."""


def day_of(session: Session) -> date:
    """Return the day on which a session began, where it was."""
    return datetime.fromisoformat(session.start_time).date()


def monday(day: date) -> date:
    """Return the first day of the week."""
    return day - timedelta(days=day.weekday())


def done_sets(session: Session, day: date | None = None) -> Iterator[DoneSet]:
    """Return all sets in order; `day` is the session's where it is another than by its offset."""
    sets = ((entry.exercise, one) for entry in session.exercises for one in entry.sets)
    day = day or day_of(session)
    for number, (exercise, one) in enumerate(sets, 1):
        yield DoneSet(
            session_id=session.session_id,
            number=number,
            exercise=exercise,
            verified=session.source == "camera",
            working=one.kind == "working",
            day=day,
            reps=one.reps_full,
            weight_kg=one.weight_kg if one.weight_kg and one.weight_kg > 0 else None,
            duration_ms=_duration_ms(one),
            rpe=one.rpe,
            hold_s=one.hold_s or 0.0,
            ranges=_added_up(rep.rom_deg for rep in one.reps if rep.full),
            scores=_added_up(rep.score for rep in one.reps),
        )


def _added_up(values: Iterable[float | None]) -> tuple[float, int]:
    known = [value for value in values if value is not None]
    return sum(known), len(known)


def one_rep_max_kg(weight_kg: float | None, reps: int) -> float | None:
    """Estimate the weight of a single rep: w (1 + r / 30), of one rep w itself; None beyond 12 reps.

    Source: B. Epley, "Poundage chart", Boyd Epley Workout, Lincoln NE, 1985.
    """
    if weight_kg is None or not 1 <= reps <= MOST_REPS_OF_ESTIMATE:
        return None
    return weight_kg if reps == 1 else weight_kg * (EPLEY_REPS + reps) / float(EPLEY_REPS)


def _duration_ms(one: WorkoutSet) -> int:
    # Whole milliseconds of each moment: that is what MongoDB keeps.
    started, ended = _milliseconds(one.started_at), _milliseconds(one.ended_at)
    if started is None or ended is None:
        return 0
    duration = ended - started
    return duration if 0 < duration <= LONGEST_SET_MS else 0


def _milliseconds(text: str) -> int | None:
    """Return milliseconds since 1970. Nobody has checked the times of sets: None for what is no time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(milliseconds=1)
