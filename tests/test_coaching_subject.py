import pytest

from edge_agent.coaching.landmarks import Body
from edge_agent.coaching.subject import SubjectLock, torso_length
from edge_agent.records import PoseFrame
from tests.skeletons import frame, held, moved, performed


def accepted(lock: SubjectLock, frames: list[PoseFrame]) -> list[bool]:
    return [lock.accept(Body(one)) for one in frames]


@pytest.mark.parametrize("yaw_deg", [0.0, 45.0, 90.0])
@pytest.mark.parametrize("phase", [0.0, 1.0])
def test_the_torso_s_length_is_known_from_any_side(yaw_deg: float, phase: float) -> None:
    assert torso_length(Body(frame("squat", phase, 0.0, yaw_deg=yaw_deg))) == pytest.approx(110, rel=0.15)


def test_two_misplaced_joints_do_not_change_it() -> None:
    seen = Body(frame("squat", 0.0, 0.0))
    seen.points[15] = seen.points[16] = (0.0, 0.0)
    assert torso_length(seen) == pytest.approx(110, rel=0.1)


def test_one_person_stays_the_same_through_a_set() -> None:
    lock = SubjectLock()
    moving = [number / 30 for number in range(31)]
    assert all(accepted(lock, performed("squat", moving, fps=15)))
    assert lock.generation == 1


def test_somebody_elsewhere_is_ignored_for_two_seconds_and_then_taken() -> None:
    lock = SubjectLock()
    accepted(lock, performed("squat", held(0, 1), x=0.2))
    other = accepted(lock, performed("squat", held(0, 3), x=0.8, start_s=1))
    assert other.index(True) in range(58, 62)
    assert lock.generation == 2


def test_somebody_much_smaller_is_somebody_else() -> None:
    lock = SubjectLock()
    accepted(lock, performed("squat", held(0, 1)))
    assert accepted(lock, performed("squat", held(0, 0.5), torso_px=50, start_s=1)) == [False] * 15


def test_a_flicker_of_the_detector_makes_way_at_once() -> None:
    lock = SubjectLock()
    accepted(lock, performed("squat", [0.0], x=0.1))
    assert sum(accepted(lock, performed("squat", held(0, 1), x=0.8, start_s=0.1))) > 20


def test_the_scale_follows_somebody_who_comes_nearer() -> None:
    lock = SubjectLock()
    for number in range(150):
        lock.accept(Body(frame("squat", 0.0, number / 30, torso_px=80 + number / 3)))
    assert lock.scale == pytest.approx(130, rel=0.15)


def test_barely_visible_shapes_are_nobody() -> None:
    seen = Body(frame("squat", 0.0, 0.0, left_visibility=0.3, right_visibility=0.3))
    assert not SubjectLock().accept(seen)


def test_presence_ends_half_a_second_after_the_last_sight() -> None:
    lock = SubjectLock()
    accepted(lock, performed("squat", held(0, 1)))
    assert lock.present(1.2)
    assert not lock.present(1.6)


def test_a_person_who_steps_aside_slowly_stays_the_same() -> None:
    lock = SubjectLock()
    frames = [moved(one, number * 0.004) for number, one in enumerate(performed("squat", held(0, 2), x=0.2))]
    assert all(accepted(lock, frames))
