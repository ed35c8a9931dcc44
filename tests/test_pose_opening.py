import sys

import pytest

from edge_agent.config import PoseConfig
from edge_agent.errors import ConfigError
from edge_agent.pose.opening import open_estimator
from tests.shared_data import SHARED, needs_shared


@pytest.mark.parametrize("model", ["lite", "full"])
def test_onnxruntime_is_the_default(model: str) -> None:
    assert open_estimator(PoseConfig(model=model)).name == f"onnxruntime {model}"  # type: ignore[arg-type]


def test_without_mediapipe_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)  # makes its import fail
    with pytest.raises(ConfigError, match=r"pip install 'edge-agent\[mediapipe\]'"):
        open_estimator(PoseConfig(estimator="mediapipe", task_file="any.task"))


@needs_shared
def test_mediapipe_opens_the_task_file() -> None:
    pytest.importorskip("mediapipe")
    task_file = SHARED / "models" / "pose_landmarker_lite_noseg.task"
    estimator = open_estimator(PoseConfig(estimator="mediapipe", task_file=str(task_file)))
    estimator.close()
    assert estimator.name == "mediapipe pose_landmarker_lite_noseg"
