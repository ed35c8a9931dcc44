"""Frames of video clips, for measurements and for the tests of pose estimation."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

import edge_agent.demo
from edge_agent.image import Frame

DEMO_CLIP = Path(edge_agent.demo.__file__).parent / "squat_session_enter_exit.mp4"
"""Somebody walks in (33 frames without them), squats five times, and walks out."""


def frames(clip: Path, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
    """Give the clip's frames in RGB, on a clock of whole milliseconds that begins at 1 s."""
    video = cv2.VideoCapture(str(clip))
    fps = video.get(cv2.CAP_PROP_FPS)
    try:
        for number in islice(range(10**9), stop):
            there, picture = video.read()
            if not there:
                return
            if number >= start:
                image = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
                yield Frame(number, round(1 + number / fps, 3), np.asarray(image, np.uint8))
    finally:
        video.release()
