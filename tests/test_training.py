from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from edge_agent.agent.training import Training
from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import PermanentError
from edge_agent.records import PoseFrame, Session
from edge_agent.sessions.facts import Moment, SessionFacts, SessionRules
from tests import skeletons
from tests.rendered_tracks import track

START = datetime(2026, 3, 1, 18, tzinfo=UTC)


def facts() -> SessionFacts:
    return SessionFacts(
        session_id="s1",
        user_id="guest",
        user_name="Guest",
        device_id="kiosk-1",
        body_weight_kg=75,
        boot_id="",
        clock_certain=True,
    )


def training(exercise: str = "squat") -> Training:
    rules = SessionRules(set_end_after_s=6, session_end_after_s=20)
    return Training(load_exercises(), exercise, rules, facts)


def moment(time_s: float) -> Moment:
    return Moment(time_s=time_s, wall=START + timedelta(seconds=time_s))


def reps(exercise: str, count: int, start_s: float = 0.0) -> list[PoseFrame]:
    """A second of standing, the reps, and another second."""
    phases = [*skeletons.held(0.0, 1), *skeletons.reps(count), *skeletons.held(0.0, 1)]
    return skeletons.performed(exercise, phases, start_s=start_s)


def empty(start_s: float, length_s: float) -> Iterator[PoseFrame]:
    return (skeletons.nobody(start_s + number / 10) for number in range(round(length_s * 10)))


def feed(spot: Training, frames: Iterable[PoseFrame]) -> list[Session]:
    seen = [spot.see(frame, moment(frame.time_s))[1] for frame in frames]
    return [session for session in seen if session]


def counts(session: Session) -> list[tuple[str, list[int]]]:
    return [(entry.exercise, [one.reps_full for one in entry.sets]) for entry in session.exercises]


def test_reps_become_a_session_that_ends_when_nobody_is_there() -> None:
    spot = training()
    assert feed(spot, reps("squat", 5)) == []
    (session,) = feed(spot, empty(15, 30))
    assert counts(session) == [("squat", [5])]
    assert spot.builder is None


def test_without_reps_there_is_no_session() -> None:
    spot = training()
    assert feed(spot, reps("squat", 0)) == []
    assert feed(spot, empty(3, 60)) == []
    assert spot.finish(moment(70)) is None


def test_a_pause_makes_a_second_set() -> None:
    spot = training()
    feed(spot, reps("squat", 3))
    feed(spot, reps("squat", 0, start_s=10))
    spot.tick(moment(18))
    feed(spot, reps("squat", 4, start_s=20))
    session = spot.finish(moment(35))
    assert session
    assert counts(session) == [("squat", [3, 4])]


def test_a_set_does_not_end_in_the_middle_of_a_rep() -> None:
    spot = training()
    feed(spot, reps("squat", 3))
    feed(spot, reps("squat", 1, start_s=11.5))
    assert spot.builder
    assert (spot.builder.set_count, spot.builder.full_reps) == (1, 4)


def test_another_exercise_is_counted_from_its_choice_on() -> None:
    spot = training()
    feed(spot, reps("squat", 3))
    spot.choose("biceps_curl", moment(11))
    feed(spot, reps("biceps_curl", 4, start_s=12))
    session = spot.finish(moment(30))
    assert session
    assert counts(session) == [("squat", [3]), ("biceps_curl", [4])]


def test_choosing_the_same_exercise_changes_nothing() -> None:
    spot = training()
    feed(spot, reps("squat", 3))
    spot.choose("squat", moment(10))
    assert spot.builder
    assert spot.builder.current_set


def test_an_unknown_exercise_is_named_with_the_known_ones() -> None:
    with pytest.raises(PermanentError, match=r"no exercise 'sqat'; known: .*biceps_curl, "):
        training().choose("sqat", moment(0))


def test_the_count_stays_while_vision_is_away() -> None:
    spot = training()
    feed(spot, reps("squat", 3))
    spot.lose_sight()
    assert not spot.present
    feed(spot, reps("squat", 2, start_s=12))
    assert spot.builder
    assert spot.builder.full_reps == 5


def test_a_session_outlasts_a_camera_that_is_away_for_a_while() -> None:
    spot = training()
    feed(spot, reps("squat", 3))
    spot.lose_sight()
    assert spot.tick(moment(100)) is None
    assert feed(spot, empty(100, 15)) == []
    (session,) = feed(spot, empty(115, 10))
    assert counts(session) == [("squat", [3])]


def test_a_session_ends_when_the_camera_stays_away() -> None:
    spot = training()
    feed(spot, reps("squat", 3))
    spot.lose_sight()
    assert spot.tick(moment(300))


def test_a_camera_that_starts_again_at_zero_does_not_turn_time_back() -> None:
    spot = training()
    feed(spot, reps("squat", 3, start_s=100))
    time_s, _ = spot.see(reps("squat", 0)[0], moment(0))
    assert time_s > 109
    feed(spot, reps("squat", 2, start_s=0))
    assert spot.builder
    assert spot.builder.full_reps == 5


def test_a_session_cut_short_is_marked() -> None:
    spot = training()
    feed(spot, reps("squat", 3))
    session = spot.finish(moment(10), interrupted=True)
    assert session
    assert session.interrupted
    assert counts(session) == [("squat", [3])]


def test_the_next_session_starts_at_zero() -> None:
    spot = training()
    feed(spot, reps("squat", 3))
    spot.finish(moment(10))
    feed(spot, reps("squat", 2, start_s=20))
    assert spot.builder
    assert spot.builder.full_reps == 2


def killed_in_a_set() -> Session:
    """Three squats that began at 1 s, kept while the set ran."""
    spot = training()
    feed(spot, reps("squat", 3))
    assert spot.builder
    return spot.builder.session(interrupted=True)


def resumed(left: Session, now_s: float) -> Training:
    """Another agent at `now_s` of the same clock."""
    spot = training()
    began_s = (datetime.fromisoformat(left.start_time) - START).total_seconds()
    spot.resume(left, began_s, 75, moment(now_s))
    return spot


def test_a_set_goes_on_in_the_same_session_when_its_person_is_still_there() -> None:
    spot = resumed(killed_in_a_set(), now_s=25)
    feed(spot, reps("squat", 2, start_s=28))
    session = spot.finish(moment(40))
    assert session
    assert (session.session_id, counts(session), session.interrupted) == ("s1", [("squat", [5])], False)
    times = [rep.end_s for rep in session.exercises[0].sets[0].reps]
    assert times == sorted(times)
    assert 25 < times[3] < 35


def test_the_return_is_dated_by_its_arrival_when_the_camera_has_another_clock() -> None:
    left = killed_in_a_set()
    spot = resumed(left, now_s=25)
    for frame in reps("squat", 2, start_s=5000):
        spot.see(frame, moment(frame.time_s - 5000 + 28))
    assert spot.builder
    assert 25 < spot.builder.last_reps[3].end_s - spot.builder.start_s < 35


def test_a_set_whose_person_is_gone_is_closed_as_interrupted() -> None:
    spot = resumed(killed_in_a_set(), now_s=25)
    (session,) = feed(spot, empty(28, 11))
    assert session.interrupted
    assert session.exercises[0].sets[0].interrupted
    assert (counts(session), spot.builder) == ([("squat", [3])], None)


def test_a_set_without_a_picture_is_closed_as_interrupted_after_a_while() -> None:
    spot = resumed(killed_in_a_set(), now_s=25)
    assert spot.tick(moment(44.9)) is None
    session = spot.tick(moment(45))
    assert session
    assert session.interrupted


def test_a_rest_that_was_left_goes_on_by_the_ordinary_rules() -> None:
    spot = training()
    feed(spot, reps("squat", 3))
    spot.tick(moment(18))
    assert spot.builder
    spot = resumed(spot.builder.session(interrupted=True), now_s=25)
    assert feed(spot, empty(28, 15)) == []
    (session,) = feed(spot, empty(43, 10))
    assert (counts(session), session.interrupted) == ([("squat", [3])], False)


def test_a_resumed_session_counts_the_exercise_it_was_left_with() -> None:
    spot = training()
    spot.choose("biceps_curl", moment(0))
    feed(spot, reps("biceps_curl", 3))
    assert spot.builder
    going_on = resumed(spot.builder.session(interrupted=True), now_s=20)
    assert going_on.exercise == load_exercises()["biceps_curl"]


def test_a_session_of_an_exercise_that_is_gone_can_not_go_on() -> None:
    left = killed_in_a_set()
    gone = msgspec.structs.replace(left, exercises=(msgspec.structs.replace(left.exercises[0], exercise="burpee"),))
    with pytest.raises(PermanentError, match="burpee"):
        resumed(gone, now_s=20)


def later(name: str, start_s: float) -> list[PoseFrame]:
    """The track of a rendered clip, from then on."""
    return [msgspec.structs.replace(frame, time_s=frame.time_s + start_s) for frame in track(name)]


def test_a_recognised_exercise_that_changes_starts_a_new_entry() -> None:
    spot = training("auto")
    feed(spot, later("squat_side_clean", 0))
    feed(spot, later("curl_front_clean", 40))
    session = spot.finish(moment(80))
    assert session
    assert counts(session) == [("squat", [6]), ("biceps_curl", [8])]


def test_nothing_is_named_until_it_is_recognised() -> None:
    spot = training("auto")
    feed(spot, later("squat_side_clean", 0)[:40])
    assert (spot.automatic, spot.exercise) == (True, None)
    feed(spot, later("squat_side_clean", 0)[40:])
    assert spot.exercise
    assert spot.exercise.key == "squat"


def test_an_exercise_chosen_by_hand_overrides_what_was_recognised() -> None:
    spot = training("auto")
    feed(spot, later("squat_side_clean", 0))
    spot.choose("biceps_curl", moment(30))
    assert spot.exercise
    assert (spot.automatic, spot.exercise.key) == (False, "biceps_curl")


def test_the_choice_can_go_back_to_automatic() -> None:
    spot = training()
    spot.choose("auto", moment(0))
    feed(spot, later("jack_front", 1))
    session = spot.finish(moment(60))
    assert session
    assert counts(session) == [("jumping_jack", [12])]


def test_the_next_person_is_recognised_anew() -> None:
    spot = training("auto")
    feed(spot, later("squat_side_clean", 0))
    spot.finish(moment(30))
    assert spot.exercise is None


@pytest.mark.parametrize("exercise", ["plank", "auto"])
def test_a_plank_alone_is_a_session_with_held_seconds(exercise: str) -> None:
    spot = training(exercise)
    feed(spot, track("plank_side_sag"))
    session = spot.finish(moment(60.0))
    assert session
    assert counts(session) == [("plank", [0])]
    assert session.hold_s == pytest.approx(15, abs=4)
    assert "the hips sagged" in session.feedback_points[0]
