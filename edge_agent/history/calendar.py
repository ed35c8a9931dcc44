"""Which day, week and month a moment belongs to in the gym. Pure.

A day begins at the gym's day boundary by the clock on its wall, so a workout at half past midnight may belong to the
evening before; where clocks are turned a day is still one day.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from edge_agent.history.answers import Step
from edge_agent.records import Record

Weekday = Literal["monday", "sunday", "saturday"]

_FIRST_WEEKDAY: dict[Weekday, int] = {"monday": 0, "sunday": 6, "saturday": 5}
EARLIEST, LATEST = date(1900, 1, 1), date(8999, 12, 31)
"""Days beyond, which only a wrong clock writes, are taken for these: there is a week and a month around each."""


class Calendar(Record, frozen=True, kw_only=True):
    """The gym's days and weeks."""

    time_zone: str = "UTC"
    week_starts: Weekday = "monday"
    day_starts_hour: int = 0

    def day_of(self, moment: datetime) -> date:
        """Return the day of a moment, which bears an offset."""
        try:
            on_the_wall = moment.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)
            day = (on_the_wall - timedelta(hours=self.day_starts_hour)).date()
        except OverflowError:
            day = moment.date()
        return min(max(day, EARLIEST), LATEST)

    def week_of(self, day: date) -> date:
        """Return the first day of a day's week."""
        return day - timedelta(days=(day.weekday() - _FIRST_WEEKDAY[self.week_starts]) % 7)

    def start(self, day: date, step: Step) -> date:
        """Return the first day of the day, week or month that a day is in."""
        match step:
            case "day":
                return day
            case "week":
                return self.week_of(day)
            case "month":
                return day.replace(day=1)


def following(start: date, step: Step) -> date:
    """Return the first day of the next step."""
    match step:
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case "month":
            return (start + timedelta(days=31)).replace(day=1)


def before(start: date, step: Step) -> date:
    """Return the first day of the step before."""
    match step:
        case "day":
            return start - timedelta(days=1)
        case "week":
            return start - timedelta(days=7)
        case "month":
            return (start - timedelta(days=1)).replace(day=1)


def steps(first: date, last: date, step: Step) -> Iterator[date]:
    """Return the first days of all steps from one to another, both included."""
    while first <= last:
        yield first
        first = following(first, step)
