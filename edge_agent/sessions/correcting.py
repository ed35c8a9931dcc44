"""What a member corrects of a workout, beside what was measured. Pure.

The first correction of a count or an exercise keeps what the camera had seen; one that says the same as the camera
drops it again. Reps and their figures stay as they were measured.
"""

from collections.abc import Mapping, Sequence

import msgspec

from edge_agent.coaching.exercise import Exercise
from edge_agent.errors import PermanentError
from edge_agent.records import ExerciseEntry, Session, WorkoutSet
from edge_agent.sessions.calories import kept_kcal
from edge_agent.sessions.edits import EntryEdit, SetEdit, WorkoutEdit
from edge_agent.sessions.feedback import feedback_points
from edge_agent.sessions.manual import named_exercise

_ANY_WEIGHT_KG = 1000.0
"""Energy is proportional to body weight, so it cancels out of a comparison; a heavy one is rounded less coarsely."""


def corrected(session: Session, edit: WorkoutEdit, exercises: Mapping[str, Exercise]) -> Session:
    """Return the session with all corrections. Raises `PermanentError` for an entry or a set that it has not."""
    _check_places(session, edit)
    measured = session.source == "camera"
    entries = tuple(_corrected_entry(entry, edit, exercises, measured=measured) for entry in session.exercises)
    changes = {name: value for name in ("notes", "focus") if (value := getattr(edit, name)) is not msgspec.UNSET}
    after = msgspec.structs.replace(session, exercises=entries, **changes)
    if [one.exercise for one in entries] == [one.exercise for one in session.exercises]:
        return after
    kcal = _kcal(session, after, exercises)
    points = feedback_points(entries) if measured else session.feedback_points
    return msgspec.structs.replace(after, calories_kcal=kcal, feedback_points=points)


def named(session: Session, user_id: str, user_name: str, weight_ratio: float = 1.0) -> Session:
    """Return an unnamed session under a member's name; `weight_ratio` is their body weight over the assumed one."""
    kcal = session.calories_kcal
    return msgspec.structs.replace(
        session,
        user_id=user_id,
        user_name=user_name,
        calories_kcal=None if kcal is None else round(kcal * weight_ratio, 1),
    )


def _check_places(session: Session, edit: WorkoutEdit) -> None:
    known = {(entry.order, one.number) for entry in session.exercises for one in entry.sets}
    orders = {entry.order for entry in session.exercises}
    for wanted in edit.exercises:
        if wanted.order not in orders:
            raise PermanentError("the workout has no exercise {order}", order=wanted.order)
    for one in edit.sets:
        if (one.exercise, one.number) not in known:
            raise PermanentError(
                "the workout has no set {set} of exercise {exercise}", set=one.number, exercise=one.exercise
            )


def _corrected_entry(
    entry: ExerciseEntry, edit: WorkoutEdit, exercises: Mapping[str, Exercise], *, measured: bool
) -> ExerciseEntry:
    edits = [one for one in edit.sets if one.exercise == entry.order]
    sets = tuple(_corrected_set(one, edits, measured=measured) for one in entry.sets)
    entry = msgspec.structs.replace(entry, sets=sets)
    for one in edit.exercises:
        if one.order == entry.order:
            entry = _as_other(entry, one, exercises, measured=measured)
    return entry


def _as_other(
    entry: ExerciseEntry, edit: EntryEdit, exercises: Mapping[str, Exercise], *, measured: bool
) -> ExerciseEntry:
    """Return the entry as another exercise."""
    other = named_exercise(edit.exercise, exercises)
    before = entry.measured_exercise or entry.exercise
    return msgspec.structs.replace(
        entry,
        exercise=other.key,
        name=other.name,
        muscles=other.muscles,
        measured_exercise=before if measured and other.key != before else None,
    )


def _corrected_set(one: WorkoutSet, edits: Sequence[SetEdit], *, measured: bool) -> WorkoutSet:
    for edit in edits:
        if edit.number != one.number:
            continue
        names = ("reps_full", "weight_kg", "rpe", "kind", "notes")
        changes = {name: value for name in names if (value := getattr(edit, name)) is not msgspec.UNSET}
        before = one.reps_full if one.measured_reps is None else one.measured_reps
        one = msgspec.structs.replace(one, **changes)
        if "reps_full" in changes:
            kept = before if measured and one.reps_full != before else None
            one = msgspec.structs.replace(one, measured_reps=kept)
    return one


def _kcal(before: Session, after: Session, exercises: Mapping[str, Exercise]) -> float | None:
    """Return what the energy comes to with other exercises, in the proportion that their METs change it by."""
    old, new = (kept_kcal(one, exercises, _ANY_WEIGHT_KG) for one in (before, after))
    if before.calories_kcal is None or not old or new is None:
        return before.calories_kcal
    return round(before.calories_kcal * new / old, 1)
