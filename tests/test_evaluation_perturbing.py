import numpy as np
import pytest

from edge_agent.evaluation.clips import Landmarks
from edge_agent.evaluation.perturbing import PERTURBATIONS, mirrored, perturbed, tilted, torso
from tests.evaluation_parts import clip, squatting

RANDOM = np.random.default_rng(0)
CLIP = clip(squatting(2.0, 4.0), 2.0, 4.0)


def of(name: str) -> Landmarks:
    return perturbed(CLIP, name)


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_a_perturbation_is_the_same_every_time(name: str) -> None:
    assert np.array_equal(of(name).image, of(name).image, equal_nan=True)


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_a_perturbation_leaves_the_recording_itself_alone(name: str) -> None:
    before = CLIP.landmarks.image.copy()
    of(name)
    assert np.array_equal(CLIP.landmarks.image, before)


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_a_perturbation_changes_what_is_seen(name: str) -> None:
    assert not np.array_equal(of(name).image, CLIP.landmarks.image, equal_nan=True)


def test_no_name_is_the_recording_as_it_is() -> None:
    assert perturbed(CLIP, "") is CLIP.landmarks


@pytest.mark.parametrize("fps", [15, 10, 8])
def test_a_lower_rate_has_so_many_frames_a_second(fps: int) -> None:
    landmarks = of(f"{fps} fps")
    assert len(landmarks.times_s) == pytest.approx(CLIP.landmarks.duration_s * fps, abs=1.5)


def test_a_recording_that_is_slow_anyway_keeps_its_frames() -> None:
    slow = clip(of("8 fps"), 2.0)
    assert len(perturbed(slow, "15 fps").times_s) == len(slow.landmarks.times_s)


def test_jitter_is_six_percent_of_the_torso() -> None:
    moved = (of("jitter").pixels - CLIP.landmarks.pixels)[:, :, 0].std()
    assert moved / torso(CLIP.landmarks) == pytest.approx(0.06, rel=0.05)


def test_a_hidden_limb_is_hardly_visible_and_the_others_are() -> None:
    hidden = (of("limb hidden").image[:, :, 3] < 0.25).all(axis=0)
    assert 4 <= hidden.sum() <= 5


def test_bursts_lose_some_frames_and_keep_most() -> None:
    assert 0.6 < of("bursts").seen.mean() < 1


def test_a_second_person_is_somewhere_else_for_a_moment() -> None:
    jumped = np.abs(of("second person").image[:, 23, 0] - CLIP.landmarks.image[:, 23, 0]) > 0.2
    assert 0 < jumped.mean() < 0.3


def test_a_mirror_twice_is_no_mirror() -> None:
    twice = mirrored(mirrored(CLIP.landmarks, RANDOM), RANDOM)
    assert twice.image == pytest.approx(CLIP.landmarks.image)


def test_a_tilted_camera_changes_no_distance_in_the_picture() -> None:
    assert torso(tilted(CLIP.landmarks, RANDOM)) == pytest.approx(torso(CLIP.landmarks))


def test_a_tilted_camera_leans_an_upright_trunk_by_ten_degrees() -> None:
    points = tilted(CLIP.landmarks, RANDOM).pixels[0]
    trunk = points[11] - points[23]
    assert abs(np.degrees(np.arctan2(trunk[0], -trunk[1]))) == pytest.approx(10)
