"""MediaPipe's own PoseLandmarker task as a `PoseEstimator`, for comparison and for machines that have it anyway."""

from pathlib import Path
from typing import Any

from edge_agent.config import PoseConfig
from edge_agent.errors import ConfigError
from edge_agent.image import Image
from edge_agent.pose.detection import MIN_SCORE
from edge_agent.pose.landmarks import MIN_PRESENCE
from edge_agent.records import Pose


class MediapipeTask:
    """One pose in video mode, without segmentation masks. Raises `ConfigError` without mediapipe or a task file."""

    def __init__(self, config: PoseConfig) -> None:
        self.name = f"mediapipe {Path(config.task_file).stem}"
        self._mediapipe = _import_mediapipe()
        self._landmarker = _open_task(self._mediapipe, config.task_file)
        self._last_ms = -1

    def estimate(self, image: Image, time_s: float) -> Pose | None:
        """Return the person's pose, or None when nobody is seen."""
        # The task takes whole milliseconds that must grow
        self._last_ms = max(self._last_ms + 1, round(time_s * 1000))
        picture = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=image)
        result = self._landmarker.detect_for_video(picture, self._last_ms)
        if not result.pose_landmarks:
            return None
        return Pose(
            image=tuple((point.x, point.y, point.z, point.visibility) for point in result.pose_landmarks[0]),
            world=tuple((point.x, point.y, point.z) for point in result.pose_world_landmarks[0]),
        )

    def close(self) -> None:
        """Free the task's graph; a second call does nothing."""
        self._landmarker.close()


def _import_mediapipe() -> Any:
    try:
        import mediapipe  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        raise ConfigError(
            "pose.estimator 'mediapipe' needs the package mediapipe: pip install 'edge-agent[mediapipe]'"
        ) from error
    return mediapipe


def _open_task(mediapipe: Any, task_file: str) -> Any:
    if not task_file:
        raise ConfigError("pose.task_file: estimator 'mediapipe' needs the path of a pose landmarker .task bundle")
    if not Path(task_file).is_file():
        raise ConfigError(f"pose.task_file: {task_file}: no such file; name a pose landmarker .task bundle")
    tasks = mediapipe.tasks
    options = tasks.vision.PoseLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=task_file),
        running_mode=tasks.vision.RunningMode.VIDEO,
        num_poses=1,
        min_pose_detection_confidence=MIN_SCORE,
        min_pose_presence_confidence=MIN_PRESENCE,
        output_segmentation_masks=False,
    )
    try:
        return tasks.vision.PoseLandmarker.create_from_options(options)
    except (RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"pose.task_file: {task_file}: not a pose landmarker .task bundle ({reason})") from error
