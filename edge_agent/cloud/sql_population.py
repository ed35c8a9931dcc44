"""Figures of a gym's members by SQL. They are counted there: of fewer than five nothing leaves the database."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from edge_agent.cloud.sql_tables import DEVICES, WORKOUT_SESSIONS, WORKOUT_SETS
from edge_agent.history.figures import SMALLEST_GROUP, GymExercise, GymMonth

Value = sa.ColumnElement[Any]

_MONTH_LENGTH = 7


def month_of(day: Value) -> Value:
    """Return the month of a day as text."""
    return sa.func.substr(day, 1, _MONTH_LENGTH).label("month")


def gym_months(connection: sa.Connection, first: str, before: str) -> list[GymMonth]:
    """Return what the members of each gym did in each month."""
    table = WORKOUT_SESSIONS.c
    columns: Sequence[Value] = (table.user_id, table.duration, table.accuracy)
    sessions = _in_gyms(WORKOUT_SESSIONS, columns, first, before)
    figures = (
        sa.func.count().label("sessions"),
        sa.func.sum(sessions.c.duration).label("duration"),
        sa.func.avg(sessions.c.accuracy).label("accuracy"),
    )
    rows = connection.execute(_of_enough(sessions, [sessions.c.gym, sessions.c.month], figures))
    return [
        GymMonth(
            gym=row.gym,
            month=row.month,
            members=row.members,
            sessions=row.sessions,
            duration_s=row.duration,
            accuracy=row.accuracy,
        )
        for row in rows
    ]


def gym_exercises(connection: sa.Connection, first: str, before: str) -> list[GymExercise]:
    """Return the working sets of each exercise in each gym and month."""
    table = WORKOUT_SETS.c
    sets = _in_gyms(WORKOUT_SETS, (table.user_id, table.exercise, table.reps), first, before, table.working)
    figures = (sa.func.count().label("sets"), sa.func.sum(sets.c.reps).label("reps"))
    rows = connection.execute(_of_enough(sets, [sets.c.gym, sets.c.month, sets.c.exercise], figures))
    return [
        GymExercise(
            gym=row.gym,
            month=row.month,
            exercise=row.exercise,
            members=row.members,
            sets=row.sets,
            reps=int(row.reps),
        )
        for row in rows
    ]


def _in_gyms(table: sa.Table, columns: Sequence[Value], first: str, before: str, *wanted: Value) -> sa.Subquery:
    gym = sa.func.coalesce(DEVICES.c.gym, "").label("gym")
    joined = table.outerjoin(DEVICES, DEVICES.c.device_id == table.c.device_id)
    query = sa.select(*columns, gym, month_of(table.c.day)).select_from(joined)
    days = (table.c.day >= first, table.c.day < before)
    return query.where(*days, *(one == sa.true() for one in wanted)).subquery("in_gyms")


def _of_enough(rows: sa.Subquery, group: Sequence[Value], figures: Sequence[Value]) -> sa.Select[Any]:
    members = sa.func.count(rows.c.user_id.distinct())
    query = sa.select(*group, members.label("members"), *figures).group_by(*group)
    return query.having(members >= SMALLEST_GROUP)
