"""Reading a session file: strict records of training_session_log.schema.json, and the session that one tells of.

What the schema does not carry is not made up: a read session has no reps, no duration and no calories.
"""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Annotated, Any, Literal

import msgspec

from edge_agent.errors import PermanentError
from edge_agent.records import ExerciseEntry, Session, WorkoutSet

_Count = Annotated[int, msgspec.Meta(ge=0)]
_Positive = Annotated[int, msgspec.Meta(ge=1)]
_Name = Annotated[str, msgspec.Meta(min_length=1)]

KeyOf = Callable[[str], str]
"""Gives the key of an exercise from its name."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """Base of the file's objects."""


class _Reps(_File, frozen=True):
    full: _Count
    partial: _Count


class _WarmupSet(_File, frozen=True):
    set: _Positive
    weight_kg: float | None
    rep_count: _Count
    notes: str | None


class _WorkingSet(_File, frozen=True):
    set: _Positive
    weight_kg: float | None
    rep_count: _Reps
    rpe: float | None
    rep_assessment: Literal["bad", "good", "perfect"] | None
    actual_rest_minutes: float | None
    notes: str | None
    hold_seconds: Annotated[float, msgspec.Meta(ge=0)] | None = None


class _Exercise(_File, frozen=True):
    order: _Positive = msgspec.field(name="Order")
    name: _Name = msgspec.field(name="Name")
    target_muscle_groups: tuple[str, ...]
    warmup_sets: tuple[_WarmupSet, ...]
    working_sets: tuple[_WorkingSet, ...]


class TrainingLog(_File, frozen=True):
    """A whole file."""

    data_model_version: Literal["0.0.1"]
    data_model_type: Literal["training_session_log"]
    session_id: _Name = msgspec.field(name="_id")
    user_id: _Name
    user_name: str
    date: str
    phase: int | None
    week: int | None
    is_deload_week: bool | None
    focus: str | None
    exercises: tuple[_Exercise, ...]


_decoder = msgspec.json.Decoder(TrainingLog)


def read_training_log(content: bytes) -> TrainingLog:
    """Parse a session file. Raises `PermanentError` that says what is wrong with it."""
    try:
        return _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PermanentError(str(error)) from error


def logged_session(log: TrainingLog, device_id: str, zone: tzinfo, key_of: KeyOf) -> Session:
    """Return the session a file tells of. A date without offset is taken to be in `zone`.

    Raises `PermanentError` for a date that is none.
    """
    start_time = _with_offset(log.date, zone)
    return Session(
        session_id=log.session_id,
        user_id=log.user_id,
        user_name=log.user_name,
        device_id=device_id,
        source="import",
        start_time=start_time,
        end_time=start_time,
        duration_s=0.0,
        exercises=tuple(_entry(one, start_time, key_of) for one in log.exercises),
        phase=log.phase,
        week=log.week,
        is_deload_week=log.is_deload_week,
        focus=log.focus,
    )


def _with_offset(date: str, zone: tzinfo) -> str:
    try:
        moment = datetime.fromisoformat(date)
    except ValueError as error:
        raise PermanentError("{date!r} is not a time such as 2026-02-16T23:34:50+01:00", date=date) from error
    return date if moment.tzinfo else moment.replace(tzinfo=zone).isoformat()


def _entry(one: _Exercise, start_time: str, key_of: KeyOf) -> ExerciseEntry:
    sets = [_warmup(row) for row in one.warmup_sets] + [_working(row) for row in one.working_sets]
    return ExerciseEntry(
        order=one.order,
        exercise=key_of(one.name),
        name=one.name,
        muscles=one.target_muscle_groups,
        sets=tuple(
            WorkoutSet(number=number, started_at=start_time, ended_at=start_time, **fields)
            for number, fields in enumerate(sets, 1)
        ),
    )


def _warmup(row: _WarmupSet) -> dict[str, Any]:
    return {"kind": "warmup", "reps_full": row.rep_count, "weight_kg": row.weight_kg, "notes": row.notes}


def _working(row: _WorkingSet) -> dict[str, Any]:
    rest = row.actual_rest_minutes
    return {
        "reps_full": row.rep_count.full,
        "reps_partial": row.rep_count.partial,
        "weight_kg": row.weight_kg,
        "rpe": row.rpe,
        "rep_assessment": row.rep_assessment,
        "rest_before_s": None if rest is None else round(rest * 60, 3),
        "notes": row.notes,
        "hold_s": row.hold_seconds,
    }
