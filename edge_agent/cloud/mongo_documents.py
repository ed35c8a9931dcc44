"""What people and their reports read in MongoDB: the plain row of each living record as a document, with what is nested
inside it. Pure.
"""

from typing import Any

import msgspec

from edge_agent.cloud.documents import Document, Member
from edge_agent.cloud.rows import TABLES, Row, row_of
from edge_agent.records import Session

COLLECTIONS = TABLES | {"member": "users", "session": "workouts"}
"""The collection of each kind of record."""


def readable(document: Document, rev: str) -> Row:
    """Return the document that people read. Raises `PermanentError` for a number that is too large."""
    row = row_of(document)
    match document:
        case Session():
            exercises = [entry.exercise for entry in document.exercises]
            row |= {
                "_id": document.session_id,
                # Either is found by {exercise: "squat"} and by the index.
                "exercise": exercises[0] if len(exercises) == 1 else exercises,
                "exercises": msgspec.to_builtins(document.exercises),
                "feedback_points": list(document.feedback_points),
            }
        case Member():
            row |= {"_id": document.user_id, "user_id": row.pop("userId")}
        case _:
            row["_id"] = row["id"]
    return {**{name: _fit(value) for name, value in row.items()}, "rev": rev}


def _fit(value: Any) -> Any:
    """Return a value whose field names MongoDB takes: none begins like an operator."""
    match value:
        case dict():
            return {("\uff04" + key[1:] if key.startswith("$") else key): _fit(part) for key, part in value.items()}
        case list() | tuple():
            return [_fit(part) for part in value]
        case _:
            return value
