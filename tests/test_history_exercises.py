"""Trends of an exercise and personal records, as the pages show them."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from edge_agent.history.answers import ExerciseHistory, PersonalBest, Wanted
from edge_agent.history.calendar import Calendar
from edge_agent.history.exercises import FORMULA
from edge_agent.history.member import MemberHistory
from edge_agent.history.sets import EPLEY_REPS, done_sets, one_rep_max_kg
from edge_agent.history.workouts import workout_of
from edge_agent.records import Rep, Session, WorkoutSet
from tests.history_parts import done, entry, histories, workout

MONDAY, TUESDAY = "2026-02-16T18:00:00+00:00", "2026-02-17T18:00:00+00:00"


def history(*sessions: Session) -> MemberHistory:
    return MemberHistory((workout_of(one, (place, ""), Calendar()) for place, one in enumerate(sessions)), Calendar())


def trend(*sessions: Session, exercise: str = "squat") -> ExerciseHistory:
    return history(*sessions).exercise(exercise, Wanted())


def told(one: WorkoutSet, *reps: tuple[float | None, float, bool]) -> WorkoutSet:
    """The set with its reps: range, score and whether full."""
    kept = (
        Rep(number=number, start_s=number, end_s=number + 1, rom_deg=rom, score=score, full=full)
        for number, (rom, score, full) in enumerate(reps, 1)
    )
    return replace(one, reps=tuple(kept))


def records(*sessions: Session) -> dict[str, PersonalBest]:
    return {one.kind: one for one in history(*sessions).bests("squat").bests}


# Trends


def test_a_day_is_a_point_with_its_working_sets() -> None:
    (point,) = trend(workout("a", MONDAY, entry(done(9, 40.0, kind="warmup"), done(5, 80.0), done(3, 90.0)))).points
    assert (point.day, point.sets, point.reps, point.best_reps) == ("2026-02-16", 2, 8, 5)
    assert (point.best_weight_kg, point.volume_kg, point.verified) == (90.0, 670.0, True)
    assert point.one_rep_max_kg == pytest.approx(99.0)


def test_two_workouts_of_a_day_are_one_point_of_the_later() -> None:
    later = workout("b", "2026-02-16T20:00:00+00:00", entry(done(8, 70.0)), source="manual")
    (point,) = trend(later, workout("a", MONDAY, entry(done(5, 80.0)))).points
    assert (point.session_id, point.reps, point.best_weight_kg, point.verified) == ("b", 13, 80.0, False)


def test_days_on_which_it_was_only_warmed_up_are_no_points() -> None:
    found = trend(workout("a", MONDAY, entry(done(9, 40.0, kind="warmup"))))
    assert (found.points, found.previous, found.name) == ((), None, "Squat")


def test_a_lift_that_failed_has_no_weight() -> None:
    (point,) = trend(workout("a", MONDAY, entry(done(0, 120.0)))).points
    assert (point.best_weight_kg, point.one_rep_max_kg, point.volume_kg) == (None, None, 0.0)


def test_range_is_of_full_reps_and_the_score_of_all() -> None:
    one = told(done(2), (100.0, 0.9, True), (None, 0.8, True), (40.0, 0.1, False))
    (point,) = trend(workout("a", MONDAY, entry(one, told(done(1), (90.0, 1.0, True))))).points
    assert point.range_deg == pytest.approx(95.0)
    assert point.score == pytest.approx(0.7)


def test_what_was_not_measured_is_unknown() -> None:
    (point,) = trend(workout("a", MONDAY, entry(done(5)))).points
    assert (point.range_deg, point.score) == (None, None)


def test_seconds_held_are_told() -> None:
    (point,) = trend(workout("a", MONDAY, entry(done(0, None, held=30.5), exercise="plank")), exercise="plank").points
    assert (point.hold_s, point.reps) == (30.5, 0)


def test_the_previous_performance_is_the_last_one_set_by_set() -> None:
    sessions = [
        workout("a", MONDAY, entry(done(5, 80.0))),
        workout("b", TUESDAY, entry(done(9, 40.0, kind="warmup"), replace(done(6, 82.5), rpe=8.5), done(4, None))),
        workout("c", "2026-02-18T18:00:00+00:00", entry(done(30, None), exercise="jumping_jack")),
    ]
    previous = trend(*sessions).previous
    assert previous
    assert (previous.session_id, previous.day) == ("b", "2026-02-17")
    assert [(one.reps, one.weight_kg, one.rpe) for one in previous.sets] == [(6, 82.5, 8.5), (4, None, None)]


def test_the_performance_before_a_day_is_had_with_a_last_day() -> None:
    sessions = [workout("a", MONDAY, entry(done(5, 80.0))), workout("b", TUESDAY, entry(done(6, 82.5)))]
    previous = history(*sessions).exercise("squat", Wanted(until=date(2026, 2, 16))).previous
    assert previous
    assert previous.session_id == "a"


def test_the_formula_is_told_as_it_is_computed() -> None:
    assert f"w × (1 + r / {EPLEY_REPS}), 1 ≤ r ≤ 12 (Epley 1985)" == FORMULA  # noqa: RUF001
    assert one_rep_max_kg(90.0, 3) == pytest.approx(90.0 * (1 + 3 / EPLEY_REPS))


def test_what_was_never_done_has_an_empty_history() -> None:
    found = trend(exercise="curl")
    assert (found.name, found.points, found.previous, found.bests) == ("curl", (), None, ())


@settings(max_examples=40, deadline=None)
@given(histories(users=["ann"]))
def test_a_trend_adds_up_to_all_working_sets(sessions: list[Session]) -> None:
    points = trend(*sessions, exercise="squat").points
    sets = [one for session in sessions for one in done_sets(session) if one.exercise == "squat" and one.working]
    assert sum(point.sets for point in points) == len(sets)
    assert sum(point.reps for point in points) == sum(one.reps for one in sets)
    assert [point.day for point in points] == sorted({point.day for point in points})


# Records


def test_what_was_told_stands_beside_what_was_seen_only_if_it_is_better() -> None:
    seen = workout("a", MONDAY, entry(done(5, 80.0)))
    better = records(seen, workout("b", TUESDAY, entry(done(5, 90.0)), source="import"))["weight"]
    assert (better.verified and better.verified.value, better.claimed and better.claimed.value) == (80.0, 90.0)
    alike = records(seen, workout("b", TUESDAY, entry(done(6, 80.0)), source="manual"))["weight"]
    assert (alike.verified and alike.verified.reps, alike.claimed) == (5, None)


def test_an_import_never_takes_the_place_of_what_was_seen() -> None:
    found = records(
        workout("live", TUESDAY, entry(done(5, 80.0))),
        workout("older", MONDAY, entry(done(5, 80.0)), source="import"),
    )
    assert {kind: one.verified and one.verified.session_id for kind, one in found.items()} == dict.fromkeys(
        ("weight", "one_rep_max", "reps"), "live"
    )
    assert {one.claimed for one in found.values()} == {None}


def test_what_was_only_told_is_claimed() -> None:
    found = records(workout("a", MONDAY, entry(done(5, 80.0)), source="manual"))
    assert {one.verified for one in found.values()} == {None}
    assert found["reps"].claimed


def test_records_of_all_exercises_come_by_name_and_kind() -> None:
    sessions = [
        workout("a", MONDAY, entry(done(5, 80.0)), entry(done(0, None, held=40.0), exercise="plank")),
        workout("b", TUESDAY, replace(entry(done(8, None), exercise="push_up"), name="Press-up")),
    ]
    found = [(one.exercise, one.name, one.kind) for one in history(*sessions).bests().bests]
    assert found == [
        ("plank", "Plank", "hold"),
        ("push_up", "Press-up", "reps"),
        ("squat", "Squat", "weight"),
        ("squat", "Squat", "one_rep_max"),
        ("squat", "Squat", "reps"),
    ]


@settings(max_examples=40, deadline=None)
@given(histories(users=["ann"]))
def test_no_verified_record_needs_what_was_told(sessions: Sequence[Session]) -> None:
    """Without all that no camera counted, the verified records are the same."""
    seen = [
        replace(
            session,
            exercises=tuple(
                replace(
                    one,
                    sets=tuple(
                        replace(a_set, reps_full=min(a_set.reps_full, a_set.measured_reps or 0))
                        if a_set.measured_reps is not None
                        else a_set
                        for a_set in one.sets
                    ),
                )
                for one in session.exercises
                if one.measured_exercise in {None, one.exercise}
            ),
        )
        for session in sessions
        if session.source == "camera"
    ]
    verified = {(one.exercise, one.kind): one.verified for one in history(*sessions).bests().bests if one.verified}
    assert verified == {(one.exercise, one.kind): one.verified for one in history(*seen).bests().bests}
