"""What is in the zip of everything of a member: whole workouts, their readable files, and all other records."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from edge_agent.exporting.training_log import file_names, to_training_log
from edge_agent.records import Session

WORKOUTS = "workouts.jsonl"
"""The importer knows this name (`importing.own_export`)."""
_README = """\
Training data of {name}, exported at {made_at} from kiosk {device_id}
{bar}

workouts.jsonl      Each line is one workout with every set and every repetition, as JSON. Weights are in kg, times in
                    seconds, moments in ISO 8601 with offset. "source" tells who counted: camera, manual or import.
session_files/      The same workouts as single readable files (training_session_log 0.0.1).
profile.json        Name and settings, as they are kept and synced.
records/            Programs, progress, readiness and check-ins, a line a record.

This zip can be imported on any kiosk that runs edge-agent {version}: it reads workouts.jsonl, leaves what it knows
already, and never overwrites. What a file brings counts as told, not as counted by the camera; who runs the kiosk can
import it unchanged with  edge-agent import --as-measured.
"""


def readme(name: str, made_at: str, device_id: str, version: str) -> bytes:
    """Return the text that explains the zip."""
    title = f"Training data of {name}, exported at {made_at} from kiosk {device_id}"
    return _README.format(
        name=name, made_at=made_at, device_id=device_id, version=version, bar="=" * len(title)
    ).encode()


def lines(documents: Iterable[Any]) -> bytes:
    """Return documents as JSON, a line each."""
    return b"".join(msgspec.json.encode(one) + b"\n" for one in documents)


def pretty(document: Any) -> bytes:
    """Return a document as JSON for people to read."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def session_file(session: Session) -> tuple[str, bytes]:
    """Return name and content of a workout's readable file."""
    content = json.dumps(to_training_log(session), ensure_ascii=False, indent=2) + "\n"
    return f"session_files/{next(file_names(session))}", content.encode()
