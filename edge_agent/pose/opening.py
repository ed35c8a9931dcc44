"""The estimator that the settings ask for."""

from edge_agent.config import PoseConfig
from edge_agent.pose import PoseEstimator


def open_estimator(config: PoseConfig) -> PoseEstimator:
    """Return the estimator, ready for its first frame. Raises `ConfigError` when what it needs is missing.

    The runtime is imported here and not above: whoever uses one need not have the other, nor wait for it.
    """
    if config.estimator == "mediapipe":
        from edge_agent.pose.mediapipe_task import MediapipeTask  # noqa: PLC0415 - an optional dependency

        return MediapipeTask(config)
    from edge_agent.pose.blazepose_onnx import BlazePoseOnnx  # noqa: PLC0415 - slow to import

    return BlazePoseOnnx(config)
