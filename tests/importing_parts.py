"""Reading files as the importer does, for one member in Berlin."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge_agent.coaching.exercise import load_exercises
from edge_agent.importing import formats
from edge_agent.importing.names import Naming
from edge_agent.importing.told import Found, Item, Reading, Refused
from edge_agent.records import Session

NAMING = Naming(load_exercises())
READING = Reading(
    user_id="ann",
    user_name="Ann",
    device_id="kiosk-1",
    zone=ZoneInfo("Europe/Berlin"),
    now=datetime(2026, 11, 1, tzinfo=UTC),
    named=NAMING,
)


def items(content: str | bytes, name: str = "file.csv", **reading: Any) -> list[Item]:
    """All that a file holds."""
    raw = content.encode() if isinstance(content, str) else content
    return list(formats.read(name, raw, None, msgspec.structs.replace(READING, **reading)))


def sessions(content: str | bytes, name: str = "file.csv", **reading: Any) -> list[Session]:
    return [one.session for one in items(content, name, **reading) if isinstance(one, Found)]


def only(content: str | bytes, name: str = "file.csv", **reading: Any) -> Session:
    (session,) = sessions(content, name, **reading)
    return session


def refusals(content: str | bytes, name: str = "file.csv") -> list[str]:
    return [f"{one.where}: {one.reason}" for one in items(content, name) if isinstance(one, Refused)]


def left_out(content: str | bytes, name: str = "file.csv") -> list[str]:
    return [line for one in items(content, name) if isinstance(one, Found) for line in one.left_out]


def sets(session: Session) -> list[tuple[str, int, float | None]]:
    """Exercise, reps and weight of each set."""
    return [(entry.exercise, one.reps_full, one.weight_kg) for entry in session.exercises for one in entry.sets]
