from datetime import date

import pytest

from edge_agent.history.answers import Wanted
from web.filters import Filters, read_filters

FIELDS = {"since": "2026-01-01", "until": "2026-02-01", "exercise": "squat", "source": "camera", "sort": "reps"}


def test_what_is_read_is_written_the_same() -> None:
    assert read_filters(FIELDS).fields() == FIELDS


def test_an_address_without_filters_is_the_bare_path() -> None:
    assert read_filters({"since": "", "sort": "newest", "source": "moon"}).address("/history") == "/history"


def test_one_filter_changes_and_the_others_stay() -> None:
    address = read_filters(FIELDS).address("/history", exercise="push up & co", source=None)
    assert address == "/history?since=2026-01-01&until=2026-02-01&exercise=push+up+%26+co&sort=reps"


def test_days_in_the_wrong_order_are_turned_round() -> None:
    wanted = read_filters({"since": "2026-02-01", "until": "2026-01-01"}).wanted
    assert (wanted.since, wanted.until) == (date(2026, 1, 1), date(2026, 2, 1))


@pytest.mark.parametrize(("since", "step"), [("2026-02-20", "day"), ("2025-11-01", "week"), ("2025-01-01", "month")])
def test_a_longer_time_has_longer_steps(since: str, step: str) -> None:
    filters = Filters(wanted=Wanted(since=date.fromisoformat(since)))
    assert filters.step(date(2026, 3, 1)) == step
