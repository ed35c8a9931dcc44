"""Angles of limbs that leave the picture's plane, on stick figures whose angles are known."""

import pytest

from edge_agent.coaching.angles import angle_3d
from edge_agent.coaching.counting import RepCounter
from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.foreshortening import JOINTS, Limb, angles, limb
from edge_agent.coaching.landmarks import LEFT, Body
from edge_agent.records import PoseFrame
from tests.skeletons import held, performed, reps

EXERCISES = load_exercises()


def bodies(exercise: str, **look: float) -> list[Body]:
    return [Body(one) for one in performed(exercise, [*held(0, 0.5), *reps(1)], **look)]


def true_angle(feature: str, body: Body) -> float:
    a, joint, b = (body.world[pair[LEFT]] for pair in JOINTS[feature])
    return angle_3d(a, joint, b)


@pytest.mark.parametrize(
    ("exercise", "feature", "yaw_deg", "folds"),
    [
        ("squat", "knee", 0, True),
        ("squat", "knee", 45, True),
        ("squat", "knee", 180, True),
        ("push_up", "elbow", 60, True),
        ("biceps_curl", "elbow", 45, False),
    ],
)
def test_the_range_is_right_from_any_side(exercise: str, feature: str, yaw_deg: float, folds: bool) -> None:
    seen = bodies(exercise, yaw_deg=yaw_deg)
    worked_out = [one for one in angles([limb(feature, body, LEFT, folds=folds) for body in seen]) if one is not None]
    true = [true_angle(feature, body) for body in seen]
    assert max(worked_out) - min(worked_out) == pytest.approx(max(true) - min(true), abs=15)


def test_from_straight_ahead_a_curl_is_told_within_what_a_tremble_does() -> None:
    seen = bodies("biceps_curl", yaw_deg=0)
    worked_out = [one for one in angles([limb("elbow", body, LEFT, folds=False) for body in seen]) if one is not None]
    assert max(worked_out) - min(worked_out) == pytest.approx(125, abs=25)


def test_a_limb_in_the_plane_has_its_image_angle() -> None:
    bent = Limb(upper=(0.0, -100.0), lower=(80.0, 0.0), same_way=True)
    assert angles([bent]) == [pytest.approx(90)]


def test_bones_that_look_half_as_long_point_out_of_the_plane() -> None:
    straight = Limb(upper=(0.0, -100.0), lower=(0.0, 100.0), same_way=True)
    bent = Limb(upper=(0.0, -50.0), lower=(0.0, 50.0), same_way=True)
    assert angles([straight] * 9 + [bent])[-1] == pytest.approx(60, abs=3)


def test_a_limb_tilted_as_a_whole_stays_straight() -> None:
    straight = Limb(upper=(0.0, -100.0), lower=(0.0, 100.0), same_way=False)
    tilted = Limb(upper=(0.0, -70.0), lower=(0.0, 70.0), same_way=False)
    assert angles([straight] * 9 + [tilted])[-1] == pytest.approx(180, abs=1)


def test_hidden_limbs_have_no_angle() -> None:
    assert angles([None, None]) == [None, None]


def test_a_joint_that_was_lost_on_a_point_divides_by_nothing() -> None:
    assert angles([Limb(upper=(0.0, 0.0), lower=(0.0, 0.0), same_way=True)]) == [180.0]


def ranges(exercise: str, frames: list[PoseFrame]) -> list[float | None]:
    counter = RepCounter(EXERCISES[exercise])
    return [rep.rom_deg for one in frames for rep in counter.update(one).reps]


@pytest.mark.parametrize("yaw_deg", [0, 45, 90])
def test_a_squat_has_its_range_from_the_front_too(yaw_deg: float) -> None:
    found = ranges("squat", performed("squat", [*held(0, 0.5), *reps(3)], yaw_deg=yaw_deg))
    assert found == [pytest.approx(108, abs=12)] * 3


def test_a_push_up_toward_the_camera_has_no_range() -> None:
    found = ranges("push_up", performed("push_up", [*held(0, 0.5), *reps(3)], yaw_deg=0))
    assert set(found) <= {None}
