from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.records import Fault, Rep, Session
from edge_agent.sessions.building import SessionBuilder
from edge_agent.sessions.facts import Moment, SessionFacts, SessionRules

EXERCISES = load_exercises()
SQUAT, CURL, PLANK = (EXERCISES[key] for key in ("squat", "biceps_curl", "plank"))
FACTS = SessionFacts(
    session_id="s1",
    user_id="guest",
    user_name="Guest",
    device_id="kiosk-1",
    body_weight_kg=75.0,
    boot_id="boot",
    clock_certain=True,
)
RULES = SessionRules(set_end_after_s=10, session_end_after_s=60)
WALL = datetime.fromisoformat("2026-03-01T18:00:00+01:00")


def rep(end_s: float, *, full: bool = True, score: float = 1.0) -> Rep:
    return Rep(number=0, start_s=end_s - 2, end_s=end_s, full=full, score=score)


def builder_with(*reps: Rep) -> SessionBuilder:
    """A session whose first rep was credited at its end, when the wall clock said 18:00."""
    builder = SessionBuilder(FACTS, RULES, Moment(time_s=reps[0].end_s, wall=WALL).at(reps[0].start_s))
    builder.add(reps, SQUAT)
    return builder


def only_set(session: Session) -> tuple[int, int]:
    ((one,),) = (entry.sets for entry in session.exercises)
    return one.reps_full, one.reps_partial


def test_a_session_starts_when_its_first_rep_started() -> None:
    session = builder_with(rep(102.0), rep(105.0)).session()
    assert session.start_time == "2026-03-01T17:59:58.000+01:00"
    assert session.end_time == "2026-03-01T18:00:03.000+01:00"
    assert session.duration_s == 5.0


def test_a_session_across_the_end_of_summer_time_keeps_its_length() -> None:
    wall = datetime(2026, 10, 25, 2, 50, tzinfo=ZoneInfo("Europe/Berlin"))
    builder = SessionBuilder(FACTS, RULES, Moment(time_s=0.0, wall=wall))
    builder.add((rep(2.0), rep(1802.0)), SQUAT)
    session = builder.session()
    start, end = (datetime.fromisoformat(text) for text in (session.start_time, session.end_time))
    assert (end - start).total_seconds() == session.duration_s == 1802.0
    assert (session.start_time[-6:], session.end_time[-6:]) == ("+02:00", "+01:00")


def test_full_and_partial_reps_are_counted_apart() -> None:
    assert only_set(builder_with(rep(102.0), rep(105.0, full=False), rep(108.0)).session()) == (2, 1)


def test_reps_are_numbered_within_their_set_and_timed_from_the_sessions_start() -> None:
    (entry,) = builder_with(rep(102.0), rep(105.0)).session().exercises
    assert [(one.number, one.start_s, one.end_s) for one in entry.sets[0].reps] == [(1, 0, 2), (2, 3, 5)]


def test_a_set_is_over_after_silence_and_not_before() -> None:
    builder = builder_with(rep(102.0))
    assert not builder.set_is_over(111.9)
    assert builder.set_is_over(112.0)


def test_rest_is_measured_from_the_last_rep_to_the_next_sets_first() -> None:
    builder = builder_with(rep(102.0))
    builder.end_set()
    builder.add((rep(142.0),), SQUAT)
    (entry,) = builder.session().exercises
    assert [one.rest_before_s for one in entry.sets] == [None, 38.0]
    assert [one.number for one in entry.sets] == [1, 2]


def test_another_exercise_starts_a_new_entry() -> None:
    builder = builder_with(rep(102.0))
    builder.add((rep(120.0),), CURL)
    assert [(entry.order, entry.exercise) for entry in builder.session().exercises] == [
        (1, "squat"),
        (2, "biceps_curl"),
    ]


def test_a_session_is_over_when_nobody_was_there_for_long() -> None:
    builder = builder_with(rep(102.0))
    builder.see(present=True, time_s=110.0)
    builder.see(present=False, time_s=165.0)
    assert not builder.is_over(169.9)
    assert builder.is_over(170.0)


def test_only_a_running_set_is_marked_as_cut_short() -> None:
    running, ended = builder_with(rep(102.0)), builder_with(rep(102.0))
    ended.end_set()
    assert running.session(interrupted=True).exercises[0].sets[0].interrupted
    assert not ended.session(interrupted=True).exercises[0].sets[0].interrupted


def test_accuracy_is_the_mean_score() -> None:
    assert builder_with(rep(102.0, score=1.0), rep(105.0, score=0.5)).session().accuracy == 0.75


def test_calories_grow_with_the_work() -> None:
    short, long = builder_with(rep(102.0)), builder_with(rep(102.0), rep(160.0))
    assert short.session().calories_kcal == pytest.approx(5.0 * 3.5 * 75 / 200 * 2 / 60, abs=0.1)
    assert (long.session().calories_kcal or 0) > (short.session().calories_kcal or 0) * 10


def test_while_resting_there_is_no_running_set() -> None:
    builder = builder_with(rep(102.0))
    assert builder.current_set == (1, 100.0, builder.last_reps)
    builder.end_set()
    assert builder.current_set is None
    assert builder.resting_since_s == 102.0


def resumed(left: Session, *, start_s: float, now_s: float) -> SessionBuilder:
    return SessionBuilder.resumed(left, EXERCISES, RULES, 75.0, start_s, now_s)


def two_sets() -> SessionBuilder:
    builder = builder_with(rep(102.0), rep(105.0, full=False))
    builder.end_set()
    builder.add((rep(142.0), rep(145.0)), CURL)
    return builder


def test_a_session_put_back_on_another_clock_is_the_same_session() -> None:
    builder = two_sets()
    again = resumed(builder.session(interrupted=True), start_s=7000.0, now_s=7050.0)
    assert again.session(interrupted=True) == builder.session(interrupted=True)
    assert again.start_s == 7000.0


def test_a_resumed_set_numbers_its_reps_on_and_keeps_their_times_right() -> None:
    again = resumed(two_sets().session(interrupted=True), start_s=7000.0, now_s=7060.0)
    again.add((rep(7070.0),), CURL)
    entry = again.session().exercises[1]
    assert [(one.number, one.end_s) for one in entry.sets[0].reps] == [(1, 42), (2, 45), (3, 70)]
    assert entry.sets[0].ended_at == "2026-03-01T18:01:08.000+01:00"
    assert not entry.sets[0].interrupted


def test_a_resumed_set_is_silent_only_from_the_return_on() -> None:
    again = resumed(two_sets().session(interrupted=True), start_s=7000.0, now_s=7060.0)
    assert not again.set_is_over(7069.9)
    assert again.set_is_over(7070.0)


def test_after_a_resumed_rest_the_next_set_is_a_new_one_with_its_whole_rest() -> None:
    builder = two_sets()
    builder.end_set()
    again = resumed(builder.session(interrupted=True), start_s=7000.0, now_s=7060.0)
    assert again.current_set is None
    again.add((rep(7072.0),), CURL)
    assert [one.rest_before_s for one in again.session().exercises[1].sets] == [35.0, 25.0]


def a_plank(*, seconds: float = 34.0) -> SessionBuilder:
    """A session that began with a plank held from second 100 on."""
    builder = SessionBuilder(FACTS, RULES, Moment(time_s=100.0, wall=WALL))
    for held_s in (seconds / 2, seconds):
        builder.hold(
            held_s,
            (Fault(key="hip_sag", text="the hips sagged", value=5.0, threshold=1.0, unit="s"),),
            PLANK,
            100.0 + held_s,
        )
    return builder


def test_a_hold_is_a_set_with_its_seconds_and_no_reps() -> None:
    session = a_plank().session()
    ((one,),) = (entry.sets for entry in session.exercises)
    assert (one.hold_s, one.reps_full, session.reps, session.hold_s) == (34.0, 0, 0, 34.0)
    assert (session.duration_s, session.accuracy) == (34.0, None)


def test_the_feedback_tells_how_long_and_how_well_it_was_held() -> None:
    assert a_plank().session().feedback_points == ("Plank: held 34 s; the hips sagged 5 s of it.",)


def test_a_second_hold_soon_after_the_first_belongs_to_its_set() -> None:
    builder = a_plank()
    sag = Fault(key="hip_sag", text="the hips sagged", value=1.5, threshold=1.0, unit="s")
    builder.hold(6.0, (sag,), PLANK, 144.0)
    assert (builder.last_hold_s, builder.set_count) == (40.0, 1)
    assert [fault.value for fault in builder.session().exercises[0].sets[0].hold_faults] == [6.5]


def test_a_set_that_is_held_is_not_over() -> None:
    builder = a_plank(seconds=60.0)
    assert not builder.set_is_over(169.0)
    assert builder.set_is_over(170.0)


def test_a_session_that_goes_on_keeps_what_was_held() -> None:
    left = a_plank().session(interrupted=True)
    builder = SessionBuilder.resumed(left, EXERCISES, RULES, 75.0, 1100.0, 1140.0)
    builder.hold(6.0, (), PLANK, 1146.0)
    ((one,),) = (entry.sets for entry in builder.session().exercises)
    assert one.hold_s == 40.0
    assert one.hold_faults[0].value == 5.0
    assert one.started_at == left.exercises[0].sets[0].started_at
