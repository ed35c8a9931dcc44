"""The questions of the history pages as SQL; the answers are the records of `interface.History`."""
# ruff: noqa: S608 - what is put together here is our own

import csv
import io
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from bench.history_sqlite import ESTIMATE, SUMS, WORTH
from edge_agent.history.answers import (
    Card,
    Cards,
    DayFigure,
    ExerciseHistory,
    MixPart,
    Performance,
    PerformedSet,
    PersonalBest,
    PersonalBests,
    StreakFigures,
    Summary,
    SummaryPage,
    TrendPoint,
    VolumePoint,
    Wanted,
)
from edge_agent.history.calendar import Calendar, before, steps
from edge_agent.history.exercises import FORMULA
from edge_agent.history.figures import BEST_KINDS, Best, Totals
from edge_agent.history.streaks import streak_figures

_JOINED = "FROM workouts w JOIN sets s ON s.workout_id = w.id"
_OF_DAYS = "w.user_id = ? AND w.day BETWEEN ? AND ?"


class SqlHistory:
    """Asks a database of `history_sqlite`."""

    def __init__(self, connection: sqlite3.Connection, calendar: Calendar, today: date) -> None:
        self._connection = connection
        self._calendar = calendar
        self._today = today

    def sessions(self, user_id: str, wanted: Wanted, limit: int) -> SummaryPage:
        """Return the newest workouts that pass the filters."""
        where, values = _filters(user_id, wanted)
        columns = "w.id, session_id, start_time, day, source, duration_s, calories_kcal, accuracy, interrupted, edited"
        rows = self._rows(
            f"SELECT {columns}, state FROM workouts w WHERE {where} ORDER BY instant DESC, id DESC LIMIT ?",
            (*values, limit),
        )
        ((total,),) = self._rows(f"SELECT count(*) FROM workouts w WHERE {where}", values)
        parts = self._parts([row[0] for row in rows])
        return SummaryPage(sessions=tuple(_summary(row, parts[row[0]]) for row in rows), total=total, next_cursor="")

    def _parts(self, ids: Sequence[int]) -> dict[int, list[Any]]:
        places = ", ".join("?" * len(ids))
        rows = self._rows(
            f"SELECT s.workout_id, e.key, e.name, {SUMS} FROM sets s JOIN exercises e ON e.id = s.exercise_id "
            f"WHERE s.workout_id IN ({places}) GROUP BY s.workout_id, s.exercise_id "
            "ORDER BY s.workout_id, min(s.number)",
            ids,
        )
        parts: dict[int, list[Any]] = {one: [] for one in ids}
        for row in rows:
            parts[row[0]].append(row)
        return parts

    def cards(self, user_id: str) -> Cards:
        week, month = self._calendar.week_of(self._today), self._today.replace(day=1)
        return Cards(
            week=self._card(user_id, week, before(week, "week")),
            month=self._card(user_id, month, before(month, "month")),
            all_time=self._totals(user_id, date.min, date.max),
        )

    def _card(self, user_id: str, start: date, past: date) -> Card:
        last = min(past + (self._today - start), start - timedelta(days=1))
        now = self._totals(user_id, start, self._today)
        return Card(start=start.isoformat(), now=now, before=self._totals(user_id, past, last))

    def _totals(self, user_id: str, first: date, last: date) -> Totals:
        values = (user_id, first.isoformat(), last.isoformat())
        sums = "count(*), sum(duration_s), sum(calories_kcal), avg(accuracy)"
        ((count, duration, calories, accuracy),) = self._rows(f"SELECT {sums} FROM workouts w WHERE {_OF_DAYS}", values)
        ((reps,),) = self._rows(f"SELECT sum(s.reps) {_JOINED} WHERE {_OF_DAYS}", values)
        return Totals(
            sessions=count,
            reps=reps or 0,
            duration_s=duration or 0.0,
            calories_kcal=calories or 0.0,
            accuracy=accuracy,
        )

    def volume(self, user_id: str, since: date) -> tuple[VolumePoint, ...]:
        """Return the weeks from `since` until today."""
        values = (user_id, since.isoformat(), self._today.isoformat())
        monday = "date(w.day, 'weekday 0', '-6 days')"
        sets = f"SELECT {monday}, {SUMS} {_JOINED} WHERE {_OF_DAYS} GROUP BY 1"
        workouts = f"SELECT {monday}, count(*), sum(duration_s) FROM workouts w WHERE {_OF_DAYS} GROUP BY 1"
        by_week = {row[0]: row[1:] for row in self._rows(sets, values)}
        counted = {row[0]: row[1:] for row in self._rows(workouts, values)}
        weeks = steps(self._calendar.week_of(since), self._calendar.week_of(self._today), "week")
        return tuple(_point(week.isoformat(), by_week, counted) for week in weeks)

    def mix(self, user_id: str) -> tuple[MixPart, ...]:
        rows = self._rows(
            f"SELECT e.key, e.name, {SUMS} {_JOINED} JOIN exercises e ON e.id = s.exercise_id "
            "WHERE w.user_id = ? GROUP BY e.id ORDER BY 3 DESC, 1",
            (user_id,),
        )
        every = sum(row[2] for row in rows)
        return tuple(
            MixPart(exercise=row[0], name=row[1], sets=row[2], reps=row[3], hold_s=row[4], share=row[2] / every)
            for row in rows
        )

    def days(self, user_id: str, year: int) -> tuple[DayFigure, ...]:
        values = (user_id, f"{year}-01-01", f"{year}-12-31")
        reps = dict(self._rows(f"SELECT w.day, sum(s.reps) {_JOINED} WHERE {_OF_DAYS} GROUP BY w.day", values))
        rows = self._rows(
            f"SELECT day, count(*), sum(duration_s) FROM workouts w WHERE {_OF_DAYS} GROUP BY day ORDER BY day", values
        )
        return tuple(DayFigure(day=row[0], sessions=row[1], reps=reps[row[0]], duration_s=row[2]) for row in rows)

    def streaks(self, user_id: str) -> StreakFigures:
        rows = self._rows("SELECT DISTINCT day FROM workouts WHERE user_id = ?", (user_id,))
        return streak_figures((date.fromisoformat(day) for (day,) in rows), self._calendar, self._today)

    def exercise(self, user_id: str, key: str) -> ExerciseHistory:
        ((number, name),) = self._rows("SELECT id, name FROM exercises WHERE key = ?", (key,))
        done = f"{_JOINED} WHERE w.user_id = ? AND s.exercise_id = ? AND s.working"
        newest = "substr(max(printf('%020d%s', w.instant, session_id)), 21)"
        lifted = "max(CASE WHEN s.reps > 0 THEN s.weight_kg END)"
        means = "sum(ranges) / nullif(sum(ranged), 0), sum(scores) / nullif(sum(scored), 0), min(verified)"
        rows = self._rows(
            f"SELECT day, {newest}, {SUMS}, max(s.reps), {lifted}, max({ESTIMATE}), {means} {done} "
            "GROUP BY day ORDER BY day",
            (user_id, number),
        )
        last = rows[-1]
        sets = self._rows(
            "SELECT reps, weight_kg, hold_ms, rpe FROM sets s JOIN workouts w ON w.id = s.workout_id "
            "WHERE session_id = ? AND exercise_id = ? AND working ORDER BY number",
            (last[1], number),
        )
        return ExerciseHistory(
            exercise=key,
            name=name,
            formula=FORMULA,
            points=tuple(_trend_point(row) for row in rows),
            previous=Performance(session_id=last[1], day=last[0], sets=tuple(_performed(row) for row in sets)),
            bests=tuple(self._bests(user_id, "AND s.exercise_id = ?", (number,))),
        )

    def bests(self, user_id: str) -> PersonalBests:
        found = {(best.exercise, best.kind, best.verified): best for best in self._bests(user_id, "", ())}
        names = dict(self._rows("SELECT key, name FROM exercises ORDER BY key", ()))
        both = (
            (key, kind, found.get((key, kind, True)), found.get((key, kind, False)))
            for key in names
            for kind in BEST_KINDS
        )
        return PersonalBests(
            bests=tuple(
                PersonalBest(exercise=key, name=names[key], kind=kind, verified=seen, claimed=_if_better(told, seen))
                for key, kind, seen, told in both
                if seen or told
            )
        )

    def export_start(self, user_id: str) -> bytes:
        """Return what an export of everything begins with: the sets of the first workouts, as CSV."""
        rows = self._rows(
            "SELECT w.*, e.*, s.* FROM (SELECT * FROM workouts WHERE user_id = ? ORDER BY instant, id LIMIT 20) w "
            "JOIN sets s ON s.workout_id = w.id JOIN exercises e ON e.id = s.exercise_id "
            "ORDER BY w.instant, w.id, s.number",
            (user_id,),
        )
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        return text.getvalue().encode()

    def _bests(self, user_id: str, narrowed: str, values: Sequence[Any]) -> Iterator[Best]:
        columns = "session_id, day, number, exercise_id, weight_kg, hold_ms"
        wanted = f"{_JOINED} WHERE w.user_id = ? AND s.working {narrowed}"
        claims = (
            f"SELECT {columns}, 1 AS verified, seen_reps AS reps {wanted} AND s.verified UNION ALL "
            f"SELECT {columns}, 0, s.reps {wanted} AND (NOT s.verified OR s.reps > seen_reps)"
        )
        for kind in BEST_KINDS:
            worth, other = WORTH[kind]
            rank = (
                "row_number() OVER (PARTITION BY c.exercise_id, c.verified "
                f"ORDER BY {worth} DESC, {other} DESC, c.day, c.session_id, c.number)"
            )
            rows = self._rows(
                f"SELECT e.key, ranked.* FROM (SELECT {worth} AS value, c.*, {rank} AS place FROM ({claims}) c "
                f"WHERE {worth} IS NOT NULL) ranked JOIN exercises e ON e.id = ranked.exercise_id WHERE place = 1 "
                "ORDER BY e.key, verified DESC",
                (user_id, *values, user_id, *values),
            )
            for key, value, session_id, day, _, _, weight, _, verified, reps, _ in rows:
                yield Best(
                    exercise=key,
                    kind=kind,
                    verified=bool(verified),
                    value=value,
                    reps=reps,
                    weight_kg=weight,
                    session_id=session_id,
                    day=day,
                )

    def _rows(self, query: str, values: Sequence[Any]) -> list[Any]:
        return self._connection.execute(query, values).fetchall()


def _filters(user_id: str, wanted: Wanted) -> tuple[str, list[Any]]:
    """Return conditions and their values."""
    found: list[tuple[str, Any]] = [("w.user_id = ?", user_id)]
    if wanted.since:
        found.append(("w.day >= ?", wanted.since.isoformat()))
    if wanted.source:
        found.append(("w.source = ?", wanted.source))
    if wanted.exercise:
        of_exercise = "SELECT 1 FROM sets s JOIN exercises e ON e.id = s.exercise_id WHERE s.workout_id = w.id"
        found.append((f"EXISTS ({of_exercise} AND e.key = ?)", wanted.exercise))
    return " AND ".join(one for one, _ in found), [value for _, value in found]


def _summary(row: Any, parts: Sequence[Any]) -> Summary:
    return Summary(
        session_id=row[1],
        start_time=row[2],
        day=row[3],
        source=row[4],
        exercises=tuple(part[1] for part in parts),
        names=tuple(part[2] for part in parts),
        sets=sum(part[3] for part in parts),
        reps=sum(part[4] for part in parts),
        hold_s=sum(part[5] for part in parts),
        duration_s=row[5],
        volume_kg=sum(part[6] or 0.0 for part in parts),
        calories_kcal=row[6],
        score=row[7],
        interrupted=bool(row[8]),
        edited=bool(row[9]),
        state=row[10],
    )


def _point(week: str, sets: dict[str, Any], workouts: dict[str, Any]) -> VolumePoint:
    count, reps, hold_s, volume = sets.get(week, (0, 0, 0.0, 0.0))
    sessions, duration = workouts.get(week, (0, 0.0))
    return VolumePoint(
        start=week,
        sessions=sessions,
        sets=count,
        reps=reps,
        volume_kg=volume or 0.0,
        hold_s=hold_s,
        duration_s=duration,
    )


def _trend_point(row: Any) -> TrendPoint:
    return TrendPoint(
        day=row[0],
        session_id=row[1],
        sets=row[2],
        reps=row[3],
        hold_s=row[4],
        volume_kg=row[5] or 0.0,
        best_reps=row[6],
        best_weight_kg=row[7],
        one_rep_max_kg=row[8],
        range_deg=row[9],
        score=row[10],
        verified=bool(row[11]),
    )


def _performed(row: Any) -> PerformedSet:
    return PerformedSet(reps=row[0], weight_kg=row[1], hold_s=row[2] / 1000 or None, rpe=row[3])


def _if_better(told: Best | None, seen: Best | None) -> Best | None:
    return told if told and (seen is None or told.value > seen.value) else None
