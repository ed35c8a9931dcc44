from pathlib import Path

import numpy as np
import pytest

from bench.clips import DEMO_CLIP, frames
from edge_agent.config import PoseConfig
from edge_agent.errors import ConfigError
from edge_agent.image import Frame
from edge_agent.pose.blazepose_onnx import BlazePoseOnnx

LEFT_EYE, LEFT_WRIST, LEFT_HIP, RIGHT_HIP, LEFT_ANKLE = 2, 15, 23, 24, 27


@pytest.fixture(scope="module")
def standing() -> list[Frame]:
    return list(frames(DEMO_CLIP, 100, 112))


@pytest.fixture
def estimator() -> BlazePoseOnnx:
    return BlazePoseOnnx(PoseConfig())


def test_a_person_has_all_landmarks_in_both_coordinates(estimator: BlazePoseOnnx, standing: list[Frame]) -> None:
    pose = estimator.estimate(standing[0].image, 0.0)
    assert pose is not None
    assert np.array(pose.image).shape == (33, 4)
    assert np.array(pose.world).shape == (33, 3)


def test_the_head_is_above_the_hips_above_the_ankles(estimator: BlazePoseOnnx, standing: list[Frame]) -> None:
    pose = estimator.estimate(standing[0].image, 0.0)
    assert pose is not None
    for points in (pose.image, pose.world):
        assert points[LEFT_EYE][1] < points[LEFT_HIP][1] < points[LEFT_ANKLE][1]


def test_world_landmarks_are_metres_from_between_the_hips(estimator: BlazePoseOnnx, standing: list[Frame]) -> None:
    pose = estimator.estimate(standing[0].image, 0.0)
    assert pose is not None
    assert np.abs(np.mean([pose.world[LEFT_HIP], pose.world[RIGHT_HIP]], axis=0)).max() < 0.02
    assert 1.2 < pose.world[LEFT_ANKLE][1] - pose.world[LEFT_EYE][1] < 1.8  # 1.69 m tall, less brow and foot


def test_an_empty_room_has_no_pose(estimator: BlazePoseOnnx) -> None:
    assert [estimator.estimate(frame.image, frame.time_s) for frame in frames(DEMO_CLIP, 0, 3)] == [None] * 3


def test_the_person_is_found_when_they_have_walked_in(estimator: BlazePoseOnnx) -> None:
    seen = [estimator.estimate(frame.image, frame.time_s) is not None for frame in frames(DEMO_CLIP, 20, 70)]
    assert not seen[0]
    assert all(seen[30:])


def test_the_person_is_lost_when_they_are_gone(estimator: BlazePoseOnnx, standing: list[Frame]) -> None:
    assert estimator.estimate(standing[0].image, 0.0) is not None
    assert estimator.estimate(np.zeros_like(standing[0].image), 0.1) is None


def test_a_lost_person_is_found_again_and_nothing_of_the_old_track_is_left(
    estimator: BlazePoseOnnx, standing: list[Frame]
) -> None:
    first = estimator.estimate(standing[0].image, 0.0)
    estimator.estimate(standing[1].image, 0.1)
    estimator.estimate(np.zeros_like(standing[0].image), 0.2)
    assert estimator.estimate(standing[0].image, 0.3) == first


def test_the_same_frames_give_the_same_poses(standing: list[Frame]) -> None:
    runs = []
    for _ in range(2):
        estimator = BlazePoseOnnx(PoseConfig())
        runs.append([estimator.estimate(frame.image, frame.time_s) for frame in standing])
    assert runs[0] == runs[1]


def test_the_number_of_threads_does_not_change_what_is_seen(estimator: BlazePoseOnnx, standing: list[Frame]) -> None:
    alone = estimator.estimate(standing[0].image, 0.0)
    together = BlazePoseOnnx(PoseConfig(threads=2)).estimate(standing[0].image, 0.0)
    assert alone is not None
    assert together is not None
    assert np.allclose(alone.image, together.image, atol=1e-3)


def test_a_picture_on_its_side_gives_the_same_body(estimator: BlazePoseOnnx, standing: list[Frame]) -> None:
    image = standing[0].image
    upright = estimator.estimate(image, 0.0)
    lying = BlazePoseOnnx(PoseConfig()).estimate(np.ascontiguousarray(np.rot90(image, -1)), 0.0)
    assert upright is not None
    assert lying is not None
    turned_back = [(y, 1 - x) for x, y, _, _ in lying.image]
    assert np.abs(np.array(turned_back) - np.array(upright.image)[:, :2])[11:].mean() < 0.02


def test_a_small_and_a_narrow_picture_are_no_hindrance(estimator: BlazePoseOnnx, standing: list[Frame]) -> None:
    narrow = np.ascontiguousarray(standing[0].image[::2, 200:500:2])
    pose = estimator.estimate(narrow, 0.0)
    assert pose is not None
    assert all(-0.2 < point[1] < 1.2 for point in pose.image)


def test_after_close_the_next_frame_starts_anew(estimator: BlazePoseOnnx, standing: list[Frame]) -> None:
    first = estimator.estimate(standing[0].image, 0.0)
    estimator.estimate(standing[1].image, 0.1)
    estimator.close()
    estimator.close()
    assert estimator.estimate(standing[0].image, 0.2) == first


def test_a_missing_model_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="missing model file"):
        BlazePoseOnnx(PoseConfig(), tmp_path)


def test_the_name_tells_runtime_and_model() -> None:
    assert BlazePoseOnnx(PoseConfig(model="full")).name == "onnxruntime full"
