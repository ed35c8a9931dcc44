"""Reports by SQL, from the plain rows: the same statements for all SQL databases.

No function of dates or time zones is asked for, for databases differ in them: the writer has noted each session's day
where it was, as text and as a number, and weeks and runs of days are arithmetic on that number.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import sqlalchemy as sa

from edge_agent.cloud import reports, sql_population
from edge_agent.cloud.sql_population import month_of
from edge_agent.cloud.sql_tables import WORKOUT_SESSIONS, WORKOUT_SETS
from edge_agent.history.figures import (
    BEST_KINDS,
    Best,
    BestKind,
    MemberFigures,
    PeriodTotals,
    PopulationFigures,
    Streaks,
    Totals,
    Trend,
)
from edge_agent.history.sets import EPLEY_REPS, MOST_REPS_OF_ESTIMATE

Transaction = Callable[[], AbstractContextManager[sa.Connection]]
Value = sa.ColumnElement[Any]


class SqlReports:
    """Implements `reports.Reports`. `reading` is a transaction of the store's in which all reads see one state."""

    def __init__(self, reading: Transaction) -> None:
        self._reading = reading

    def member(self, user_id: str, today: date, since: date | None = None) -> MemberFigures:
        sessions = sessions_of(user_id, since)
        with self._reading() as connection:
            return MemberFigures(
                totals=_totals(connection.execute(sa.select(*_sums(sessions))).one()),
                weeks=_periods(connection, sessions, sessions.c.week),
                months=_periods(connection, sessions, sessions.c.month),
                streaks=_streaks(connection, sessions, today),
                bests=_bests(connection, claims_of(user_id, since)),
                trends=_trends(connection, sets_of(user_id, since)),
            )

    def population(self, today: date, since: date | None = None) -> PopulationFigures:
        first, before = reports.whole_months(today, since)
        with self._reading() as connection:
            months = sql_population.gym_months(connection, first, before)
            exercises = sql_population.gym_exercises(connection, first, before)
        return reports.population(months, exercises)


# A member


def sessions_of(user_id: str, since: date | None) -> sa.Subquery:
    """Return a member's sessions, each with the Monday of its week as a number and its month."""
    table = WORKOUT_SESSIONS.c
    columns = (table.day_ordinal, table.reps, table.duration, table.calories, table.accuracy)
    periods = (_monday(table.day_ordinal), month_of(table.day))
    wanted = (table.user_id == user_id, table.day >= reports.since_text(since))
    return sa.select(*columns, *periods).where(*wanted).subquery("sessions_of_member")


def sets_of(user_id: str, since: date | None) -> sa.Subquery:
    """Return a member's working sets, each with what it is worth as a record of each kind."""
    return _working_sets(user_id, since, WORKOUT_SETS.c.reps, WORKOUT_SETS.c.verified).subquery("sets_of_member")


def claims_of(user_id: str, since: date | None) -> sa.Subquery:
    """Return the same as what may be records: what was seen of a set, and beyond that what is told."""
    table = WORKOUT_SETS.c
    is_told = sa.or_(table.verified == sa.false(), table.reps > table.seen_reps)
    seen = _working_sets(user_id, since, table.seen_reps, sa.true()).where(table.verified == sa.true())
    told = _working_sets(user_id, since, table.reps, sa.false()).where(is_told)
    return sa.union_all(seen, told).subquery("claims_of_member")


def _working_sets(user_id: str, since: date | None, reps: Value, verified: Value) -> sa.Select[Any]:
    table = WORKOUT_SETS.c
    columns = [table[name] for name in ("session_id", "number", "exercise", "day", "weight_kg")]
    values = [_value(kind, reps).label(worth(kind)) for kind in BEST_KINDS]
    wanted = (table.user_id == user_id, table.day >= reports.since_text(since), table.working == sa.true())
    counted = (reps.label("reps"), verified.label("verified"))
    return sa.select(*columns, *counted, _monday(table.day_ordinal), *values).where(*wanted)


def worth(kind: BestKind) -> str:
    """Return the column with what a set is worth as a record."""
    return f"worth_as_{kind}"


def _monday(ordinal: Value) -> Value:
    return (ordinal - (ordinal - 1) % 7).label("week")


def _value(kind: BestKind, reps: Value) -> Value:
    """Return what a set of so many reps is worth as a record; null if it can't be one."""
    weight, hold = WORKOUT_SETS.c.weight_kg, WORKOUT_SETS.c.hold_ms
    match kind:
        case "weight":
            return sa.case((reps > 0, weight))
        case "one_rep_max":
            estimate = weight * (reps + EPLEY_REPS) / sa.literal(float(EPLEY_REPS), sa.Double)
            return sa.case((reps == 1, weight), (reps.between(2, MOST_REPS_OF_ESTIMATE), estimate))
        case "reps":
            return sa.case((reps > 0, reps))
        case "hold":
            return sa.case((hold > 0, hold))


def _sums(sessions: sa.Subquery) -> list[Value]:
    table = sessions.c
    return [
        sa.func.count().label("sessions"),
        sa.func.sum(table.reps).label("reps"),
        sa.func.sum(table.duration).label("duration"),
        sa.func.sum(table.calories).label("calories"),
        sa.func.avg(table.accuracy).label("accuracy"),
    ]


def _totals(row: Any) -> Totals:
    return reports.totals(row.sessions, row.reps, (row.duration, row.calories), row.accuracy)


def _periods(connection: sa.Connection, sessions: sa.Subquery, period: Value) -> tuple[PeriodTotals, ...]:
    rows = connection.execute(sa.select(period.label("period"), *_sums(sessions)).group_by(period)).all()
    return reports.in_order(
        PeriodTotals(
            start=f"{row.period}-01" if isinstance(row.period, str) else reports.day_text(row.period),
            totals=_totals(row),
        )
        for row in rows
    )


def _streaks(connection: sa.Connection, sessions: sa.Subquery, today: date) -> Streaks:
    """Days less their numbers in a row are the same within a run."""
    day = sessions.c.day_ordinal
    days = sa.select(day).where(day <= today.toordinal()).distinct().subquery("days")
    day = days.c.day_ordinal
    numbered = sa.select(day, (day - sa.func.row_number().over(order_by=day)).label("run")).subquery("numbered")
    last = sa.func.max(numbered.c.day_ordinal)
    runs = sa.select(sa.func.min(numbered.c.day_ordinal), last, sa.func.count()).group_by(numbered.c.run).limit(1)
    newest = connection.execute(runs.order_by(last.desc())).all()
    longest = connection.execute(runs.order_by(sa.func.count().desc(), last.desc())).all()
    return reports.streaks([(row[0], row[1], row[2]) for row in (*newest, *longest)], today)


def _bests(connection: sa.Connection, claims: sa.Subquery) -> tuple[Best, ...]:
    rows = [(kind, row) for kind in BEST_KINDS for row in connection.execute(best_sets(claims, kind))]
    return reports.bests_in_order(
        Best(
            exercise=row.exercise,
            kind=kind,
            verified=bool(row.verified),
            value=row.value / 1000 if kind == "hold" else row.value,
            reps=row.reps,
            weight_kg=row.weight_kg,
            session_id=row.session_id,
            day=row.day,
        )
        for kind, row in rows
    )


def best_sets(claims: sa.Subquery, kind: BestKind) -> sa.Select[Any]:
    """Return the query for the best set of each exercise, verified and claimed apart."""
    table = claims.c
    other = table.reps if kind == "weight" else sa.func.coalesce(table.weight_kg, 0.0)
    order = (table[worth(kind)].desc(), other.desc(), table.day, table.session_id, table.number)
    place = sa.func.row_number().over(partition_by=[table.exercise, table.verified], order_by=order)
    columns = [table[name] for name in ("exercise", "verified", "reps", "weight_kg", "session_id", "day")]
    ranked = sa.select(*columns, table[worth(kind)].label("value"), place.label("place")).where(
        table[worth(kind)].is_not(None)
    )
    placed = ranked.subquery("ranked")
    return sa.select(placed).where(placed.c.place == 1)


def _trends(connection: sa.Connection, sets: sa.Subquery) -> tuple[Trend, ...]:
    table = sets.c
    sums = {
        "sets": sa.func.count(),
        "reps": sa.func.sum(table.reps),
        "best_weight_kg": sa.func.max(table[worth("weight")]),
        "best_one_rep_max_kg": sa.func.max(table[worth("one_rep_max")]),
        "volume_kg": sa.func.sum(table.weight_kg * table.reps),
        "hold_ms": sa.func.sum(table[worth("hold")]),
    }
    query = sa.select(table.exercise, table.week, *(value.label(name) for name, value in sums.items()))
    found = [_trend(row) for row in connection.execute(query.group_by(table.exercise, table.week))]
    return tuple(sorted(found, key=lambda one: (one.exercise, one.week)))


def _trend(row: sa.Row[Any]) -> Trend:
    return Trend(
        exercise=row.exercise,
        week=reports.day_text(row.week),
        sets=row.sets,
        reps=int(row.reps),
        best_weight_kg=row.best_weight_kg,
        best_one_rep_max_kg=row.best_one_rep_max_kg,
        volume_kg=row.volume_kg or 0.0,
        hold_s=int(row.hold_ms or 0) / 1000,
    )
