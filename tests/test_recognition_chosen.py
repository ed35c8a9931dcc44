from collections.abc import Iterable

import msgspec
import pytest

from edge_agent.coaching.counting import RepCounter
from edge_agent.coaching.exercise import Exercise, load_exercises
from edge_agent.coaching.recognition.chosen import ChosenCounter
from edge_agent.records import PoseFrame, Rep
from tests.rendered_tracks import TRUTH
from tests.test_recognition import track

EXERCISES = load_exercises()


def counted(counter: ChosenCounter | RepCounter, frames: Iterable[PoseFrame]) -> list[Rep]:
    reps = [rep for frame in frames for rep in counter.update(frame).reps]
    return [*reps, *counter.finish().reps]


def of_own_make(exercise: Exercise) -> Exercise:
    return msgspec.structs.replace(exercise, key="of_own_make")


@pytest.mark.parametrize("name", TRUTH)
def test_the_chosen_exercise_is_counted_as_ever(name: str) -> None:
    exercise = EXERCISES[TRUTH[name][0]]
    assert counted(ChosenCounter(exercise), track(name)) == counted(RepCounter(exercise), track(name))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("real/jogging_front_01", "bench_press"),
        ("real/dancing_front_01", "bench_press"),
        ("real/dancing_front_01", "front_raise"),
        ("real/dancing_front_01", "lunge"),
        ("pushup_side_clean", "bench_press"),
        ("jack_front", "front_raise"),
    ],
)
def test_another_movement_gives_hardly_a_rep(name: str, key: str) -> None:
    believed = counted(RepCounter(EXERCISES[key]), track(name))
    assert len(believed) > 4
    assert len(counted(ChosenCounter(EXERCISES[key]), track(name))) <= 2


def test_an_exercise_that_the_model_does_not_know_is_never_refused() -> None:
    press = of_own_make(EXERCISES["bench_press"])
    jogging = track("real/jogging_front_01")
    assert counted(ChosenCounter(press), jogging) == counted(RepCounter(press), jogging)


@pytest.mark.parametrize("key", ["biceps_curl", "triceps_pushdown"])
def test_the_arms_of_a_jogger_are_too_quick_for_a_weight(key: str) -> None:
    assert counted(RepCounter(EXERCISES[key]), track("real/jogging_front_01")) == []


def test_reps_are_numbered_without_those_that_are_refused() -> None:
    squats = track("squat_side_clean")
    later = [msgspec.structs.replace(frame, time_s=frame.time_s + 20) for frame in squats]
    frames = [*track("real/dancing_front_01"), *later]
    reps = counted(ChosenCounter(EXERCISES["squat"]), frames)
    assert [rep.number for rep in reps] == list(range(1, len(reps) + 1))
    assert 5 <= len(reps) < len(counted(RepCounter(EXERCISES["squat"]), frames))
