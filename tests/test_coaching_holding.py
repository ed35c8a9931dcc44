"""Holds: a stick figure that keeps the top of a push-up, or doesn't."""

import pytest

from edge_agent.coaching.counting import Progress, RepCounter
from edge_agent.coaching.exercise import load_exercises
from edge_agent.records import PoseFrame
from tests.rendered_tracks import track
from tests.skeletons import held, nobody, performed, reps

PLANK = load_exercises()["plank"]


def seen(frames: list[PoseFrame] | tuple[PoseFrame, ...]) -> list[Progress]:
    counter = RepCounter(PLANK)
    return [counter.update(frame) for frame in frames]


def longest_s(frames: list[PoseFrame]) -> float:
    return max(progress.hold_s for progress in seen(frames))


@pytest.mark.parametrize("yaw_deg", [90.0, 45.0, -90.0])
@pytest.mark.parametrize("fps", [30.0, 10.0])
def test_a_plank_is_timed(yaw_deg: float, fps: float) -> None:
    frames = performed("push_up", held(0, 20, fps=fps), yaw_deg=yaw_deg, fps=fps)
    assert longest_s(frames) == pytest.approx(20, abs=2)


def test_a_rendered_plank_is_timed() -> None:
    assert seen(track("plank_side_sag"))[-1].hold_s == pytest.approx(18, abs=1.5)


def test_push_ups_are_no_plank() -> None:
    assert longest_s(performed("push_up", reps(8))) == 0


def test_a_pause_between_push_ups_is_no_plank() -> None:
    assert longest_s(performed("push_up", [*reps(2), *held(0, 3), *reps(2)])) == 0


@pytest.mark.parametrize("exercise", ["squat", "biceps_curl"])
def test_standing_still_is_no_plank(exercise: str) -> None:
    assert longest_s(performed(exercise, held(0, 10))) == 0


def test_a_hold_ends_with_the_movement_and_keeps_its_seconds() -> None:
    progress = seen(performed("push_up", [*held(0, 10), *reps(2)]))
    assert progress[-1].hold_s == pytest.approx(10, abs=1.5)
    assert [one.holding for one in (progress[250], progress[-1])] == [True, False]


def test_what_nobody_saw_was_not_held() -> None:
    first = performed("push_up", held(0, 8))
    gap = [nobody(8 + number / 30) for number in range(150)]
    later = performed("push_up", held(0, 6), start_s=13)
    assert seen([*first, *gap, *later])[-1].hold_s < 7


def test_a_hold_has_no_reps() -> None:
    assert not [rep for progress in seen(performed("push_up", reps(4))) for rep in progress.reps]
