"""CSV, a row a set with all that is known of it, as spreadsheets open it: UTF-8 with a byte order mark, RFC 4180."""

import csv
import io
from collections.abc import Iterable, Iterator

from edge_agent.records import ExerciseEntry, Rep, Session, WorkoutSet

COLUMNS = (
    *("session_id", "start_time", "end_time", "duration_s", "source", "user_id", "device_id", "title"),
    *("program_id", "phase", "week", "day", "is_deload_week", "calories_kcal", "accuracy", "workout_notes", "feedback"),
    *("interrupted", "clock_certain", "exercise_order", "exercise", "exercise_name", "muscles", "measured_exercise"),
    *("set", "set_type", "set_start", "set_end", "reps_full", "reps_partial", "measured_reps", "weight_kg", "hold_s"),
    *("rpe", "rep_assessment", "rest_before_s", "set_notes", "set_interrupted"),
    *("mean_range_deg", "mean_eccentric_s", "mean_pause_s", "mean_concentric_s", "mean_score", "faults"),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are those of wide East Asian letters."""

Cell = str | float | None


def header() -> bytes:
    """Return the first line."""
    return b"\xef\xbb\xbf" + _lines([COLUMNS])


def rows(sessions: Iterable[Session]) -> bytes:
    """Return the lines of all sets, those of a workout without sets as one line."""
    return _lines(row for session in sessions for row in _rows(session))


def _lines(rows_of_cells: Iterable[Iterable[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows(rows_of_cells)
    return text.getvalue().encode(errors="replace")


def _safe(cells: Iterable[Cell]) -> list[Cell]:
    """Keep a spreadsheet from taking a text for a formula: what a name says must not run on who opens the file."""
    return [f"'{cell}" if _is_formula(cell) else cell for cell in cells]


def _is_formula(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.lstrip().startswith(_FORMULA_STARTS)


def _rows(session: Session) -> Iterator[list[Cell]]:
    workout = _safe(_workout(session))
    for entry in session.exercises:
        named = _safe(_entry(entry))
        yield from ([*workout, *named, *_safe(_set(one))] for one in entry.sets)
    if not any(entry.sets for entry in session.exercises):
        yield [*workout, *([None] * (len(COLUMNS) - len(workout)))]


def _workout(one: Session) -> list[Cell]:
    return [
        *(one.session_id, one.start_time, one.end_time, one.duration_s, one.source, one.user_id, one.device_id),
        *(one.focus, one.program_id, one.phase, one.week, one.day, _yes(one.is_deload_week)),
        *(one.calories_kcal, one.accuracy, one.notes, " | ".join(one.feedback_points)),
        *(_yes(one.interrupted), _yes(one.clock_certain)),
    ]


def _entry(one: ExerciseEntry) -> list[Cell]:
    return [one.order, one.exercise, one.name, ", ".join(one.muscles), one.measured_exercise]


def _set(one: WorkoutSet) -> list[Cell]:
    return [
        *(one.number, one.kind, one.started_at, one.ended_at, one.reps_full, one.reps_partial, one.measured_reps),
        *(one.weight_kg, one.hold_s, one.rpe, one.rep_assessment, one.rest_before_s, one.notes, _yes(one.interrupted)),
        *_means(one.reps),
        ", ".join(sorted({fault.key for rep in one.reps for fault in rep.faults} | {f.key for f in one.hold_faults})),
    ]


def _means(reps: tuple[Rep, ...]) -> list[Cell]:
    return [
        _mean(rep.rom_deg for rep in reps),
        _mean(rep.eccentric_s for rep in reps),
        _mean(rep.pause_s for rep in reps),
        _mean(rep.concentric_s for rep in reps),
        _mean(rep.score for rep in reps),
    ]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 3) if known else None


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"
