"""Sets one by one, with what figures need of each. Pure; the definitions that all databases share."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from sys import intern

from edge_agent.records import Record, Rep, Session, WorkoutSet

MOST_REPS_OF_ESTIMATE = 12
"""Beyond, an estimated one-rep maximum says more about endurance."""
EPLEY_REPS = 30

LONGEST_HOLD_MS = 24 * 60 * 60 * 1000
"""Beyond a day, or below nothing, it is a mistake and no hold."""


Measured = tuple[float, int, float, int]
"""Of a set's single reps: degrees of the full ones whose range was measured, added up, and how many those are; scores
of all, added up, and how many those are.
"""
NOTHING: Measured = (0.0, 0, 0.0, 0)


class DoneSet(Record, frozen=True, kw_only=True, gc=False):
    """One set and where it stands: `number` counts through the session from 1."""

    session_id: str
    number: int
    exercise: str
    verified: bool
    """Whether a camera saw this exercise; what it counted is `seen_reps`, and what is beyond is the member's word."""
    working: bool
    day: date
    reps: int
    """Full ones, as they stand: measured or corrected."""
    seen_reps: int
    weight_kg: float | None
    """None also for zero: the body alone."""
    hold_ms: int
    rpe: float | None = None
    measured: Measured = NOTHING


def day_of(session: Session) -> date:
    """Return the day on which a session began, where it was."""
    return datetime.fromisoformat(session.start_time).date()


def monday(day: date) -> date:
    """Return the first day of the week."""
    return day - timedelta(days=day.weekday())


def done_sets(session: Session, day: date | None = None, *, measured: bool = True) -> Iterator[DoneSet]:
    """Return all sets in order; `day` is the session's where it is another than by its offset.

    Without `measured` nothing is added up over their reps.
    """
    sets = ((entry, one) for entry in session.exercises for one in entry.sets)
    day = day or day_of(session)
    for number, (entry, one) in enumerate(sets, 1):
        verified = session.source == "camera" and entry.measured_exercise in {None, entry.exercise}
        yield DoneSet(
            session_id=session.session_id,
            number=number,
            exercise=intern(entry.exercise),
            verified=verified,
            working=one.kind == "working",
            day=day,
            reps=one.reps_full,
            seen_reps=_seen_reps(one) if verified else 0,
            weight_kg=one.weight_kg if one.weight_kg and one.weight_kg > 0 else None,
            hold_ms=_hold_ms(one),
            rpe=one.rpe,
            measured=_measured(one.reps) if measured and one.reps else NOTHING,
        )


def _measured(reps: Sequence[Rep]) -> Measured:
    ranges = [rep.rom_deg for rep in reps if rep.full and rep.rom_deg is not None]
    return sum(ranges), len(ranges), sum(rep.score for rep in reps), len(reps)


def one_rep_max_kg(weight_kg: float | None, reps: int) -> float | None:
    """Estimate the weight of a single rep: w (1 + r / 30), of one rep w itself; None beyond 12 reps.

    Source: B. Epley, "Poundage chart", Boyd Epley Workout, Lincoln NE, 1985.
    """
    if weight_kg is None or not 1 <= reps <= MOST_REPS_OF_ESTIMATE:
        return None
    return weight_kg if reps == 1 else weight_kg * (EPLEY_REPS + reps) / float(EPLEY_REPS)


def _seen_reps(one: WorkoutSet) -> int:
    return one.reps_full if one.measured_reps is None else min(one.reps_full, one.measured_reps)


def _hold_ms(one: WorkoutSet) -> int:
    held = round((one.hold_s or 0.0) * 1000)
    return held if 0 < held <= LONGEST_HOLD_MS else 0
