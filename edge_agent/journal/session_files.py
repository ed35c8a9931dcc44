"""One readable JSON file for each finished session, in the schema of training_session_log.schema.json.

The file is called after the session's local date and eight hexadecimal digits of its id: the last eight, because a
UUIDv7 begins with its time, so the first eight are the same for all sessions of one minute, while its end is random.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from edge_agent.errors import PermanentError
from edge_agent.journal.files import Files, write_whole
from edge_agent.records import ExerciseEntry, Session, WorkoutSet

_TRIES = 8


def to_training_log(session: Session) -> dict[str, Any]:
    """Return the session as a `training_session_log` of data model 0.0.1; what is unknown is null."""
    return {
        "dataModelVersion": "0.0.1",
        "dataModelType": "training_session_log",
        "_id": session.session_id,
        "userId": session.user_id,
        "userName": session.user_name,
        "date": session.start_time,
        "phase": session.phase,
        "week": session.week,
        "isDeloadWeek": session.is_deload_week,
        "focus": session.focus,
        "exercises": [_exercise(entry) for entry in session.exercises],
    }


def write_session_file(files: Files, folder: Path, session: Session, known_name: str = "") -> str:
    """Write the session's file, whole and durable, and return its name. Raises `OSError`.

    `known_name` is the name the session already has; a name taken by another session is passed over.
    """
    name = next(
        (name for name in file_names(session) if name == known_name or _is_free(folder / name, session.session_id)),
        None,
    )
    if name is None:
        raise PermanentError(f"{folder}: all file names for session {session.session_id} are taken by other files")
    text = json.dumps(to_training_log(session), ensure_ascii=False, indent=2) + "\n"
    write_whole(files, folder / name, [text.encode()])
    return name


def file_names(session: Session) -> Iterator[str]:
    """Yield the names the session's file may have, the proper one first, the others for the case that it is taken.

    The date is the one at the place of the session: that of the start time's own offset.
    """
    date = datetime.fromisoformat(session.start_time).strftime("%Y_%m_%d")
    for digits in file_digits(session.session_id):
        yield f"training_session_{date}_{digits}.json"


def file_digits(session_id: str) -> list[str]:
    """Return the eight digits that the name of a session's file may end with, whatever its date."""
    plain = re.sub("[^0-9a-f]", "", session_id.lower())
    digest = hashlib.sha256(session_id.encode()).hexdigest()
    tail = plain[-8:] if len(plain) == 32 else digest[-8:]
    return [tail, *(digest[8 * start : 8 * start + 8] for start in range(_TRIES))]


def _is_free(path: Path, session_id: str) -> bool:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return True
    except ValueError:
        return False
    return isinstance(content, dict) and content.get("_id") == session_id


def _exercise(entry: ExerciseEntry) -> dict[str, Any]:
    warmups = [one for one in entry.sets if one.kind == "warmup"]
    working = [one for one in entry.sets if one.kind == "working"]
    return {
        "Order": entry.order,
        "Name": entry.name,
        "targetMuscleGroups": list(entry.muscles),
        "warmupSets": [_warmup_set(number, one) for number, one in enumerate(warmups, 1)],
        "workingSets": [_working_set(number, one) for number, one in enumerate(working, 1)],
    }


def _warmup_set(number: int, one: WorkoutSet) -> dict[str, Any]:
    return {"set": number, "weightKg": one.weight_kg, "repCount": one.reps_full, "notes": one.notes}


def _working_set(number: int, one: WorkoutSet) -> dict[str, Any]:
    row = {
        "set": number,
        "weightKg": one.weight_kg,
        "repCount": {"full": one.reps_full, "partial": one.reps_partial},
        "rpe": one.rpe,
        "repAssessment": one.rep_assessment,
        "actualRestMinutes": None if one.rest_before_s is None else round(one.rest_before_s / 60, 2),
        "notes": one.notes,
    }
    return row if one.hold_s is None else row | {"holdSeconds": one.hold_s}
