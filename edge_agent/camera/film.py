"""The frames of a video file in order, over all its loops, with a position that only rises."""

import math
import stat
from pathlib import Path

import cv2
import numpy as np

from edge_agent.camera.opencv import open_capture
from edge_agent.errors import ConfigError
from edge_agent.image import Image

_USUAL_FPS = 30.0
_MAX_FPS = 1000.0
_MAX_STEP_S = 5.0
"""A frame later than this after the one before has a damaged time stamp."""


class Film:
    """An opened video. Raises `ConfigError` in one line when it can't be read."""

    def __init__(self, path: Path, *, loop: bool) -> None:
        _check_readable(path)
        self._path = path
        self._loop = loop
        self._capture = open_capture(str(path), cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            raise ConfigError("{path}: not a video that can be read", path=path)
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.frame_s = 1 / (fps if 0 < fps <= _MAX_FPS else _USUAL_FPS)
        self.position_s = -self.frame_s
        """Where the grabbed frame stands, seconds from the first one; goes on rising over the loops."""
        self.sequence = -1
        self._loop_began_s = 0.0

    @property
    def length_s(self) -> float:
        """Length of one loop as the file tells it; 0 when it does not."""
        frames = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        return max(0.0, frames * self.frame_s) if math.isfinite(frames) else 0.0

    def jump(self, position_s: float) -> None:
        """Go on at this position of the first loop."""
        self._capture.set(cv2.CAP_PROP_POS_MSEC, position_s * 1000)
        self.position_s = position_s - self.frame_s

    def advance(self) -> bool:
        """Grab the next frame; False at the end."""
        if not self._capture.grab() and not (self._loop and self._rewind()):
            return False
        self.sequence += 1
        told_s = self._loop_began_s + self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        step_s = told_s - self.position_s
        # Some files tell no time stamps or wrong ones; then the frame rate has to do.
        self.position_s += step_s if 0 < step_s <= _MAX_STEP_S else self.frame_s
        return True

    def picture(self) -> Image | None:
        """Return the grabbed frame, or None when it is damaged."""
        decoded, image = self._capture.retrieve()
        if not decoded:
            return None
        picture: Image = np.ascontiguousarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        return picture

    def _rewind(self) -> bool:
        # Opened anew, because seeking to the first frame fails in files without an index.
        self._capture.release()
        self._capture = open_capture(str(self._path), cv2.CAP_FFMPEG)
        self._loop_began_s = self.position_s + self.frame_s
        return bool(self._capture.grab())

    def close(self) -> None:
        self._capture.release()


def _check_readable(path: Path) -> None:
    try:
        # Opening a pipe would wait for ever for somebody who writes into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError("{path}: not a video, not even a file", path=path)
        with path.open("rb") as file:
            if not file.read(1):
                raise ConfigError("{path}: not a video, the file is empty", path=path)
    except OSError as error:
        raise ConfigError("{path}: the video cannot be read ({cause})", path=path, cause=error.strerror) from error
