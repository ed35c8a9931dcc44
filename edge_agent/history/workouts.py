"""A workout with no more of it than figures need, so that a member's whole history can be held and walked through."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from sys import intern

from msgspec.structs import replace

from edge_agent.history.answers import Source, Summary, Wanted
from edge_agent.history.calendar import Calendar
from edge_agent.history.sets import DoneSet, Measured, done_sets
from edge_agent.records import ExerciseEntry, Record, Session, SyncState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Part(Record, frozen=True, kw_only=True, gc=False):
    """What a workout had of one exercise: all its sets and full reps, and the volume of its working sets."""

    exercise: str
    name: str
    sets: int
    reps: int
    hold_s: float
    volume_kg: float


class Workout(Record, frozen=True, kw_only=True, gc=False):
    """One workout. `place` stays its own for good and tells workouts of one instant apart."""

    place: int
    rev: str
    instant: int
    """Microseconds since 1970."""
    session_id: str
    start_time: str
    day: str
    """In the gym's calendar, so that texts sort by age."""
    source: Source
    duration_s: float
    calories_kcal: float | None
    accuracy: float | None
    interrupted: bool
    edited: bool
    reps: int
    hold_s: float
    volume_kg: float
    parts: tuple[Part, ...]
    """In order of first appearance."""
    sets: tuple[DoneSet, ...]


def workout_of(
    session: Session, where: tuple[int, str], calendar: Calendar, measured: Sequence[Measured] = ()
) -> Workout:
    """Return what figures need of a session, whose `start_time` is sound; `where` are place and rev.

    `measured` is of the reps of each set where the session comes without them.
    """
    start = datetime.fromisoformat(session.start_time)
    day = calendar.day_of(start)
    place, rev = where
    sets = tuple(done_sets(session, day))
    if len(measured) == len(sets):
        sets = tuple(replace(one, measured=its_own) for one, its_own in zip(sets, measured, strict=True))
    parts = tuple(_parts(session.exercises, sets))
    return Workout(
        place=place,
        rev=rev,
        instant=(start - _EPOCH) // timedelta(microseconds=1),
        session_id=session.session_id,
        start_time=session.start_time,
        day=day.isoformat(),
        source=session.source,
        duration_s=session.duration_s,
        calories_kcal=session.calories_kcal,
        accuracy=session.accuracy,
        interrupted=session.interrupted,
        edited=_is_edited(session),
        reps=sum(one.reps for one in parts),
        hold_s=sum(one.hold_s for one in parts),
        volume_kg=sum(one.volume_kg for one in parts),
        parts=parts,
        sets=sets,
    )


def _parts(entries: Iterable[ExerciseEntry], sets: Iterable[DoneSet]) -> Iterator[Part]:
    names = {entry.exercise: entry.name for entry in reversed(tuple(entries)) if entry.sets}
    by_exercise: dict[str, list[DoneSet]] = {}
    for one in sets:
        by_exercise.setdefault(one.exercise, []).append(one)
    for exercise, own in by_exercise.items():
        yield Part(
            exercise=exercise,
            name=intern(names[exercise]),
            sets=len(own),
            reps=sum([one.reps for one in own]),
            hold_s=sum([one.hold_ms for one in own]) / 1000,
            volume_kg=sum([volume_kg(one) for one in own if one.working]),
        )


def volume_kg(one: DoneSet) -> float:
    """Return weight times full reps."""
    return (one.weight_kg or 0.0) * one.reps


def _is_edited(session: Session) -> bool:
    return any(
        entry.measured_exercise is not None or any(one.measured_reps is not None for one in entry.sets)
        for entry in session.exercises
    )


def part_of(workout: Workout, exercise: str) -> Part | None:
    """Return what a workout had of an exercise."""
    for part in workout.parts:
        if part.exercise == exercise:
            return part
    return None


def chosen(workouts: Iterable[Workout], wanted: Wanted) -> list[Workout]:
    """Return the workouts that pass all filters, in the order given."""
    since = wanted.since.isoformat() if wanted.since else ""
    until = wanted.until.isoformat() if wanted.until else "9999"
    found = [one for one in workouts if since <= one.day <= until]
    if wanted.source is not None:
        found = [one for one in found if one.source == wanted.source]
    if wanted.exercise is not None:
        found = [one for one in found if part_of(one, wanted.exercise) is not None]
    return found


def summary(workout: Workout, state: SyncState) -> Summary:
    """Return a workout as lists show it."""
    return Summary(
        session_id=workout.session_id,
        start_time=workout.start_time,
        day=workout.day,
        source=workout.source,
        exercises=tuple(part.exercise for part in workout.parts),
        names=tuple(part.name for part in workout.parts),
        sets=len(workout.sets),
        reps=workout.reps,
        hold_s=workout.hold_s,
        duration_s=workout.duration_s,
        volume_kg=workout.volume_kg,
        calories_kcal=workout.calories_kcal,
        score=workout.accuracy,
        interrupted=workout.interrupted,
        edited=workout.edited,
        state=state,
    )
