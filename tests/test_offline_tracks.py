from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.errors import ConfigError
from edge_agent.offline.tracks import read_track
from tests.rendered_tracks import track

TRACKS = Path(__file__).parent / "tracks"


def published(path: Path, **arrays: object) -> Path:
    """Write a track of the published kind: three frames, nobody in the second."""
    landmarks: NDArray[np.float16] = np.zeros((3, 33, 4), np.float16)
    landmarks[:, 23:25] = 2.0
    landmarks[:, 0] = (-3.0, 5.0, 0.0, 0.9)
    landmarks[1] = np.nan
    np.savez(path, **{"landmarks": landmarks, "fps": 10.0, **arrays})  # type: ignore[arg-type]
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as told:
        read_track(path)
    return str(told.value)


def test_our_own_track_is_read_as_vision_saw_it() -> None:
    read = read_track(TRACKS / "jack_front.npz")
    assert read.frames == track("jack_front")
    assert (read.exercise, read.reps) == ("", None)


def test_a_published_track_tells_exercise_and_reps(tmp_path: Path) -> None:
    read = read_track(published(tmp_path / "a.npz", exercise="squat", reps=4))
    assert (read.exercise, read.reps) == ("squat", 4)
    assert read.duration_s == pytest.approx(0.3)


def test_a_frame_without_a_person_has_no_pose(tmp_path: Path) -> None:
    assert [frame.pose is None for frame in read_track(published(tmp_path / "a.npz")).frames] == [False, True, False]


def test_a_published_track_is_placed_within_a_picture_its_hips_in_the_middle(tmp_path: Path) -> None:
    pose = read_track(published(tmp_path / "a.npz")).frames[0].pose
    assert pose
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y, _, _ in pose.image)
    assert pose.image[23][:2] == (0.5, 0.5)
    assert pose.image[0] == pytest.approx((0.0, 0.8, -0.2, 0.9), abs=1e-3)


def test_world_landmarks_of_a_published_track_are_measured_from_the_hips(tmp_path: Path) -> None:
    pose = read_track(published(tmp_path / "a.npz")).frames[0].pose
    assert pose
    assert pose.world[23] == (0, 0, 0)
    assert pose.world[0] == pytest.approx((-5.0, 3.0, -2.0))


def test_an_infinite_landmark_costs_its_frame_and_no_other(tmp_path: Path) -> None:
    landmarks = np.random.default_rng(0).random((3, 33, 4))
    whole = read_track(published(tmp_path / "a.npz", landmarks=landmarks)).frames
    landmarks[1, 0, 0] = np.inf
    frames = read_track(published(tmp_path / "b.npz", landmarks=landmarks)).frames
    assert [frame.pose is None for frame in frames] == [False, True, False]
    assert frames[0] == whole[0]


@pytest.mark.parametrize("fps", [0.0, -30.0, float("nan"), 5000.0])
def test_an_impossible_rate_is_refused(tmp_path: Path, fps: float) -> None:
    assert "fps: must be between 0.1 and 1000" in refusal(published(tmp_path / "a.npz", fps=fps))


@pytest.mark.parametrize("width", [0, -640, float("nan"), float("inf")])
def test_an_impossible_picture_is_refused(tmp_path: Path, width: float) -> None:
    parts: dict[str, object] = {
        "image": np.zeros((3, 33, 4)),
        "world": np.zeros((3, 33, 3)),
        "width": width,
        "height": 480,
    }
    assert "width: must be between 1 and" in refusal(published(tmp_path / "a.npz", **parts))


@pytest.mark.parametrize("place", range(0, 2000, 150))
def test_a_damaged_track_is_refused_or_read(tmp_path: Path, place: int) -> None:
    stored = bytearray((TRACKS / "jack_front.npz").read_bytes())
    stored[place] ^= 0xFF
    (tmp_path / "a.npz").write_bytes(stored)
    with suppress(ConfigError):
        assert read_track(tmp_path / "a.npz").frames


def test_landmarks_of_another_shape_are_refused(tmp_path: Path) -> None:
    assert "of shape (frames, 33, 4)" in refusal(published(tmp_path / "a.npz", landmarks=np.zeros((3, 17, 4))))


def test_parts_of_different_length_are_refused(tmp_path: Path) -> None:
    parts: dict[str, object] = {
        "image": np.zeros((3, 33, 4)),
        "world": np.zeros((2, 33, 3)),
        "width": 640,
        "height": 480,
    }
    assert "image has 3 frames, world 2" in refusal(published(tmp_path / "a.npz", **parts))


def test_a_track_with_objects_in_it_is_not_unpickled(tmp_path: Path) -> None:
    assert "not a landmark track" in refusal(published(tmp_path / "a.npz", landmarks=np.array([{}], object)))
