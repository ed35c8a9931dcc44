from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from edge_agent.agent.training import Training
from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import PermanentError
from edge_agent.records import PoseFrame, Session
from edge_agent.sessions.building import Moment, SessionFacts, SessionRules
from tests import skeletons

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


def training() -> Training:
    rules = SessionRules(set_end_after_s=6, session_end_after_s=20)
    return Training(load_exercises(), "squat", rules, facts)


def moment(time_s: float) -> Moment:
    return Moment(time_s=time_s, wall=START + timedelta(seconds=time_s))


def reps(exercise: str, count: int, start_s: float = 0.0) -> list[PoseFrame]:
    """A second of standing, the reps, and another second."""
    phases = [*skeletons.held(0.0, 1), *skeletons.reps(count), *skeletons.held(0.0, 1)]
    return skeletons.performed(exercise, phases, start_s=start_s)


def empty(start_s: float, length_s: float) -> Iterator[PoseFrame]:
    return (skeletons.nobody(start_s + number / 10) for number in range(round(length_s * 10)))


def feed(spot: Training, frames: Iterable[PoseFrame]) -> list[Session]:
    seen = [spot.see(frame, moment(frame.time_s).wall)[1] for frame in frames]
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
    with pytest.raises(PermanentError, match="no exercise 'sqat'; known: biceps_curl, "):
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
    time_s, _ = spot.see(reps("squat", 0)[0], START)
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
