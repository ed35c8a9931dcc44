from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.clips import DEMO_CLIP, frames
from edge_agent.config import PoseConfig
from edge_agent.errors import ConfigError
from edge_agent.pose.mediapipe_task import MediapipeTask
from tests.shared_data import SHARED, needs_shared

pytest.importorskip("mediapipe", reason="needs the extra mediapipe")

TASK_FILE = SHARED / "models" / "pose_landmarker_lite_noseg.task"


def _config(task_file: Path | str) -> PoseConfig:
    return PoseConfig(estimator="mediapipe", task_file=str(task_file))


@pytest.fixture
def estimator() -> Iterator[MediapipeTask]:
    estimator = MediapipeTask(_config(TASK_FILE))
    yield estimator
    estimator.close()


def test_no_task_file_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match=r"pose\.task_file: .* needs the path"):
        MediapipeTask(_config(""))


def test_a_missing_task_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.task: no such file"):
        MediapipeTask(_config(tmp_path / "gone.task"))


def test_a_file_that_is_no_bundle_is_refused_in_one_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.task"
    wrong.write_bytes(b"not a bundle")
    with pytest.raises(ConfigError) as refusal:
        MediapipeTask(_config(wrong))
    assert "not a pose landmarker .task bundle" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@needs_shared
def test_a_person_has_all_landmarks_in_both_coordinates(estimator: MediapipeTask) -> None:
    frame = next(frames(DEMO_CLIP, 100))
    pose = estimator.estimate(frame.image, frame.time_s)
    assert pose is not None
    assert np.array(pose.image).shape == (33, 4)
    assert np.array(pose.world).shape == (33, 3)


@needs_shared
def test_an_empty_room_has_no_pose(estimator: MediapipeTask) -> None:
    assert [estimator.estimate(frame.image, frame.time_s) for frame in frames(DEMO_CLIP, 0, 3)] == [None] * 3


@needs_shared
def test_frames_less_than_a_millisecond_apart_are_taken(estimator: MediapipeTask) -> None:
    for number, frame in enumerate(frames(DEMO_CLIP, 100, 103)):
        assert estimator.estimate(frame.image, number / 10_000) is not None


@needs_shared
def test_a_second_close_does_nothing(estimator: MediapipeTask) -> None:
    estimator.close()
    estimator.close()
