"""OpenCV's video capture with its noise turned off: what goes wrong is told once, in our words."""

import os
from typing import Any

import cv2

_SELECT_TIMEOUT_S = 3


def open_capture(source: str, backend: int) -> Any:
    """Return a `cv2.VideoCapture`, opened or not. OpenCV reads these settings once, at its first capture."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET
    # V4L2 would wait 10 s for a frame that never comes; a hung camera must be noticed within 5.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(_SELECT_TIMEOUT_S))
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    return cv2.VideoCapture(source, backend)
