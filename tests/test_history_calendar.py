"""Which day it is in the gym: boundaries of the day, clocks that are turned, other offsets."""

from datetime import date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.history.answers import Step
from edge_agent.history.calendar import EARLIEST, LATEST, Calendar, Weekday, before, following, steps

BERLIN = Calendar(time_zone="Europe/Berlin")


def day(text: str, calendar: Calendar = BERLIN) -> str:
    return calendar.day_of(datetime.fromisoformat(text)).isoformat()


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-02-16T23:59:59+01:00", "2026-02-16"),
        ("2026-02-17T00:00:00+01:00", "2026-02-17"),
        ("2026-02-16T23:30:00+00:00", "2026-02-17"),
        ("2026-02-16T22:30:00-05:00", "2026-02-17"),
        ("2026-02-17T06:00:00+13:00", "2026-02-16"),
    ],
)
def test_a_moment_is_on_the_gym_s_day_whatever_its_offset(start: str, expected: str) -> None:
    assert day(start) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-02-17T03:59:59+01:00", "2026-02-16"),
        ("2026-02-17T04:00:00+01:00", "2026-02-17"),
        ("2026-03-01T01:00:00+01:00", "2026-02-28"),
        ("2026-01-01T02:00:00+01:00", "2025-12-31"),
    ],
)
def test_a_day_may_begin_at_four(start: str, expected: str) -> None:
    assert day(start, Calendar(time_zone="Europe/Berlin", day_starts_hour=4)) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # Clocks go forward on 29 March at 2:00 to 3:00: the day has 23 hours.
        ("2026-03-28T22:59:00+00:00", "2026-03-28"),
        ("2026-03-28T23:00:00+00:00", "2026-03-29"),
        ("2026-03-29T21:59:00+00:00", "2026-03-29"),
        ("2026-03-29T22:00:00+00:00", "2026-03-30"),
        # Clocks go back on 25 October at 3:00 to 2:00: the day has 25 hours.
        ("2026-10-24T22:00:00+00:00", "2026-10-25"),
        ("2026-10-25T22:59:00+00:00", "2026-10-25"),
        ("2026-10-25T23:00:00+00:00", "2026-10-26"),
    ],
)
def test_a_day_on_which_clocks_are_turned_is_one_day(start: str, expected: str) -> None:
    assert day(start) == expected


@pytest.mark.parametrize("hour", ["2026-03-29T00:59:00+00:00", "2026-03-29T01:00:00+00:00"])
def test_a_boundary_in_the_hour_that_is_left_out_is_where_the_clock_jumps(hour: str) -> None:
    """From 1:59 the clock on the wall goes to 3:00: the day that begins at two begins then."""
    expected = "2026-03-28" if hour.startswith("2026-03-29T00") else "2026-03-29"
    assert day(hour, Calendar(time_zone="Europe/Berlin", day_starts_hour=2)) == expected


@pytest.mark.parametrize(
    ("week_starts", "expected"),
    [("monday", "2026-02-16"), ("sunday", "2026-02-22"), ("saturday", "2026-02-21")],
)
def test_a_sunday_is_in_the_week_of_the_gym(week_starts: Weekday, expected: str) -> None:
    assert Calendar(week_starts=week_starts).week_of(date(2026, 2, 22)).isoformat() == expected


CALENDARS = st.builds(
    Calendar,
    time_zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    week_starts=st.sampled_from(get_args(Weekday)),
    day_starts_hour=st.integers(0, 6),
)
MOMENTS = st.datetimes(
    datetime(2000, 1, 1),
    datetime(2040, 1, 1),
    timezones=st.timezones(),
)


@given(CALENDARS, MOMENTS, st.integers(0, 48 * 60))
def test_later_moments_are_never_on_an_earlier_day(calendar: Calendar, moment: datetime, minutes: int) -> None:
    later = datetime.fromtimestamp(moment.timestamp() + minutes * 60, tz=moment.tzinfo)
    # Where clocks go back just at a day's boundary, the wall has that hour twice.
    assert calendar.day_of(later) >= calendar.day_of(moment) - timedelta(days=minutes < 120)


@given(CALENDARS, st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from(get_args(Step)))
def test_steps_follow_each_other_without_a_gap(calendar: Calendar, one: date, step: Step) -> None:
    start = calendar.start(one, step)
    assert start <= one < following(start, step)
    assert calendar.start(following(start, step), step) == following(start, step)
    assert following(before(start, step), step) == start


def test_all_steps_of_a_time_are_told() -> None:
    found = [one.isoformat() for one in steps(date(2025, 12, 1), date(2026, 2, 1), "month")]
    assert found == ["2025-12-01", "2026-01-01", "2026-02-01"]


@pytest.mark.parametrize(
    ("start", "expected"), [("0001-01-01T00:00:00+14:00", EARLIEST), ("9999-12-31T23:59:00-12:00", LATEST)]
)
def test_a_wrong_clock_is_at_the_end_of_what_a_calendar_has(start: str, expected: date) -> None:
    assert day(start) == expected.isoformat()
