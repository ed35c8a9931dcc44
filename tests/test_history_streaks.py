from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.history.answers import StreakFigures
from edge_agent.history.calendar import Calendar
from edge_agent.history.figures import Run
from edge_agent.history.stats import streaks
from edge_agent.history.streaks import streak_figures

TODAY = date(2026, 2, 20)  # a Friday
MON, WED, FRI = 0, 2, 4


def figures(*days: int, planned: Sequence[int] = (), week_starts: str = "monday") -> StreakFigures:
    """Of days of February 2026, whose first is a Sunday."""
    calendar = Calendar(week_starts="sunday" if week_starts == "sunday" else "monday")
    return streak_figures([date(2026, 2, day) for day in days], calendar, TODAY, planned)


def run(first: int, last: int, days: int) -> Run:
    return Run(first=f"2026-02-{first:02d}", last=f"2026-02-{last:02d}", days=days)


def test_nobody_has_a_streak_before_the_first_workout() -> None:
    assert figures() == StreakFigures(current=None, longest=None, weeks=0, planned_days=(), trained_today=False)


def test_today_breaks_nothing_before_it_is_over() -> None:
    assert figures(18, 19).current == run(18, 19, 2)
    assert figures(17, 18).current is None


def test_without_a_plan_every_day_counts() -> None:
    assert figures(1, 2, 3, 19, 20).longest == run(1, 3, 3)


def test_days_to_come_do_not_count() -> None:
    assert figures(20, 21, 22).current == run(20, 20, 1)


def test_days_off_the_plan_break_nothing() -> None:
    found = figures(9, 11, 13, 16, 18, planned=(MON, WED, FRI))
    assert (found.current, found.planned_days) == (run(9, 18, 5), (MON, WED, FRI))


def test_a_planned_day_that_was_missed_breaks() -> None:
    assert figures(9, 13, 16, 18, planned=(MON, WED, FRI)).current == run(13, 18, 3)


def test_a_planned_yesterday_that_was_missed_breaks_today() -> None:
    assert figures(11, 13, 16, planned=(MON, WED, FRI)).current is None


def test_what_is_trained_off_the_plan_counts_too() -> None:
    assert figures(16, 17, 18, planned=(MON, WED, FRI)).current == run(16, 18, 3)


def test_of_equally_long_runs_the_latest_is_told() -> None:
    assert figures(1, 2, 8, 9).longest == run(8, 9, 2)


def test_weeks_count_that_have_a_workout() -> None:
    assert figures(3, 9, 20).weeks == 3


def test_a_week_that_is_not_over_breaks_nothing() -> None:
    assert figures(3, 10).weeks == 2


def test_a_week_without_a_workout_breaks() -> None:
    assert figures(3, 17).weeks == 1


@pytest.mark.parametrize(("week_starts", "weeks"), [("monday", 2), ("sunday", 1)])
def test_weeks_are_the_gym_s(week_starts: str, weeks: int) -> None:
    assert figures(15, 16, week_starts=week_starts).weeks == weeks


def test_whoever_trained_today_is_told_so() -> None:
    assert (figures(20).trained_today, figures(19).trained_today) == (True, False)


DAYS = st.lists(st.dates(TODAY - timedelta(days=60), TODAY + timedelta(days=3)))


@given(DAYS)
def test_without_a_plan_streaks_are_those_of_the_cloud_s_reports(days: list[date]) -> None:
    found, reported = streak_figures(days, Calendar(), TODAY), streaks(days, TODAY)
    assert (found.current, found.longest) == (reported.current, reported.longest)


def slow_current(days: set[date], planned: frozenset[int]) -> int:
    """Walk back from today day by day."""
    count, day = 0, TODAY
    while day > min(days, default=TODAY + timedelta(days=1)) - timedelta(days=1):
        if day in days:
            count += 1
        elif day != TODAY and day.weekday() in planned:
            break
        day -= timedelta(days=1)
    return count


@given(DAYS, st.frozensets(st.integers(0, 6)))
def test_the_current_run_ends_at_the_first_planned_day_missed(days: list[date], planned: frozenset[int]) -> None:
    found = streak_figures(days, Calendar(), TODAY, tuple(planned)).current
    past = {day for day in days if day <= TODAY}
    assert (found.days if found else 0) == slow_current(past, planned or frozenset(range(7)))
