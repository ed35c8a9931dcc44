"""BlazePose on ONNX Runtime: finds a person once, then follows the region in which the last frame saw them.

It does what MediaPipe's PoseLandmarker does in video mode with one pose and the same weights, and agrees with it
within a degree of joint angle on clean clips; unlike it, it computes no segmentation mask and takes a thread count.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.config import PoseConfig
from edge_agent.image import Image
from edge_agent.pose import detection, landmarks
from edge_agent.pose.arrays import Floats
from edge_agent.pose.filters import LowPass, OneEuro
from edge_agent.pose.model_files import MODELS_FOLDER
from edge_agent.pose.onnx_model import OnnxModel
from edge_agent.pose.region import Region, crop, region_round, to_frame, turn, whole_frame
from edge_agent.records import Pose


class BlazePoseOnnx:
    """A `PoseEstimator` on the shipped models. Raises `ConfigError` when a model file is missing or damaged."""

    def __init__(self, config: PoseConfig, folder: Path = MODELS_FOLDER) -> None:
        self.name = f"onnxruntime {config.model}"
        self._detector = OnnxModel("detector", config.threads, folder)
        self._landmarks = OnnxModel(config.model, config.threads, folder)
        self._region: Region | None = None
        self._smoothing = _Smoothing()

    def estimate(self, image: Image, time_s: float) -> Pose | None:
        """Return the person's pose, or None when nobody is seen.

        The first frame and the one after a loss look for a person in the whole picture, at about twice the cost.
        """
        region = self._region or self._find(image)
        pose = self._follow(image, region, time_s) if region else None
        if pose is None:
            self._forget()
        return pose

    def close(self) -> None:
        """Forget the person; the models go with the object."""
        self._forget()

    def _forget(self) -> None:
        self._region = None
        self._smoothing = _Smoothing()

    def _find(self, image: Image) -> Region | None:
        frame = whole_frame(image)
        found = self._detector.run(crop(image, frame, detection.SIDE, cv2.BORDER_CONSTANT), 2 / 255, -1.0)
        person = detection.surest_person(found["boxes"][0], found["scores"][0, :, 0])
        if person is None:
            return None
        hips, reach = to_frame(np.stack([person.hips, person.reach]), frame)
        return region_round(hips, reach)

    def _follow(self, image: Image, region: Region, time_s: float) -> Pose | None:
        seen = self._landmarks.run(crop(image, region, landmarks.SIDE, cv2.BORDER_REPLICATE), 1 / 255, 0.0)
        if seen["presence"][0, 0] <= landmarks.MIN_PRESENCE:
            return None
        points, visibility = landmarks.decode(seen["landmarks"][0], seen["heatmap"][0])
        points[:, :2] = to_frame(points[:, :2], region)
        points[:, 2] *= region.size
        # From the raw points: a region from smoothed ones would trail behind a fast person
        self._region = region_round(points[landmarks.HIPS], points[landmarks.REACH])
        if self._region is None:
            return None
        world = seen["world"].reshape(-1, 3)[: landmarks.LANDMARKS]
        world[:, :2] = turn(world[:, :2], region.angle)
        smooth = self._smoothing
        image_points = smooth.image.apply(points[: landmarks.LANDMARKS], time_s, 1 / self._region.size)
        height, width = image.shape[:2]
        return _pose(
            np.column_stack([image_points / (width, height, width), smooth.visibility.apply(visibility)]),
            smooth.world.apply(world, time_s),
        )


class _Smoothing:
    """The filters of one track, with the constants of MediaPipe's pose landmarker graph."""

    def __init__(self) -> None:
        self.image = OneEuro(min_cutoff_hz=0.05, beta=80)
        self.world = OneEuro(min_cutoff_hz=0.1, beta=40)
        self.visibility = LowPass(alpha=0.1)


def _pose(image: NDArray[np.float64], world: Floats) -> Pose:
    return Pose(image=tuple(map(tuple, image.tolist())), world=tuple(map(tuple, world.tolist())))
