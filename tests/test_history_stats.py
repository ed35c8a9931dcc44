"""What figures mean, on examples that can be checked by head."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from edge_agent.history.figures import Best, Run, Streaks, Totals
from edge_agent.history.sets import DoneSet, done_sets, monday, one_rep_max_kg
from edge_agent.history.stats import bests, by_period, member_figures, streaks, totals, trends
from edge_agent.records import Session
from tests.history_parts import done, entry, workout

TODAY = date(2026, 2, 20)


def days(*numbers: int) -> list[date]:
    return [date(2026, 2, number) for number in numbers]


def sets_of(sessions: Iterable[Session]) -> Iterator[DoneSet]:
    return (one for session in sessions for one in done_sets(session))


def best(*sessions: Session, kind: str) -> Best:
    (found,) = (one for one in bests(sets_of(sessions)) if one.kind == kind)
    return found


# Totals


def test_an_empty_history_has_figures() -> None:
    figures = member_figures([], TODAY)
    assert figures.totals == Totals()
    assert (figures.weeks, figures.bests, figures.trends) == ((), (), ())
    assert figures.streaks == Streaks()


def test_totals_add_up_warm_up_sets_too() -> None:
    sessions = [
        workout(
            "a", "2026-02-16T18:00:00+01:00", entry(done(5), done(3, kind="warmup")), calories_kcal=10.0, accuracy=1.0
        ),
        workout("b", "2026-02-17T18:00:00+01:00", entry(done(2)), accuracy=0.5),
        workout("c", "2026-02-18T18:00:00+01:00"),
    ]
    assert totals(sessions) == Totals(sessions=3, reps=10, duration_s=1800.0, calories_kcal=10.0, accuracy=0.75)


def test_weeks_begin_on_monday_and_may_span_a_new_year() -> None:
    sessions = [workout("a", "2025-12-31T18:00:00+01:00"), workout("b", "2026-01-04T18:00:00+01:00")]
    (week,) = by_period(sessions, monday)
    assert (week.start, week.totals.sessions) == ("2025-12-29", 2)


def test_months_without_a_session_are_left_out() -> None:
    sessions = [workout("a", "2026-01-31T18:00:00+01:00"), workout("b", "2026-03-01T18:00:00+01:00")]
    assert [month.start for month in member_figures(sessions, TODAY).months] == ["2026-01-01", "2026-03-01"]


def test_since_counts_its_own_day_where_the_session_was() -> None:
    sessions = [workout("a", "2026-02-16T00:00:00+13:00"), workout("b", "2026-02-15T23:59:59+13:00")]
    assert member_figures(sessions, TODAY, since=date(2026, 2, 16)).totals.sessions == 1


# Streaks


def test_a_session_across_midnight_counts_for_the_day_it_began() -> None:
    late = workout("a", "2026-02-19T23:50:00+01:00", duration_s=1800)
    assert member_figures([late], TODAY).streaks.longest == Run(first="2026-02-19", last="2026-02-19", days=1)


def test_two_sessions_a_minute_apart_around_midnight_are_two_days() -> None:
    sessions = [workout("a", "2026-02-18T23:59:30+01:00"), workout("b", "2026-02-19T00:00:30+01:00")]
    assert member_figures(sessions, TODAY).streaks.current == Run(first="2026-02-18", last="2026-02-19", days=2)


@pytest.mark.parametrize("hours", [(0, 30), (23, 30)])
@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_streak_survives_the_turning_of_the_clocks(change: date, hours: tuple[int, int]) -> None:
    """In UTC one of these days has two of the sessions and another none."""
    zone = ZoneInfo("Europe/Berlin")
    run = [date.fromordinal(change.toordinal() + number) for number in range(-1, 2)]
    starts = [datetime(day.year, day.month, day.day, *hours, tzinfo=zone).isoformat() for day in run]
    sessions = [workout(start, start) for start in starts]
    assert len({start[-6:] for start in starts}) == 2
    longest = member_figures(sessions, run[-1]).streaks.longest
    assert longest == Run(first=run[0].isoformat(), last=run[-1].isoformat(), days=3)


@pytest.mark.parametrize(("last", "length"), [(20, 2), (19, 2), (18, None)])
def test_a_streak_is_current_until_the_day_after_has_passed(last: int, length: int | None) -> None:
    current = streaks(days(last - 1, last), TODAY).current
    assert (current and current.days) == length


def test_of_equally_long_streaks_the_latest_is_told() -> None:
    assert streaks(days(1, 2, 5, 6, 9), TODAY).longest == Run(first="2026-02-05", last="2026-02-06", days=2)


def test_a_day_to_come_breaks_and_makes_no_streak() -> None:
    assert streaks(days(19, 20, 21), TODAY).current == Run(first="2026-02-19", last="2026-02-20", days=2)
    assert streaks([date(2099, 1, 1)], TODAY) == Streaks()


# Personal records


@pytest.mark.parametrize(("reps", "estimate"), [(0, None), (1, 100.0), (2, 100 * 32 / 30), (12, 140.0), (13, None)])
def test_a_one_rep_maximum_is_epley_s_up_to_twelve_reps(reps: int, estimate: float | None) -> None:
    assert one_rep_max_kg(100.0, reps) == estimate


def test_the_best_estimate_need_not_be_the_heaviest_set() -> None:
    session = workout("a", "2026-02-16T18:00:00+01:00", entry(done(1, 100.0), done(10, 90.0)))
    assert best(session, kind="weight").value == 100.0
    assert (best(session, kind="one_rep_max").value, best(session, kind="one_rep_max").weight_kg) == (120.0, 90.0)


def test_a_tied_weight_goes_to_more_reps_and_then_to_the_first() -> None:
    sessions = [
        workout("c", "2026-02-18T18:00:00+01:00", entry(done(5, 80.0))),
        workout("b", "2026-02-17T18:00:00+01:00", entry(done(5, 80.0))),
        workout("a", "2026-02-16T18:00:00+01:00", entry(done(3, 80.0))),
    ]
    assert best(*sessions, kind="weight").session_id == "b"


def test_what_was_claimed_takes_no_record_from_what_was_seen() -> None:
    sessions = [
        workout("a", "2026-02-16T18:00:00+01:00", entry(done(5, 80.0))),
        workout("b", "2026-02-17T18:00:00+01:00", entry(done(5, 300.0)), source="manual"),
        workout("c", "2026-02-18T18:00:00+01:00", entry(done(5, 200.0)), source="import"),
    ]
    weights = [(one.verified, one.value) for one in bests(sets_of(sessions)) if one.kind == "weight"]
    assert weights == [(True, 80.0), (False, 300.0)]


def test_of_a_corrected_set_only_what_was_counted_is_verified() -> None:
    session = workout("a", "2026-02-16T18:00:00+01:00", entry(done(10, 80.0, measured=9)))
    reps = [(one.verified, one.value) for one in bests(sets_of([session])) if one.kind == "reps"]
    assert reps == [(True, 9), (False, 10)]


def test_a_set_that_was_corrected_downwards_is_verified_as_it_is() -> None:
    session = workout("a", "2026-02-16T18:00:00+01:00", entry(done(7, 80.0, measured=9)))
    reps = [(one.verified, one.value) for one in bests(sets_of([session])) if one.kind == "reps"]
    assert reps == [(True, 7)]


def test_a_set_of_which_nothing_was_counted_is_claimed_alone() -> None:
    session = workout("a", "2026-02-16T18:00:00+01:00", entry(done(2, 80.0, measured=0)))
    assert {one.verified for one in bests(sets_of([session]))} == {False}


@pytest.mark.parametrize(("measured", "verified"), [(None, True), ("squat", True), ("deadlift", False)])
def test_a_camera_that_saw_another_exercise_verifies_nothing(measured: str | None, verified: bool) -> None:
    session = workout("a", "2026-02-16T18:00:00+01:00", entry(done(5), measured=measured))
    assert {one.verified for one in bests(sets_of([session]))} == {verified}


def test_warm_ups_and_failed_lifts_are_no_records() -> None:
    session = workout("a", "2026-02-16T18:00:00+01:00", entry(done(9, 90.0, kind="warmup"), done(0, 95.0)))
    assert bests(sets_of([session])) == ()


def test_a_set_without_weight_can_only_have_most_reps() -> None:
    session = workout("a", "2026-02-16T18:00:00+01:00", entry(done(20, None), done(21, 0.0)))
    assert [(one.kind, one.value, one.weight_kg) for one in bests(sets_of([session]))] == [("reps", 21, None)]


def test_seconds_held_are_a_record_of_their_own() -> None:
    session = workout("a", "2026-02-16T18:00:00+01:00", entry(done(0, None, held=61.5), exercise="plank"))
    assert (best(session, kind="hold").value, best(session, kind="hold").exercise) == (61.5, "plank")


@pytest.mark.parametrize(
    ("seconds", "milliseconds"), [(None, 0), (-5.0, 0), (0.0, 0), (1.2345, 1234), (86_400.0, 86_400_000), (86_401.0, 0)]
)
def test_nobody_holds_for_more_than_a_day(seconds: float | None, milliseconds: int) -> None:
    session = workout("a", "2026-02-16T18:00:00+01:00", entry(done(0, held=seconds)))
    assert [one.hold_ms for one in done_sets(session)] == [milliseconds]


# Trends


def test_a_trend_tells_each_week_of_each_exercise() -> None:
    sessions = [
        workout("a", "2026-02-16T18:00:00+01:00", entry(done(5, 80.0), done(9, 40.0, kind="warmup"))),
        workout("b", "2026-02-22T18:00:00+01:00", entry(done(3, 90.0)), entry(done(8, None), exercise="push_up")),
        workout("c", "2026-02-23T18:00:00+01:00", entry(done(1, 100.0))),
    ]
    found = [
        (one.exercise, one.week, one.sets, one.reps, one.best_weight_kg, one.volume_kg) for one in trends(sessions)
    ]
    assert found == [
        ("push_up", "2026-02-16", 1, 8, None, 0.0),
        ("squat", "2026-02-16", 2, 8, 90.0, 670.0),
        ("squat", "2026-02-23", 1, 1, 100.0, 100.0),
    ]
