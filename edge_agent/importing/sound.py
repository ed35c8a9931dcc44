"""Whether a session that comes whole from a file can be one: figures people can do, texts of bearable length."""

from collections.abc import Iterator
from datetime import datetime

from edge_agent.errors import PermanentError
from edge_agent.importing.told import check_start
from edge_agent.records import Session, WorkoutSet

_WEEK_S = 7 * 86_400
_MOST_SETS, _MOST_REPS, _MOST_KG, _MOST_KCAL = 500, 10_000, 1000, 20_000
_LONGEST_NAME, _LONGEST_TEXT = 200, 2000


def check(session: Session, now: datetime) -> None:
    """Raise `PermanentError` that names what is not possible."""
    check_start(_moment(session.start_time), now)
    _moment(session.end_time)
    sets = [one for entry in session.exercises for one in entry.sets]
    if not sets:
        raise PermanentError("no set")
    if len(sets) > _MOST_SETS or any(len(one.reps) > _MOST_REPS for one in sets):
        raise PermanentError(f"more than {_MOST_SETS} sets in one workout, or {_MOST_REPS} reps in a set")
    for one in sets:
        _moment(one.started_at)
        _moment(one.ended_at)
    bounds = [
        ("duration", session.duration_s, _WEEK_S),
        ("calories", session.calories_kcal, _MOST_KCAL),
        ("accuracy", session.accuracy, 1),
        *(bound for one in sets for bound in _bounds(one)),
    ]
    for name, value, most in bounds:
        if value is not None and not 0 <= value <= most:
            raise PermanentError(f"{name} {value:g} is not between 0 and {most}")
    _check_texts(session, sets)


def _bounds(one: WorkoutSet) -> Iterator[tuple[str, float | None, float]]:
    yield "reps", one.reps_full, _MOST_REPS
    yield "partial reps", one.reps_partial, _MOST_REPS
    yield "weight", one.weight_kg, _MOST_KG
    yield "RPE", one.rpe, 10
    yield "rest", one.rest_before_s, _WEEK_S
    yield "hold", one.hold_s, _WEEK_S
    for rep in one.reps:
        yield "score", rep.score, 1
        yield "confidence", rep.confidence, 1


def _check_texts(session: Session, sets: list[WorkoutSet]) -> None:
    names = [text for entry in session.exercises for text in (entry.exercise, entry.name, *entry.muscles)]
    texts = [session.notes, *session.feedback_points, *(one.notes for one in sets)]
    if any(len(one) > _LONGEST_NAME for one in [*names, session.focus or ""]):
        raise PermanentError(f"a name of more than {_LONGEST_NAME} characters")
    if any(len(one) > _LONGEST_TEXT for one in texts if one):
        raise PermanentError(f"a note of more than {_LONGEST_TEXT} characters")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise PermanentError(f"{text[:40]!r} is not a time") from error
    if moment.tzinfo is None:
        raise PermanentError(f"{text[:40]!r} has no offset")
    return moment
