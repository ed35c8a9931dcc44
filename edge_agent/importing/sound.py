"""Whether a session that comes whole from a file can be one: figures people can do, texts of bearable length."""

from collections.abc import Iterator
from datetime import datetime

from edge_agent.errors import PermanentError
from edge_agent.importing.told import check_start
from edge_agent.keys import is_key
from edge_agent.phrase import Phrase
from edge_agent.records import Session, WorkoutSet

_WEEK_S = 7 * 86_400
_MOST_SETS, _MOST_REPS, _MOST_KG, _MOST_KCAL = 500, 10_000, 1000, 20_000
_HIGHEST = 100_000
"""Of what is numbered."""
_LARGEST_TOLD = 1e18
_LONGEST_NAME, _LONGEST_TEXT = 200, 2000


def check(session: Session, now: datetime) -> None:
    """Raise `PermanentError` that names what is not possible."""
    check_start(_moment(session.start_time), now)
    _moment(session.end_time)
    sets = [one for entry in session.exercises for one in entry.sets]
    if not sets:
        raise PermanentError("no set")
    if len(sets) > _MOST_SETS or any(len(one.reps) > _MOST_REPS for one in sets):
        raise PermanentError(
            "more than {sets} sets in one workout, or {reps} reps in a set", sets=_MOST_SETS, reps=_MOST_REPS
        )
    for one in sets:
        _moment(one.started_at)
        _moment(one.ended_at)
    bounds = [
        (Phrase("duration"), session.duration_s, _WEEK_S),
        (Phrase("calories"), session.calories_kcal, _MOST_KCAL),
        (Phrase("accuracy"), session.accuracy, 1),
        *((Phrase("number"), one, _HIGHEST) for one in _numbers(session)),
        *(bound for one in sets for bound in _bounds(one)),
    ]
    for name, value, most in bounds:
        if value is not None and not 0 <= value <= most:
            told = min(max(value, -_LARGEST_TOLD), _LARGEST_TOLD)
            raise PermanentError("{name} {value:g} is not between 0 and {most}", name=name, value=told, most=most)
    _check_texts(session, sets)
    if session.program_id is not None and not is_key(session.program_id):
        raise PermanentError("{program_id!r} is no program's key", program_id=session.program_id[:_LONGEST_NAME])


def _numbers(session: Session) -> Iterator[int | None]:
    yield from (session.phase, session.week, session.day)
    for entry in session.exercises:
        yield entry.order
        yield from (one.number for one in entry.sets)


def _bounds(one: WorkoutSet) -> Iterator[tuple[str, float | None, float]]:
    yield Phrase("reps"), one.reps_full, _MOST_REPS
    yield Phrase("partial reps"), one.reps_partial, _MOST_REPS
    yield Phrase("reps"), one.measured_reps, _MOST_REPS
    yield Phrase("weight"), one.weight_kg, _MOST_KG
    yield Phrase("RPE"), one.rpe, 10
    yield Phrase("rest"), one.rest_before_s, _WEEK_S
    yield Phrase("hold"), one.hold_s, _WEEK_S
    for rep in one.reps:
        yield Phrase("score"), rep.score, 1
        yield Phrase("confidence"), rep.confidence, 1


def _check_texts(session: Session, sets: list[WorkoutSet]) -> None:
    names = [text for entry in session.exercises for text in (entry.exercise, entry.name, *entry.muscles)]
    texts = [session.notes, *session.feedback_points, *(one.notes for one in sets)]
    if any(len(one) > _LONGEST_NAME for one in [*names, session.focus or ""]):
        raise PermanentError("a name of more than {most} characters", most=_LONGEST_NAME)
    if any(len(one) > _LONGEST_TEXT for one in texts if one):
        raise PermanentError("a note of more than {most} characters", most=_LONGEST_TEXT)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise PermanentError("{text!r} is not a time", text=text[:40]) from error
    if moment.tzinfo is None:
        raise PermanentError("{text!r} has no offset", text=text[:40])
    return moment
