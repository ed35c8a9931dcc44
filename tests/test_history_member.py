"""The pages' questions against plain and slow definitions, on any history."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.errors import PermanentError
from edge_agent.history.answers import SORTS, Card, Sort, Step, VolumePoint, Wanted
from edge_agent.history.calendar import Calendar, Weekday
from edge_agent.history.member import MemberHistory
from edge_agent.history.workouts import workout_of
from edge_agent.records import Session
from tests.history_parts import done, entry, histories, workout

TODAY = date(2026, 3, 10)
CALENDARS = st.builds(
    Calendar,
    time_zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"]),
    week_starts=st.sampled_from(get_args(Weekday)),
    day_starts_hour=st.integers(0, 6),
)
WANTED = st.builds(
    Wanted,
    since=st.none() | st.dates(date(2025, 12, 1), date(2026, 3, 20)),
    until=st.none() | st.dates(date(2025, 12, 1), date(2026, 3, 20)),
    exercise=st.none() | st.sampled_from(["squat", "plank", "nothing"]),
    source=st.none() | st.sampled_from(["camera", "manual", "import"]),
)
HISTORIES = histories(users=["ann"])


def history(sessions: Sequence[Session], calendar: Calendar | None = None) -> MemberHistory:
    calendar = calendar or Calendar()
    return MemberHistory((workout_of(one, (place, "rev"), calendar) for place, one in enumerate(sessions)), calendar)


def without(found: MemberHistory, ids: set[str]) -> MemberHistory:
    """Return the same history without some workouts; the others keep their places."""
    return MemberHistory((one for one in found.workouts if one.session_id not in ids), Calendar())


def passes(one: Session, wanted: Wanted, calendar: Calendar) -> bool:
    day = calendar.day_of(datetime.fromisoformat(one.start_time))
    return (
        (wanted.since is None or day >= wanted.since)
        and (wanted.until is None or day <= wanted.until)
        and (wanted.source is None or one.source == wanted.source)
        and (wanted.exercise is None or any(e.exercise == wanted.exercise and e.sets for e in one.exercises))
    )


def all_ids(found: MemberHistory, wanted: Wanted, sort: Sort, limit: int) -> list[str]:
    """Walk through a list page by page."""
    ids: list[str] = []
    cursor = None
    while True:
        page = found.page(wanted, sort, limit, cursor)
        ids += [one.session_id for one in page.workouts]
        cursor = page.next_cursor
        if cursor is None:
            assert page.total == len(ids)
            return ids


# Lists

FIGURES: dict[Sort, Callable[[Session], float | None]] = {
    "reps": lambda one: one.reps,
    "duration": lambda one: one.duration_s,
    "calories": lambda one: one.calories_kcal,
    "score": lambda one: one.accuracy,
    "volume": lambda one: sum(
        (a_set.weight_kg or 0) * a_set.reps_full for e in one.exercises for a_set in e.sets if a_set.kind == "working"
    ),
}


def started(one: Session) -> float:
    return datetime.fromisoformat(one.start_time).timestamp()


@settings(max_examples=60, deadline=None)
@given(HISTORIES, CALENDARS, WANTED, st.sampled_from(SORTS), st.integers(1, 7))
def test_pages_together_are_the_sorted_and_filtered_list(
    sessions: list[Session], calendar: Calendar, wanted: Wanted, sort: Sort, limit: int
) -> None:
    expected = [(place, one) for place, one in enumerate(sessions) if passes(one, wanted, calendar)]
    expected.sort(key=lambda pair: (started(pair[1]), pair[0]), reverse=sort != "oldest")
    figure = FIGURES.get(sort)
    if figure:
        expected.sort(key=lambda pair: -1 if (value := figure(pair[1])) is None else value, reverse=True)
    found = all_ids(history(sessions, calendar), wanted, sort, limit)
    assert found == [one.session_id for _, one in expected]


@settings(max_examples=60, deadline=None)
@given(HISTORIES, st.sampled_from(SORTS), st.integers(1, 5), st.data())
def test_a_cursor_stands_when_workouts_come_and_go(
    sessions: list[Session], sort: Sort, limit: int, data: st.DataObject
) -> None:
    """What was there all the time is shown once, whatever else changes between two pages."""
    some = st.sets(st.sampled_from([one.session_id for one in sessions])) if sessions else st.just(set[str]())
    added, deleted = data.draw(some), data.draw(some)
    everything = history(sessions)
    page = without(everything, added).page(Wanted(), sort, limit, None)
    seen = [one.session_id for one in page.workouts]
    later = without(everything, deleted)
    while page.next_cursor:
        page = later.page(Wanted(), sort, limit, page.next_cursor)
        seen += [one.session_id for one in page.workouts]
    all_the_time = without(everything, added | deleted)
    assert [one for one in seen if one not in added | deleted] == all_ids(all_the_time, Wanted(), sort, 100)


@pytest.mark.parametrize("cursor", ["x", "", "ÿ", "W10", "WzEsMl0", "eyJhIjoxfQ", "A" * 200])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(PermanentError, match="cursor"):
        history([workout()]).page(Wanted(), "newest", 5, cursor)


def test_a_cursor_of_another_order_is_refused() -> None:
    found = history([workout("a"), workout("b")])
    cursor = found.page(Wanted(), "reps", 1, None).next_cursor
    with pytest.raises(PermanentError, match="by reps"):
        found.page(Wanted(), "newest", 1, cursor)


def test_a_cursor_is_short_enough_for_an_address() -> None:
    sessions = [workout(key, calories_kcal=1 / 3, duration_s=1e-9 / 7) for key in "ab"]
    cursors = [history(sessions).page(Wanted(), sort, 1, None).next_cursor for sort in SORTS]
    assert max(len(one or "") for one in cursors) < 200


# Sums


def slow_totals(sessions: Sequence[Session]) -> tuple[int, int, Any]:
    return len(sessions), sum(one.reps for one in sessions), pytest.approx(sum(one.duration_s for one in sessions))


@settings(max_examples=40, deadline=None)
@given(HISTORIES, CALENDARS, st.dates(date(2025, 12, 20), date(2026, 3, 31)))
def test_cards_compare_the_same_part_of_two_periods(sessions: list[Session], calendar: Calendar, today: date) -> None:
    cards = history(sessions, calendar).cards(today)
    shown: tuple[tuple[Card, Step], ...] = ((cards.week, "week"), (cards.month, "month"))
    for card, step in shown:
        start = today
        while calendar.start(start - timedelta(days=1), step) == calendar.start(today, step):
            start -= timedelta(days=1)
        past = start - timedelta(days=1)
        while calendar.start(past - timedelta(days=1), step) == calendar.start(past, step):
            past -= timedelta(days=1)
        now = [one for one in sessions if passes(one, Wanted(since=start, until=today), calendar)]
        last = min(past + (today - start), start - timedelta(days=1))
        before = [one for one in sessions if passes(one, Wanted(since=past, until=last), calendar)]
        assert card.start == start.isoformat()
        assert (card.now.sessions, card.now.reps, card.now.duration_s) == slow_totals(now)
        assert (card.before.sessions, card.before.reps, card.before.duration_s) == slow_totals(before)


@settings(max_examples=40, deadline=None)
@given(HISTORIES, CALENDARS, WANTED, st.sampled_from(get_args(Step)))
def test_every_day_is_in_one_point_of_the_volume(
    sessions: list[Session], calendar: Calendar, wanted: Wanted, step: Step
) -> None:
    points = history(sessions, calendar).volume(wanted, step, TODAY)
    until = wanted.until or TODAY
    seen = [
        one
        for one in sessions
        if passes(one, wanted, calendar) and calendar.day_of(datetime.fromisoformat(one.start_time)) <= until
    ]
    sets = [a_set for one in seen for e in one.exercises for a_set in e.sets if wanted.exercise in {None, e.exercise}]
    assert sum(one.sessions for one in points) == len(seen)
    assert sum(one.sets for one in points) == len(sets)
    assert sum(one.reps for one in points) == sum(a_set.reps_full for a_set in sets)
    assert_consecutive(points, calendar, step)


def assert_consecutive(points: Sequence[VolumePoint], calendar: Calendar, step: Step) -> None:
    starts = [date.fromisoformat(one.start) for one in points]
    for one, following in pairwise(starts):
        assert calendar.start(one, step) == one
        assert {calendar.start(one + timedelta(days=n), step) for n in range((following - one).days)} == {one}
        assert calendar.start(following, step) == following


def test_a_chart_of_ages_has_its_newest_thousand_points() -> None:
    found = history([workout("a", "1980-01-01T12:00:00+00:00"), workout("b", "2026-03-10T12:00:00+00:00")])
    for step in get_args(Step):
        points = found.volume(Wanted(), step, TODAY)
        assert len(points) <= 1000
        assert points[-1].sessions == 1
    assert len(found.volume(Wanted(), "day", TODAY)) == 1000


@pytest.mark.parametrize("step", get_args(Step))
def test_days_at_the_ends_of_time_are_no_trouble(step: Step) -> None:
    sessions = [workout("a", "0001-01-01T00:30:00+14:00"), workout("b", "9999-12-31T23:30:00-12:00", duration_s=0.0)]
    found = history(sessions, Calendar(week_starts="sunday", day_starts_hour=6))
    wanted = Wanted(since=date.min, until=date.max)
    assert sum(one.sessions for one in found.volume(wanted, step, TODAY)) == 1
    assert found.page(wanted, "newest", 5, None).total == 2
    assert found.streaks(TODAY).current is None
    assert found.cards(TODAY).all_time.sessions == 2


@settings(max_examples=30, deadline=None)
@given(HISTORIES, WANTED)
def test_the_shares_of_a_mix_are_of_all_sets(sessions: list[Session], wanted: Wanted) -> None:
    parts = history(sessions).mix(wanted)
    seen = [e for one in sessions if passes(one, wanted, Calendar()) for e in one.exercises if e.sets]
    assert {one.exercise: one.sets for one in parts} == {
        key: sum(len(e.sets) for e in seen if e.exercise == key) for key in {e.exercise for e in seen}
    }
    assert [one.sets for one in parts] == sorted((one.sets for one in parts), reverse=True)
    assert sum(one.share for one in parts) == (pytest.approx(1) if parts else 0)


@settings(max_examples=30, deadline=None)
@given(HISTORIES, CALENDARS, st.sampled_from([2025, 2026, 2027]))
def test_the_days_of_a_year_are_those_with_a_workout(sessions: list[Session], calendar: Calendar, year: int) -> None:
    found = history(sessions, calendar).days(year)
    days = [calendar.day_of(datetime.fromisoformat(one.start_time)) for one in sessions]
    assert {one.day: one.sessions for one in found} == {
        day.isoformat(): days.count(day) for day in days if day.year == year
    }
    assert [one.day for one in found] == sorted(one.day for one in found)


def test_stats_are_of_the_day_the_week_the_month_or_all() -> None:
    sessions = [
        workout("a", "2026-03-10T08:00:00+00:00", entry(done(5)), accuracy=0.5),
        workout("b", "2026-03-09T08:00:00+00:00", entry(done(4)), accuracy=1.0),
        workout("c", "2026-03-01T08:00:00+00:00", entry(done(3))),
        workout("d", "2026-02-28T08:00:00+00:00", entry(done(2))),
    ]
    found = {span: history(sessions).stats(span, TODAY) for span in ("today", "week", "month", "all")}
    assert [one.total_reps for one in found.values()] == [5, 9, 12, 14]
    assert [one.average_accuracy for one in found.values()] == [0.5, 0.75, 0.75, 0.75]


def test_stats_bear_the_names_that_earlier_clients_know() -> None:
    names = msgspec.to_builtins(history([]).stats("all", TODAY))
    assert names == {"totalSessions": 0, "totalReps": 0, "averageAccuracy": None, "totalDuration": 0.0}


# What is kept


def test_answers_are_of_the_question_asked_however_many_were() -> None:
    sessions = [workout("a", "2026-03-09T08:00:00+00:00", entry(done(5)))]
    found = history(sessions)
    for day in range(1, 28):
        for step in get_args(Step):
            wanted = Wanted(since=date(2026, 3, day))
            assert found.volume(wanted, step, TODAY) == history(sessions).volume(wanted, step, TODAY)


def test_utc_is_where_nothing_else_is_said() -> None:
    assert Calendar().day_of(datetime(2026, 2, 16, 23, 59, tzinfo=UTC)) == date(2026, 2, 16)
