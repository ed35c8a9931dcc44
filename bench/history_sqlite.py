"""The peer: the same workouts in SQLite, in normalised tables with an index for each query.

In this process, without a server between, its pages in the cache. `history_queries` asks it.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from edge_agent.history.calendar import Calendar
from edge_agent.history.sets import EPLEY_REPS, MOST_REPS_OF_ESTIMATE, done_sets
from edge_agent.records import Session

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA cache_size = -400000;
CREATE TABLE exercises (id INTEGER PRIMARY KEY, key TEXT UNIQUE, name TEXT);
CREATE TABLE workouts (
    id INTEGER PRIMARY KEY, session_id TEXT UNIQUE, user_id TEXT, instant INTEGER, start_time TEXT, day TEXT,
    source TEXT, duration_s REAL, calories_kcal REAL, accuracy REAL, interrupted INTEGER, edited INTEGER, state TEXT
);
CREATE TABLE sets (
    workout_id INTEGER, number INTEGER, exercise_id INTEGER, working INTEGER, verified INTEGER, reps INTEGER,
    seen_reps INTEGER, weight_kg REAL, hold_ms INTEGER, rpe REAL, ranges REAL, ranged INTEGER, scores REAL,
    scored INTEGER, PRIMARY KEY (workout_id, number)
) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX workouts_of_user ON workouts (user_id, instant);
CREATE INDEX workouts_of_day ON workouts (user_id, day);
CREATE INDEX sets_of_exercise ON sets (workout_id, exercise_id);
ANALYZE;
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def open_history(path: Path, sessions: Iterable[Session], calendar: Calendar) -> sqlite3.Connection:
    """Return a new database of these workouts, of which the cloud has confirmed all but the last hundred."""
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.executescript(_SCHEMA)
    exercises: dict[str, int] = {}
    with connection:
        for number, session in enumerate(sessions, 1):
            _insert(connection, number, session, calendar, exercises)
        connection.execute("UPDATE workouts SET state = 'saved' WHERE id > (SELECT max(id) FROM workouts) - 100")
    connection.executescript(_INDEXES)
    return connection


def _insert(
    connection: sqlite3.Connection, number: int, session: Session, calendar: Calendar, exercises: dict[str, int]
) -> None:
    start = datetime.fromisoformat(session.start_time)
    is_edited = any(one.measured_reps is not None for entry in session.exercises for one in entry.sets)
    workout = (
        *(number, session.session_id, session.user_id, (start - _EPOCH) // timedelta(microseconds=1)),
        *(session.start_time, calendar.day_of(start).isoformat(), session.source, session.duration_s),
        *(session.calories_kcal, session.accuracy, session.interrupted, is_edited, "confirmed"),
    )
    connection.execute(f"INSERT INTO workouts VALUES ({', '.join('?' * len(workout))})", workout)  # noqa: S608
    for entry in session.exercises:
        if entry.exercise not in exercises:
            exercises[entry.exercise] = len(exercises) + 1
            known = (exercises[entry.exercise], entry.exercise, entry.name)
            connection.execute("INSERT INTO exercises VALUES (?, ?, ?)", known)
    rows = list(_sets(number, session, exercises))
    connection.executemany(f"INSERT INTO sets VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608


def _sets(number: int, session: Session, exercises: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for one in done_sets(session):
        yield (
            *(number, one.number, exercises[one.exercise], one.working, one.verified, one.reps, one.seen_reps),
            *(one.weight_kg, one.hold_ms, one.rpe, *one.measured),
        )


SUMS = "count(*), sum(s.reps), sum(s.hold_ms) / 1000.0, sum(CASE WHEN s.working THEN s.reps * s.weight_kg END)"
"""Sets, reps, seconds held and volume."""

_ESTIMATE = (
    f"CASE WHEN c.reps = 1 THEN c.weight_kg WHEN c.reps BETWEEN 2 AND {MOST_REPS_OF_ESTIMATE} "
    f"THEN c.weight_kg * (c.reps + {EPLEY_REPS}) / {EPLEY_REPS}.0 END"
)
ESTIMATE = _ESTIMATE.replace("c.", "s.")
WORTH = {
    "weight": ("CASE WHEN c.reps > 0 THEN c.weight_kg END", "c.reps"),
    "one_rep_max": (_ESTIMATE, "coalesce(c.weight_kg, 0)"),
    "reps": ("nullif(c.reps, 0)", "coalesce(c.weight_kg, 0)"),
    "hold": ("nullif(c.hold_ms, 0) / 1000.0", "coalesce(c.weight_kg, 0)"),
}
"""What a set is worth as a record of each kind, and what decides between equal ones."""
