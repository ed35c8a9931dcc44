"""Pose estimators behind one protocol: a picture in, the 33 landmarks of one tracked person out."""

from typing import Protocol

from edge_agent.image import Image
from edge_agent.records import Pose


class PoseEstimator(Protocol):
    """Follows one person from frame to frame."""

    name: str

    def estimate(self, image: Image, time_s: float) -> Pose | None:
        """Return the person's pose, or None when nobody is seen; `time_s` must not go back."""
        ...

    def close(self) -> None: ...
