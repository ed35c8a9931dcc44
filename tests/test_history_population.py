"""Who stands in a figure of a group, and when there is none."""

from datetime import date

import pytest

from edge_agent.history.population import first_month, population
from edge_agent.records import Session
from tests.history_parts import done, entry, workout

TODAY = date(2026, 3, 10)
GYMS = {"kiosk-1": "north", "kiosk-2": "north", "kiosk-3": "south"}


def crowd(count: int, start: str = "2026-02-16T18:00:00+01:00", **fields: str) -> list[Session]:
    """A session of each of so many members."""
    names = [f"user-{number}" for number in range(count)]
    return [workout(f"{start}{name}{fields}", start, entry(done(5)), user_id=name, **fields) for name in names]


@pytest.mark.parametrize(("members", "shown"), [(4, []), (5, [5]), (6, [6])])
def test_a_group_needs_five_members(members: int, shown: list[int]) -> None:
    found = population(crowd(members), GYMS, TODAY)
    assert [one.members for one in found.months] == shown
    assert [one.members for one in found.exercises] == shown


def test_many_sessions_of_few_members_are_no_group() -> None:
    assert population(crowd(4) * 10, GYMS, TODAY).months == ()


def test_the_kiosks_of_a_gym_make_one_group_and_those_of_others_another() -> None:
    sessions = crowd(3) + crowd(5, device_id="kiosk-2") + crowd(4, device_id="kiosk-3") + crowd(5, device_id="other")
    months = population(sessions, GYMS, TODAY).months
    assert [(one.gym, one.members, one.sessions) for one in months] == [("", 5, 5), ("north", 5, 8)]


def test_an_exercise_of_few_is_left_out_of_the_group_of_many() -> None:
    rare = workout("rare", "2026-02-16T18:00:00+01:00", entry(done(99), exercise="pistol"), user_id="user-1")
    found = population([*crowd(6), rare], GYMS, TODAY)
    assert [(one.exercise, one.sets, one.reps) for one in found.exercises] == [("squat", 6, 30)]


def test_a_month_is_told_once_it_is_over() -> None:
    sessions = crowd(5) + crowd(5, "2026-03-01T18:00:00+01:00")
    assert [one.month for one in population(sessions, GYMS, TODAY).months] == ["2026-02"]
    assert len(population(sessions, GYMS, date(2026, 4, 1)).months) == 2


def test_no_since_cuts_a_month_in_two() -> None:
    sessions = crowd(5, "2026-02-01T18:00:00+01:00") + crowd(5, "2026-01-31T18:00:00+01:00")
    whole = population(sessions, GYMS, TODAY).months
    for day in range(1, 29):
        since = population(sessions, GYMS, TODAY, since=date(2026, 2, day)).months
        assert since == (whole[1:] if day == 1 else ())


@pytest.mark.parametrize(
    ("since", "first"), [("2026-02-01", "2026-02-01"), ("2026-02-02", "2026-03-01"), ("2025-12-31", "2026-01-01")]
)
def test_since_means_whole_months(since: str, first: str) -> None:
    assert first_month(date.fromisoformat(since)) == date.fromisoformat(first)
