"""A year of training as a map of days: a column a week, a row a weekday, the darker the longer. Pure.

How dark a day is tells its place among the member's days, not its length: one very long day makes no other one pale.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

from edge_agent.history.answers import DayFigure
from edge_agent.records import Record

CELL = 14
_LEVELS = 4


class Cell(Record, frozen=True, kw_only=True):
    """One day at its place, in the units of the drawing; level 0 is a day without training, 4 among the longest."""

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
    lengths = sorted(figure.duration_s for figure in days if figure.duration_s > 0)
    first = date(year, 1, 1)
    offset = (first.weekday() - week_start) % 7
    cells, months = [], []
    day = first
    while day.year == year:
        place = (day - first).days + offset
        x = place // 7 * CELL
        figure = figures.get(day.isoformat())
        cells.append(Cell(day=day.isoformat(), x=x, y=place % 7 * CELL, level=_level(figure, lengths)))
        if day.day == 1:
            months.append((x, day.month))
        day += timedelta(days=1)
    return HeatMap(width=cells[-1].x + CELL, height=7 * CELL, cells=tuple(cells), months=tuple(months))


def _level(figure: DayFigure | None, lengths: Sequence[float]) -> int:
    """Return in which quarter of all lengths a day is: equal ones in the same, one without a length in the first."""
    if figure is None:
        return 0
    not_longer = bisect_right(lengths, figure.duration_s)
    return max(1, -(-_LEVELS * not_longer // len(lengths))) if lengths else 1
