import pytest

from edge_agent.coaching.angles import angle, angle_3d, distance, lean
from edge_agent.coaching.features import NAMES, SIDED_NAMES, measure, nearness, trust
from edge_agent.coaching.landmarks import LEFT, RIGHT, Body
from tests.skeletons import frame

TORSO_PX = 110.0


def body(exercise: str, phase: float, **look: float) -> Body:
    return Body(frame(exercise, phase, 0.0, **look))


def value(name: str, of: Body, side: int | None = None) -> float:
    return measure(name, of, TORSO_PX, side)[0]


@pytest.mark.parametrize(("b", "expected"), [((2, 0), 180), ((1, 1), 90), ((0, 0), 0)])
def test_an_angle_is_the_inner_one(b: tuple[float, float], expected: float) -> None:
    assert angle((0, 0), (1, 0), b) == pytest.approx(expected)


def test_an_angle_in_space_needs_no_view() -> None:
    assert angle_3d((0, 0, 1), (0, 0, 0), (1, 0, 0)) == pytest.approx(90)


def test_a_point_on_a_joint_is_no_error() -> None:
    assert angle((0, 0), (0, 0), (1, 1)) == 0


def test_lean_is_measured_from_the_vertical() -> None:
    assert lean((0, 10), (0, 0)) == 0
    assert lean((0, 0), (10, 0)) == pytest.approx(90)


def test_distance_is_euclidean() -> None:
    assert distance((0, 0), (3, 4)) == 5


@pytest.mark.parametrize("phase", [0.0, 0.5, 1.0])
def test_the_knee_s_angle_is_right_although_the_picture_is_not_square(phase: float) -> None:
    assert value("knee", body("squat", phase)) == pytest.approx(180 - 108 * phase, abs=0.5)


def test_the_knee_s_angle_in_space_is_the_same_from_the_front() -> None:
    from_front, from_side = body("squat", 1, yaw_deg=0), body("squat", 1, yaw_deg=90)
    assert value("knee_3d", from_front) == pytest.approx(value("knee_3d", from_side), abs=0.01)


def test_heights_are_torso_lengths_and_positive_upward() -> None:
    assert value("shoulder_over_hip", body("squat", 0)) == pytest.approx(1.0)
    assert value("wrist_over_shoulder", body("jumping_jack", 0)) < -0.9
    assert value("wrist_over_shoulder", body("jumping_jack", 1)) > 0.8


def test_the_trunk_lies_in_a_push_up_and_stands_in_a_curl() -> None:
    assert value("trunk_lean", body("push_up", 0)) > 60
    assert value("trunk_lean", body("biceps_curl", 0)) < 1


def test_a_guessed_joint_counts_nothing() -> None:
    seen = body("biceps_curl", 0.0, left_visibility=0.2)
    assert measure("elbow", seen, TORSO_PX, LEFT)[1] == 0
    assert value("elbow", seen) == value("elbow", seen, RIGHT)


def test_hidden_on_both_sides_is_unknown() -> None:
    seen = body("biceps_curl", 0.0, left_visibility=0.2, right_visibility=0.1)
    assert measure("elbow", seen, TORSO_PX) == (0.0, 0.0)


def test_the_near_side_leads_from_the_side_and_neither_from_the_front() -> None:
    assert nearness(body("squat", 0, yaw_deg=90), RIGHT, TORSO_PX) > 0.7
    assert nearness(body("squat", 0, yaw_deg=-90), LEFT, TORSO_PX) > 0.7
    assert nearness(body("squat", 0, yaw_deg=0), LEFT, TORSO_PX) == pytest.approx(0.5)


def test_trust_grows_from_a_guess_to_plain_sight() -> None:
    assert [trust(sight) for sight in (0.0, 0.25, 1.0)] == [0, 0, 1]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_feature_can_be_measured(name: str) -> None:
    sides = (None, LEFT, RIGHT) if name in SIDED_NAMES else (None,)
    assert all(measure(name, body("squat", 0.3), TORSO_PX, side)[1] == pytest.approx(1) for side in sides)


def test_an_arm_that_points_at_the_camera_tells_nothing_of_its_elbow() -> None:
    assert measure("elbow_across", body("front_raise", 1.0), TORSO_PX)[1] == 0


@pytest.mark.parametrize(("exercise", "phase", "yaw_deg"), [("front_raise", 1.0, 90), ("biceps_curl", 1.0, 0)])
def test_an_arm_across_the_picture_tells_its_elbow(exercise: str, phase: float, yaw_deg: float) -> None:
    seen = body(exercise, phase, yaw_deg=yaw_deg)
    assert measure("elbow_across", seen, TORSO_PX) == measure("elbow", seen, TORSO_PX)
