"""Our own CSV, a row a set: the same workouts as in the zip, without what the camera saw of each rep.

Rows of one `session_id` are one workout. A file can be edited by anybody, also where exports are believed: for what it
lacks it could not replace a workout that is here.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from edge_agent.errors import PermanentError
from edge_agent.importing.own_export import as_import
from edge_agent.importing.sound import check
from edge_agent.importing.tables import Row, Table
from edge_agent.importing.told import Found, Item, Reading, Refused, at_line, left_out_at
from edge_agent.phrase import Phrase, joined
from edge_agent.records import ExerciseEntry, Session, WorkoutSet

COLUMNS = frozenset({"session_id", "exercise_order", "set", "set_start"})
_MOST_WORKOUTS = 20_000
_NUMBERS = frozenset({"duration_s", "calories_kcal", "accuracy", "weight_kg", "hold_s", "rpe", "rest_before_s"})
_ANSWERS = frozenset({"is_deload_week", "interrupted", "clock_certain"})
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Before which the export puts an apostrophe."""
_OF_WORKOUT = {
    **{name: name for name in ("session_id", "user_id", "device_id", "source", "start_time", "end_time", "duration_s")},
    **{name: name for name in ("program_id", "phase", "week", "day", "is_deload_week", "calories_kcal", "accuracy")},
    **{name: name for name in ("interrupted", "clock_certain")},
    "focus": "title",
    "notes": "workout_notes",
}
_OF_SET = {
    **{name: name for name in ("reps_full", "reps_partial", "measured_reps", "weight_kg", "hold_s", "rpe")},
    **{name: name for name in ("rep_assessment", "rest_before_s")},
    "number": "set",
    "kind": "set_type",
    "started_at": "set_start",
    "ended_at": "set_end",
    "notes": "set_notes",
    "interrupted": "set_interrupted",
}
"""Columns by the fields of our records."""


def read(table: Table, reading: Reading) -> Iterator[Item]:
    """Yield each workout of the file, and each row that is none of any."""
    workouts: dict[str, _Workout] = {}
    for row in table.rows():
        if isinstance(row, Refused):
            yield row
        elif not row["session_id"]:
            yield Refused(where=at_line(row.line), reason=Phrase("no session_id"))
        elif row["session_id"] not in workouts and len(workouts) >= _MOST_WORKOUTS:
            words = "only the first {most} workouts of a file are read"
            yield Refused(where=at_line(row.line), reason=Phrase(words, most=_MOST_WORKOUTS))
            break
        else:
            workouts.setdefault(row["session_id"], _Workout(row)).add(row)
    for one in workouts.values():
        yield one.item(reading)


class _Workout:
    """A workout as its rows come in."""

    def __init__(self, first: Row) -> None:
        self._first = first
        self._entries: dict[str, tuple[Row, list[WorkoutSet]]] = {}
        self._left_out: list[Phrase] = []

    def add(self, row: Row) -> None:
        try:
            one = msgspec.convert(_fields(row, _OF_SET), WorkoutSet, strict=False)
        except msgspec.ValidationError as error:
            self._left_out.append(left_out_at(row.line, Phrase("not a set: {cause}", cause=error)))
            return
        sets = self._entries.setdefault(row["exercise_order"], (row, []))[1]
        # Two exports put together may hold a workout twice; figures would be doubled, and corrections go to either.
        if any(one.number == known.number for known in sets):
            self._left_out.append(left_out_at(row.line, Phrase("set {number} is here already", number=one.number)))
        else:
            sets.append(one)

    def item(self, reading: Reading) -> Item:
        try:
            told = self._session(reading)
            check(told, reading.now)
        except msgspec.ValidationError as error:
            return self._refused(Phrase("not a workout of this program: {cause}", cause=error))
        except PermanentError as error:
            return self._refused(error.phrase)
        return Found(
            where=at_line(self._first.line),
            session=as_import(told, reading),
            title=told.focus or "",
            left_out=tuple(self._left_out[:20]),
            original_id=told.session_id,
        )

    def _refused(self, reason: Phrase) -> Refused:
        return Refused(where=at_line(self._first.line), reason=joined("; ", (reason, *self._left_out[:5])))

    def _session(self, reading: Reading) -> Session:
        fields = _fields(self._first, _OF_WORKOUT) | {
            "user_id": reading.user_id,
            "user_name": reading.user_name,
            "exercises": (),
            "feedback_points": [one for one in _text(self._first["feedback"]).split(" | ") if one],
        }
        entries = tuple(_entry(row, sets) for row, sets in self._entries.values())
        return msgspec.structs.replace(msgspec.convert(fields, Session, strict=False), exercises=entries)


def _entry(row: Row, sets: list[WorkoutSet]) -> ExerciseEntry:
    fields = {
        "order": row["exercise_order"],
        "exercise": _text(row["exercise"]),
        "name": _text(row["exercise_name"]),
        "muscles": [one for one in _text(row["muscles"]).split(", ") if one],
        "measured_exercise": _text(row["measured_exercise"]) or None,
    }
    return msgspec.structs.replace(msgspec.convert(fields, ExerciseEntry, strict=False), sets=tuple(sets))


def _fields(row: Row, columns: dict[str, str]) -> dict[str, Any]:
    """Return the fields that a row has; an empty cell is none."""
    return {field: _value(field, row[column]) for field, column in columns.items() if row[column]}


def _value(field: str, cell: str) -> str | bool:
    if field in _NUMBERS:
        return cell.replace(",", ".")  # as spreadsheets write it in many countries
    return cell == "yes" if field in _ANSWERS else _text(cell)


def _text(cell: str) -> str:
    """Return a text without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip().startswith(_FORMULA_STARTS) else cell
