"""What people and their reports read: one flat row for each living record, the same in tables and collections. Pure.

The names are those of earlier applications' tables, and stay. Times are moments in UTC; texts that a database cannot
keep (NUL) get a replacement character, for the exact document is kept beside the row.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec

from edge_agent.cloud.documents import CheckIn, Document, Member, Program, Progress, Readiness
from edge_agent.errors import PermanentError
from edge_agent.history.sets import done_sets
from edge_agent.records import Session

Row = dict[str, Any]

TABLES = {
    "member": "user_health_profiles",
    "program": "programs",
    "session": "workout_sessions",
    "progress": "progress_logs",
    "readiness": "readiness_checks",
    "check_in": "check_ins",
}
"""The table of each kind of record, owners before what they own."""

_LARGEST_INTEGER = 2**31 - 1
_WITH_TEXT = (str, dict, list)


def row_of(document: Document) -> Row:
    """Return the row of a document. Raises `PermanentError` for a number that fits no column."""
    # Most values are no texts: passed over without a call.
    row = {name: _clean(value) if isinstance(value, _WITH_TEXT) else value for name, value in _row(document).items()}
    numbers = [*row.items(), *_reps_of_sets(document)]
    for name, value in numbers:
        if isinstance(value, int) and not -_LARGEST_INTEGER <= value <= _LARGEST_INTEGER:
            raise PermanentError(f"the database cannot take it: {name} {str(value)[:40]} is too large")
    return row


def set_rows(session: Session) -> list[Row]:
    """Return a row for each set of a session whose own row fits."""
    return [
        {
            "session_id": one.session_id,
            "number": one.number,
            "user_id": session.user_id,
            "device_id": session.device_id,
            "day": one.day.isoformat(),
            "day_ordinal": one.day.toordinal(),
            "exercise": _clean(one.exercise),
            "verified": one.verified,
            "working": one.working,
            "reps": one.reps,
            "seen_reps": one.seen_reps,
            "weight_kg": one.weight_kg,
            "hold_ms": one.hold_ms,
        }
        for one in done_sets(session, measured=False)
    ]


def member_stub(user_id: str, name: str = "") -> Row:
    """Return the row of a member of whom no record has come yet."""
    return row_of(Member(user_id=user_id, name=name))


def program_stub(program_id: str, user_id: str) -> Row:
    """Return the row of a program of which no record has come yet."""
    return row_of(Program(id=program_id, user_id=user_id, title="", program_json={}))


def _row(document: Document) -> Row:
    match document:
        case Session():
            return _session_row(document)
        case Member():
            return {
                "userId": document.user_id,
                "name": document.name,
                "email": document.email,
                "profile": document.profile,
                "created_at": _moment(document.created_at),
            }
        case Program() | Readiness():
            return _fields(document) | {"created_at": _moment(document.created_at)}
        case Progress():
            times = {"completed_at": _moment(document.completed_at), "created_at": _moment(document.created_at)}
            return _fields(document) | times
        case CheckIn():
            return _fields(document) | {"created_at": _moment(document.created_at)}


def _session_row(session: Session) -> Row:
    start = datetime.fromisoformat(session.start_time)
    return {
        "session_id": session.session_id,
        "user_id": session.user_id,
        "user_name": session.user_name,
        "device_id": session.device_id,
        "source": session.source,
        "exercise": ",".join(entry.exercise for entry in session.exercises),
        "sets": sum(len(entry.sets) for entry in session.exercises),
        "reps": session.reps,
        "accuracy": session.accuracy,
        "timestamp": session.start_time,
        "day": start.date().isoformat(),
        "day_ordinal": start.date().toordinal(),
        "start_time": start.astimezone(UTC),
        "end_time": _moment(session.end_time),
        "duration": session.duration_s,
        "calories": session.calories_kcal,
        "feedback_points": msgspec.json.encode(session.feedback_points).decode(),
        "notes": session.notes,
        "program_id": session.program_id,
        "week_number": session.week,
        "day_number": session.day,
    }


def _reps_of_sets(document: Document) -> list[tuple[str, int]]:
    exercises = document.exercises if isinstance(document, Session) else ()
    reps = [("reps_full", one.reps_full) for entry in exercises for one in entry.sets]
    return reps + [("measured_reps", one.measured_reps or 0) for entry in exercises for one in entry.sets]


def _fields(document: Document) -> Row:
    return {name: getattr(document, name) for name in document.__struct_fields__}


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd") if "\0" in value else value
    if isinstance(value, dict):
        return {key: _clean(part) for key, part in value.items()}
    return [_clean(part) for part in value] if isinstance(value, list) else value
