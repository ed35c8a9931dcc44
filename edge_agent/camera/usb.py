"""A USB camera over OpenCV and V4L2. Its reads block in native code: it belongs inside a `ThreadedCamera`."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge_agent.camera.opencv import open_capture
from edge_agent.config import CameraConfig
from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.image import Frame

_BUFFERS = 2
"""The fewest that do not halve the frame rate: with one, the driver has none to fill while we decode."""


class UsbCamera:
    """A `Camera` whose `read` takes as long as V4L2 does: the frame interval, at most 3 s.

    Raises `ConfigError` when there is no such device, `TemporaryError` when it is busy or gives no picture.
    """

    live = True

    def __init__(self, config: CameraConfig, open_device: Callable[[str, int], Any] = open_capture) -> None:
        self._path = _device_path(config.device)
        self.name = f"USB camera {self._path}"
        _check_device(self._path)
        self._sequence = -1
        self._capture = open_device(str(self._path), cv2.CAP_V4L2)
        if not self._capture.isOpened():
            raise TemporaryError(
                "{path}: cannot be opened as a camera; close other programs that use it", path=self._path
            )
        self._configure(config)
        # A camera in use elsewhere opens, and only refuses to stream.
        if not self._capture.grab():
            self.close()
            raise TemporaryError(
                "{path}: gives no picture; close other programs that use it, or plug it in again", path=self._path
            )

    def read(self, timeout_s: float) -> Frame:  # noqa: ARG002 - V4L2 has its own limit
        """Wait for the next frame. Raises `TemporaryError` when the camera was unplugged or hangs."""
        decoded, image = self._capture.read()
        if not decoded or image is None:
            raise TemporaryError("{name}: no picture; it was unplugged or hangs", name=self.name)
        self._sequence += 1
        time_s = time.monotonic()
        return Frame(self._sequence, time_s, np.ascontiguousarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)))

    def close(self) -> None:
        """Free the device."""
        self._capture.release()

    def _configure(self, config: CameraConfig) -> None:
        """Ask for the picture we want; a camera that can't gives its nearest."""
        wanted = (
            # Before the size: raw pictures of a larger size don't fit through USB 2 at 30 a second.
            (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
            (cv2.CAP_PROP_FRAME_WIDTH, config.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, config.height),
            (cv2.CAP_PROP_FPS, config.fps),
            (cv2.CAP_PROP_BUFFERSIZE, _BUFFERS),
        )
        for key, value in wanted:
            self._capture.set(key, value)


def _device_path(device: str) -> Path:
    return Path(f"/dev/video{device}" if device.isdigit() else device)


def _check_device(path: Path) -> None:
    if not path.exists():
        others = ", ".join(str(other) for other in sorted(path.parent.glob("video*")))
        if not others:
            raise ConfigError("{path}: no such camera; plug one in", path=path)
        raise ConfigError("{path}: no such camera; there: {others}", path=path, others=others)
    if not os.access(path, os.R_OK | os.W_OK):
        raise ConfigError("{path}: this user may not open it; add the user to the group 'video'", path=path)
