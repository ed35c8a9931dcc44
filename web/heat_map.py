"""A year of training as a map of days: a column a week, a row a weekday, the darker the longer. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from edge_agent.history.answers import DayFigure
from edge_agent.records import Record

CELL = 14
_LEVELS = (0.25, 0.5, 0.75)
"""Shares of the member's own longest day that make a day darker."""


class Cell(Record, frozen=True, kw_only=True):
    """One day at its place, in the units of the drawing; level 0 is a day without training, 4 the longest ones."""

    day: str
    x: int
    y: int
    level: int


class HeatMap(Record, frozen=True, kw_only=True):
    """The drawing and where each month begins in it."""

    width: int
    height: int
    cells: tuple[Cell, ...]
    months: tuple[tuple[int, int], ...]
    """x and number (1..12) of each month."""


def heat_map(days: Sequence[DayFigure], year: int, week_start: int) -> HeatMap:
    """Return the map of a year; `week_start` is the weekday in the top row, 0 is Monday."""
    figures = {figure.day: figure for figure in days}
    longest = max((figure.duration_s for figure in days), default=0.0)
    first = date(year, 1, 1)
    offset = (first.weekday() - week_start) % 7
    cells, months = [], []
    day = first
    while day.year == year:
        place = (day - first).days + offset
        x = place // 7 * CELL
        figure = figures.get(day.isoformat())
        cells.append(Cell(day=day.isoformat(), x=x, y=place % 7 * CELL, level=_level(figure, longest)))
        if day.day == 1:
            months.append((x, day.month))
        day += timedelta(days=1)
    return HeatMap(width=cells[-1].x + CELL, height=7 * CELL, cells=tuple(cells), months=tuple(months))


def _level(figure: DayFigure | None, longest: float) -> int:
    if figure is None:
        return 0
    share = figure.duration_s / longest if longest > 0 else 0.0
    return 1 + sum(share > bound for bound in _LEVELS)
