"""`edge-agent cloud report`: what a cloud database says of a member, or of a gym's members together."""

import argparse
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from edge_agent.cloud.opening import store_at
from edge_agent.errors import ConfigError
from edge_agent.history.figures import (
    SMALLEST_GROUP,
    MemberFigures,
    PeriodTotals,
    PopulationFigures,
    Run,
    Streaks,
    Totals,
    Trend,
)

_KINDS = {"weight": "weight, kg", "one_rep_max": "est. 1RM, kg", "reps": "reps", "hold": "hold, s"}
_TOTALS = ("sessions", "reps", "minutes", "kcal", "accuracy")


def main(options: argparse.Namespace) -> int:
    """Print the report. Raises `ConfigError` for what can't be used, `TemporaryError` for a database that is away."""
    today = _today(options.timezone)
    if options.since and options.since > today:
        raise ConfigError(f"--since {options.since} lies in the future; today is {today}")
    store = store_at(options.store)
    try:
        store.open()
        figures = (
            store.reports.population(today, options.since)
            if options.population
            else store.reports.member(options.user, today, options.since)
        )
    finally:
        store.close()
    print(msgspec.json.encode(figures).decode() if options.json else "\n".join(_tables(figures)))
    return 0


def _today(zone: str) -> date:
    try:
        return datetime.now(ZoneInfo(zone) if zone else None).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(f"--timezone {zone}: write it as Europe/Berlin") from None


def _tables(figures: MemberFigures | PopulationFigures) -> list[str]:
    return _of_groups(figures) if isinstance(figures, PopulationFigures) else _of_member(figures)


def _of_member(figures: MemberFigures) -> list[str]:
    totals = [("all", *_cells(figures.totals)), *map(_period, figures.months)]
    bests = [
        (one.exercise, _KINDS[one.kind], _number(one.value), "verified" if one.verified else "claimed", one.day)
        for one in figures.bests
    ]
    return [
        *_table("Totals by month", ("from", *_TOTALS), totals),
        *_table("Totals by week", ("from", *_TOTALS), map(_period, figures.weeks)),
        *_table("Streaks", ("streak", "days", "first", "last"), _runs(figures.streaks)),
        *_table("Personal records", ("exercise", "record", "value", "by", "day"), bests),
        *_table(
            "Trends by week",
            ("exercise", "from", "sets", "reps", "best kg", "est. 1RM", "volume kg", "hold s"),
            map(_trend, figures.trends),
        ),
    ]


def _of_groups(figures: PopulationFigures) -> list[str]:
    months = [
        (
            one.gym,
            one.month,
            str(one.members),
            str(one.sessions),
            _number(one.duration_s / 60),
            _number(one.accuracy, 2),
        )
        for one in figures.months
    ]
    exercises = [
        (one.gym, one.month, one.exercise, str(one.members), str(one.sets), str(one.reps)) for one in figures.exercises
    ]
    return [
        *_table("Months that are over", ("gym", "month", "members", "sessions", "minutes", "accuracy"), months),
        *_table("Exercises", ("gym", "month", "exercise", "members", "sets", "reps"), exercises),
        f"Groups of fewer than {SMALLEST_GROUP} members are left out.",
    ]


def _period(one: PeriodTotals) -> Sequence[str]:
    return one.start, *_cells(one.totals)


def _cells(one: Totals) -> Sequence[str]:
    minutes, kcal = _number(one.duration_s / 60), _number(one.calories_kcal)
    return str(one.sessions), str(one.reps), minutes, kcal, _number(one.accuracy, 2)


def _runs(streaks: Streaks) -> list[Sequence[str]]:
    return [_run("current", streaks.current), _run("longest", streaks.longest)]


def _run(name: str, run: Run | None) -> Sequence[str]:
    return (name, str(run.days), run.first, run.last) if run else (name, "0", "", "")


def _trend(one: Trend) -> Sequence[str]:
    weights = (one.best_weight_kg, one.best_one_rep_max_kg, one.volume_kg, one.hold_s)
    return one.exercise, one.week, str(one.sets), str(one.reps), *map(_number, weights)


def _number(value: float | None, places: int = 1) -> str:
    return "" if value is None else f"{value:.{places}f}"


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a title, a table in columns and an empty line."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    made = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return [title, *(f"  {line}" for line in made), ""]
