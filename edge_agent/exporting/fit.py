"""A workout as a FIT activity of strength training: a set message for each set, and for the rests between them."""

from datetime import datetime

from edge_agent.exporting.fit_file import Field, FitFile, Kind, Value, timestamp
from edge_agent.records import ExerciseEntry, Session, WorkoutSet

_LONGEST_TITLE = 40
_UNKNOWN_CATEGORY = 65534
_CATEGORIES = {
    "bench_press": 0, "biceps_curl": 7, "deadlift": 8, "front_raise": 14, "lateral_raise": 14, "lunge": 17,
    "plank": 19, "jumping_jack": 2, "pull_up": 21, "push_up": 22, "shoulder_press": 24, "sit_up": 27, "squat": 28,
    "triceps_extension": 30, "triceps_pushdown": 30,
}  # fmt: skip
"""Keys of our exercises, and the profile's exercise_category."""

_ACTIVITY_FILE, _DEVELOPMENT = 4, 255
_TIMER, _SESSION, _LAP, _ACTIVITY = 0, 8, 9, 26
_START, _STOP, _STOP_ALL = 0, 1, 4
_TRAINING, _STRENGTH = 10, 20
_REST, _ACTIVE = 0, 1


def _fields(*named: tuple[int, str]) -> tuple[Field, ...]:
    return tuple(Field(number=number, base=base) for number, base in named)  # type: ignore[arg-type]


_FILE_ID = Kind(number=0, fields=_fields((0, "enum"), (1, "uint16"), (2, "uint16"), (3, "uint32z"), (4, "uint32")))
_EVENT = Kind(number=21, fields=_fields((253, "uint32"), (0, "enum"), (1, "enum")))
_SET = Kind(
    number=225,
    fields=_fields(
        *((254, "uint32"), (0, "uint32"), (3, "uint16"), (4, "uint16"), (5, "uint8"), (6, "uint32")),
        *((7, "uint16"), (8, "uint16"), (10, "uint16"), (11, "uint16")),
    ),
)
_TITLE = Kind(
    number=264,
    fields=(
        *_fields((254, "uint16"), (0, "uint16"), (1, "uint16")),
        Field(number=2, base="string", size=_LONGEST_TITLE),
    ),
)
_LAP_KIND = Kind(
    number=19,
    fields=_fields(
        *((253, "uint32"), (0, "enum"), (1, "enum"), (2, "uint32"), (7, "uint32"), (8, "uint32")),
        *((25, "enum"), (39, "enum")),
    ),
)
_SESSION_KIND = Kind(
    number=18,
    fields=_fields(
        *((253, "uint32"), (0, "enum"), (1, "enum"), (2, "uint32"), (5, "enum"), (6, "enum")),
        *((7, "uint32"), (8, "uint32"), (11, "uint16"), (25, "uint16"), (26, "uint16")),
    ),
)
_ACTIVITY_KIND = Kind(
    number=34,
    fields=_fields((253, "uint32"), (0, "uint32"), (1, "uint16"), (2, "enum"), (3, "enum"), (4, "enum"), (5, "uint32")),
)


def fit_name(session: Session) -> str:
    """Return the file's name: the local start, and eight digits of the session's id."""
    start = datetime.fromisoformat(session.start_time)
    return f"{start:%Y-%m-%d_%H%M%S}_{session.session_id.replace('-', '')[-8:]}.fit"


def fit_file(session: Session) -> bytes:
    """Return the file. Raises `ValueError` for a workout before 1990."""
    start, end = datetime.fromisoformat(session.start_time), datetime.fromisoformat(session.end_time)
    last = max((_times(one, session)[1] for entry in session.exercises for one in entry.sets), default=start)
    began, ended = timestamp(start), timestamp(max(start, end, last))
    milliseconds = round(session.duration_s * 1000)
    file = FitFile()
    file.add(_FILE_ID, [_ACTIVITY_FILE, _DEVELOPMENT, 0, _serial(session.session_id), began])
    file.add(_EVENT, [began, _TIMER, _START])
    for row in _sets(session):
        file.add(_SET, row)
    for order, entry in enumerate(session.exercises):
        file.add(_TITLE, [order, _category(entry), None, entry.name])
    file.add(_EVENT, [ended, _TIMER, _STOP_ALL])
    file.add(_LAP_KIND, [ended, _LAP, _STOP, began, milliseconds, milliseconds, _TRAINING, _STRENGTH])
    kcal = None if session.calories_kcal is None else round(session.calories_kcal)
    whole: list[Value] = [ended, _SESSION, _STOP, began, _TRAINING, _STRENGTH, milliseconds, milliseconds, kcal, 0, 1]
    file.add(_SESSION_KIND, whole)
    local = ended + round((start.utcoffset() or start - start).total_seconds())
    file.add(_ACTIVITY_KIND, [ended, milliseconds, 1, 0, _ACTIVITY, _STOP, local])
    return file.finish()


def _sets(session: Session) -> list[list[Value]]:
    """Return the rows of all sets; a rest that was measured stands between two of them as a set of its own."""
    found: list[list[Value]] = []
    last: datetime | None = None
    for order, entry in enumerate(session.exercises):
        for one in entry.sets:
            start, end = _times(one, session)
            if last and (start - last).total_seconds() >= 1:
                rest_ms = round((start - last).total_seconds() * 1000)
                found.append(
                    [timestamp(last), rest_ms, None, None, _REST, timestamp(last), None, None, len(found), None]
                )
            lasted_s = (end - start).total_seconds() or one.hold_s or 0.0
            found.append(
                [
                    timestamp(start),
                    round(lasted_s * 1000),
                    one.reps_full + one.reps_partial if one.hold_s is None else None,
                    None if one.weight_kg is None else round(one.weight_kg * 16),
                    _ACTIVE,
                    timestamp(start),
                    _category(entry),
                    None,
                    len(found),
                    order,
                ]
            )
            last = max(last or end, end)
    return found


def _times(one: WorkoutSet, session: Session) -> tuple[datetime, datetime]:
    """Return when a set began and ended; where that is not known, when its workout began."""
    try:
        start, end = datetime.fromisoformat(one.started_at), datetime.fromisoformat(one.ended_at)
        return start, max(start, end)
    except (ValueError, TypeError):
        start = datetime.fromisoformat(session.start_time)
        return start, start


def _category(entry: ExerciseEntry) -> int:
    return _CATEGORIES.get(entry.exercise, _UNKNOWN_CATEGORY)


def _serial(session_id: str) -> int:
    """Return a number that is the same for each export of a workout."""
    digits = [one for one in session_id.lower() if one in "0123456789abcdef"]
    return int("".join(digits[-8:]) or "1", 16) or 1
