"""The kinds of records that workers take. Pure.

A session's document is `records.Session`; the others have the fields that the cloud's tables have had in earlier
applications, so that their readers go on working.
"""

from typing import Any

import msgspec

from edge_agent.records import Record, Session


class Member(Record, frozen=True, kw_only=True):
    """Somebody who trains. `profile` is free: biometrics, one-rep maxima, units."""

    user_id: str
    name: str
    email: str | None = None
    created_at: str | None = None
    profile: dict[str, Any] = msgspec.field(default_factory=dict)


class Program(Record, frozen=True, kw_only=True):
    """A plan: `program_json` holds its weeks, days and sets."""

    id: str
    user_id: str
    title: str
    program_json: dict[str, Any]
    methodology_id: str | None = None
    generation_metadata: dict[str, Any] = msgspec.field(default_factory=dict)
    created_at: str | None = None


class Progress(Record, frozen=True, kw_only=True):
    """One day of a program. `feedback` is free: intensity, scheduled date, adjustments."""

    id: str
    user_id: str
    program_id: str
    week_number: int
    day_number: int
    completed: bool = False
    completed_at: str | None = None
    feedback: dict[str, Any] = msgspec.field(default_factory=dict)
    created_at: str | None = None


class Readiness(Record, frozen=True, kw_only=True):
    """How ready somebody felt; `answers` is free."""

    id: str
    user_id: str
    created_at: str
    score: float | None = None
    answers: dict[str, Any] = msgspec.field(default_factory=dict)


class CheckIn(Record, frozen=True, kw_only=True):
    """A look back at a period of a program."""

    id: str
    user_id: str
    created_at: str
    program_id: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    sessions_completed: int = 0
    sessions_planned: int = 0
    adherence_rate: float | None = None
    """0 to 1."""
    average_rpe: float | None = None
    notes: str | None = None


Document = Session | Member | Program | Progress | Readiness | CheckIn

KINDS: dict[str, type[Document]] = {
    "member": Member,
    "program": Program,
    "session": Session,
    "progress": Progress,
    "readiness": Readiness,
    "check_in": CheckIn,
}
"""What an entity's document is. Owners come before what they own."""


def own_id(document: Document) -> str:
    """Return the id inside a document, which must be its record's key."""
    match document:
        case Session():
            return document.session_id
        case Member():
            return document.user_id
        case _:
            return document.id


def program_of(document: Document) -> str | None:
    """Return the program that a document goes with (`ownership.owners`), a program itself."""
    match document:
        case Program():
            return document.id
        case Progress() | CheckIn():
            return document.program_id
        case _:
            return None


def times_of(document: Document) -> list[str]:
    """Return the instants in a document that databases keep as such."""
    match document:
        case Session():
            return [document.start_time, document.end_time]
        case Progress():
            times = [document.completed_at, document.created_at]
        case _:
            times = [document.created_at]
    return [time for time in times if time is not None]
