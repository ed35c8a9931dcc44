from collections.abc import Callable

import numpy as np
import pytest

from edge_agent.evaluation.baselines.aigym import count_by_two_angles
from edge_agent.evaluation.baselines.joints import JOINTS, KNEE, joint_angle
from edge_agent.evaluation.baselines.nearest_poses import Library, count_by_nearest_poses, embed
from edge_agent.evaluation.baselines.thresholds import count_by_thresholds
from edge_agent.evaluation.clips import Landmarks
from edge_agent.evaluation.perturbing import mirrored
from tests.evaluation_parts import clip, squatting, standing

BOTTOMS_S = (2.0, 4.0, 6.0)
RANDOM = np.random.default_rng(0)


def test_the_angle_of_a_joint_is_measured_in_pixels_not_in_shares() -> None:
    figure = standing(np.radians(np.array([90.0])), np.array([0.0]), width=1000, height=500)
    assert joint_angle(figure, KNEE[0])[0] == pytest.approx(90)


def test_the_angle_of_nobody_is_unknown() -> None:
    landmarks = squatting()
    landmarks.image[3] = np.nan
    assert np.isnan(joint_angle(landmarks, KNEE[0])[3])


def test_two_angles_count_each_time_the_joint_is_bent() -> None:
    assert count_by_two_angles(squatting(*BOTTOMS_S), "squat") == pytest.approx(BOTTOMS_S, abs=0.3)


def test_two_angles_count_no_bend_that_stays_above_the_lower_one() -> None:
    half = standing(np.radians(np.array([175.0, 100.0, 175.0])), np.arange(3.0))
    assert count_by_two_angles(half, "squat") == []


def test_two_angles_need_the_joint_to_be_straight_between_two_bends() -> None:
    unstraight = standing(np.radians(np.array([175.0, 80.0, 120.0, 80.0])), np.arange(4.0))
    assert len(count_by_two_angles(unstraight, "squat")) == 1


def test_thresholds_count_each_squat() -> None:
    assert count_by_thresholds(squatting(*BOTTOMS_S), "squat") == pytest.approx(BOTTOMS_S, abs=0.6)


def test_thresholds_count_no_two_reps_within_half_a_second() -> None:
    angles = np.radians(np.repeat([175.0, 80.0] * 4, 6))
    counted = count_by_thresholds(standing(angles, np.arange(len(angles)) / 60), "squat")
    assert min(np.diff(counted), default=1) >= 0.5


@pytest.mark.parametrize("count", [count_by_two_angles, count_by_thresholds])
def test_what_a_script_does_not_know_it_does_not_count(count: Callable[[Landmarks, str], list[float]]) -> None:
    assert count(squatting(*BOTTOMS_S), "plank") == []


def test_every_exercise_that_is_counted_has_a_joint() -> None:
    assert all(len(pair) == 2 for pair in JOINTS.values())


def test_the_embedding_is_the_same_wherever_and_however_large_the_person_is() -> None:
    near = squatting(*BOTTOMS_S)
    far = near._replace(image=near.image * (0.5, 0.5, 0.5, 1) + (0.2, 0.1, 0, 0))
    assert embed(far) == pytest.approx(embed(near), abs=1e-4)


def test_the_mirrored_embedding_is_that_of_the_mirrored_person() -> None:
    landmarks = squatting(*BOTTOMS_S)
    assert embed(landmarks, mirrored=True) == pytest.approx(embed(mirrored(landmarks, RANDOM)), abs=1e-4)


def test_examples_never_come_from_the_source_under_test() -> None:
    clips = [clip(squatting(2.0), 2.0, source="me")]
    assert len(Library(clips).examples("squat", without="me").at_work) == 0
    assert len(Library(clips).examples("squat", without="you").at_work) == 6


def test_examples_of_an_exercise_are_of_no_other() -> None:
    clips = [clip(squatting(2.0), 2.0, exercise="lunge")]
    assert len(Library(clips).examples("squat", without="").at_work) == 0


def test_nearest_poses_count_what_is_like_the_examples() -> None:
    examples = Library([clip(squatting(2.0, 4.0, 6.0), 2.0, 4.0, 6.0)]).examples("squat", without="")
    assert count_by_nearest_poses(squatting(3.0, 5.5), examples) == pytest.approx((3.0, 5.5), abs=0.5)


def test_nearest_poses_count_nothing_without_examples() -> None:
    assert count_by_nearest_poses(squatting(3.0), Library([]).examples("squat", without="")) == []
