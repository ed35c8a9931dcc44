"""Reports by MongoDB's aggregation. Each pipeline sees its own moment: a standalone server has no snapshots."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from pymongo.database import Database

from edge_agent.cloud import mongo_pipelines, reports
from edge_agent.cloud.mongo_pipelines import Pipeline
from edge_agent.history.figures import (
    BEST_KINDS,
    Best,
    BestKind,
    GymExercise,
    GymMonth,
    MemberFigures,
    PeriodTotals,
    PopulationFigures,
    Streaks,
    Totals,
    Trend,
)

Row = dict[str, Any]


class MongoReports:
    """Implements `reports.Reports`. `working` is the store's."""

    def __init__(self, database: Database[Row], working: Callable[[], AbstractContextManager[None]]) -> None:
        self._workouts = database["workouts"]
        self._working = working

    def member(self, user_id: str, today: date, since: date | None = None) -> MemberFigures:
        sessions = mongo_pipelines.of_member(user_id, since)
        sets = mongo_pipelines.working_sets(sessions)
        with self._working():
            together = self._rows(mongo_pipelines.totals(sessions, None))
            return MemberFigures(
                totals=_totals(together[0]) if together else Totals(),
                weeks=self._periods(sessions, "week"),
                months=self._periods(sessions, "month"),
                streaks=self._streaks(mongo_pipelines.runs(sessions, today), today),
                bests=self._bests(mongo_pipelines.claims(sets)),
                trends=self._trends(sets),
            )

    def population(self, today: date, since: date | None = None) -> PopulationFigures:
        days = reports.whole_months(today, since)
        with self._working():
            months = self._rows(mongo_pipelines.gym_months(*days))
            exercises = self._rows(mongo_pipelines.gym_exercises(*days))
        return reports.population(map(_gym_month, months), map(_gym_exercise, exercises))

    def _rows(self, pipeline: Pipeline) -> list[Row]:
        return list(self._workouts.aggregate(pipeline, allowDiskUse=True))

    def _periods(self, sessions: Pipeline, period: str) -> tuple[PeriodTotals, ...]:
        rows = self._rows(mongo_pipelines.totals(sessions, period))
        return reports.in_order(PeriodTotals(start=_start(row["_id"]), totals=_totals(row)) for row in rows)

    def _streaks(self, runs: Pipeline, today: date) -> Streaks:
        newest = self._rows([*runs, {"$sort": {"last": -1}}, {"$limit": 1}])
        longest = self._rows([*runs, {"$sort": {"days": -1, "last": -1}}, {"$limit": 1}])
        return reports.streaks([(row["first"], row["last"], row["days"]) for row in (*newest, *longest)], today)

    def _bests(self, claims: Pipeline) -> tuple[Best, ...]:
        found = [_best(row, kind) for kind in BEST_KINDS for row in self._rows(mongo_pipelines.best(claims, kind))]
        return reports.bests_in_order(found)

    def _trends(self, sets: Pipeline) -> tuple[Trend, ...]:
        found = [_trend(row) for row in self._rows(mongo_pipelines.trends(sets))]
        return tuple(sorted(found, key=lambda one: (one.exercise, one.week)))


def _start(period: str | int) -> str:
    return f"{period}-01" if isinstance(period, str) else reports.day_text(period)


def _totals(row: Row) -> Totals:
    return reports.totals(row["sessions"], row["reps"], (row["duration"], row["calories"]), row["accuracy"])


def _best(row: Row, kind: BestKind) -> Best:
    return Best(
        exercise=row["_id"]["exercise"],
        kind=kind,
        verified=row["_id"]["verified"],
        value=row["value"] / 1000 if kind == "hold" else row["value"],
        reps=row["reps"],
        weight_kg=row["weight_kg"],
        session_id=row["session_id"],
        day=row["day"],
    )


def _trend(row: Row) -> Trend:
    return Trend(
        exercise=row["_id"]["exercise"],
        week=reports.day_text(row["_id"]["week"]),
        sets=row["sets"],
        reps=row["reps"],
        best_weight_kg=row["best_weight_kg"],
        best_one_rep_max_kg=row["best_one_rep_max_kg"],
        volume_kg=float(row["volume_kg"]),
        hold_s=row["hold_ms"] / 1000,
    )


def _gym_month(row: Row) -> GymMonth:
    return GymMonth(
        **row["_id"],
        members=row["members"],
        sessions=row["sessions"],
        duration_s=row["duration"],
        accuracy=row["accuracy"] / row["accurate"] if row["accurate"] else None,
    )


def _gym_exercise(row: Row) -> GymExercise:
    return GymExercise(**row["_id"], members=row["members"], sets=row["sets"], reps=row["reps"])
