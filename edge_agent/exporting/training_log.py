"""A session as a `training_session_log` of data model 0.0.1 (training_session_log.schema.json), and its file's name.

The file is called after the session's local date and eight hexadecimal digits of its id: the last eight, because a
UUIDv7 begins with its time, so the first eight are the same for all sessions of one minute, while its end is random.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

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


def file_names(session: Session) -> Iterator[str]:
    """Yield the names the session's file may have, the proper one first, the others for the case that it is taken.

    The date is the one at the place of the session: that of the start time's own offset.
    """
    date = datetime.fromisoformat(session.start_time).strftime("%Y_%m_%d")
    plain = re.sub("[^0-9a-f]", "", session.session_id.lower())
    digest = hashlib.sha256(session.session_id.encode()).hexdigest()
    tail = plain[-8:] if len(plain) == 32 else digest[-8:]
    for digits in [tail, *(digest[8 * start : 8 * start + 8] for start in range(_TRIES))]:
        yield f"training_session_{date}_{digits}.json"


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
