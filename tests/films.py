"""Small videos for tests, and a clock that only moves when somebody sleeps."""

from pathlib import Path

import cv2
import numpy as np

from edge_agent.image import Image


def make_film(path: Path, frames: int, fps: float = 10.0) -> Path:
    """Write a video whose frames tell their number: frame n is red of strength 10 n."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (64, 48))
    assert writer.isOpened()
    for number in range(frames):
        writer.write(np.full((48, 64, 3), (0, 0, 10 * number), np.uint8))
    writer.release()
    return path


def number_of(image: Image) -> int:
    """Return the number of the frame that this picture shows."""
    return round(float(image[..., 0].mean()) / 10)


class Clock:
    def __init__(self, now_s: float = 1000.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, pause_s: float) -> None:
        self.now_s += pause_s
