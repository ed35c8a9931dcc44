"""The Raspberry Pi camera through picamera2 (0.3.30 or newer): small pictures for inference from the whole sensor.

The picture comes from the low-resolution stream, which the image processor scales for free. Every wait is bounded;
opening and closing may still hang in native code, so it belongs inside a `ThreadedCamera`.
"""

import atexit
import concurrent.futures
import logging
import time
from typing import Any

import cv2
import numpy as np

from edge_agent.camera import NoFrameError
from edge_agent.config import CameraConfig
from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.image import Frame, Image

logger = logging.getLogger(__name__)

_BUFFERS = 4
_DRIVER_ERRORS = (RuntimeError, IndexError, OSError, ValueError)
"""What picamera2 and libcamera raise; older picamera2 lets an IndexError out when there is no camera."""


class PicameraCamera:
    """A `Camera` on picamera2; `picamera2_class` replaces `picamera2.Picamera2`.

    Raises `ConfigError` when the camera or its software is missing, `TemporaryError` when another program has it.
    """

    live = True

    def __init__(self, config: CameraConfig, picamera2_class: Any = None) -> None:
        driver = picamera2_class or _picamera2_class()
        self.name = f"Pi camera {config.device}"
        self._sequence = -1
        self._camera: Any = _open(driver, _camera_number(config.device, driver))
        # It would be closed at the interpreter's exit, where a camera that hangs keeps the process from ending.
        atexit.unregister(self._camera.close)
        try:
            self._width, self._height = self._start(config)
        except _DRIVER_ERRORS as error:
            self.close()
            raise ConfigError(
                "{name}: cannot give {width}x{height} at {fps} frames a second ({cause})",
                name=self.name,
                width=config.width,
                height=config.height,
                fps=config.fps,
                cause=error,
            ) from error

    def read(self, timeout_s: float) -> Frame:
        """Wait for the next frame; never returns one from before the call."""
        try:
            array = self._camera.capture_array("lores", wait=timeout_s)
        except concurrent.futures.TimeoutError as error:
            # Else the job that timed out would take the next frame away.
            self._camera.cancel_all_and_flush()
            raise NoFrameError("{name}: no picture for {silent_s:g} s", name=self.name, silent_s=timeout_s) from error
        except _DRIVER_ERRORS as error:
            raise TemporaryError("{name}: gives no picture ({cause})", name=self.name, cause=error) from error
        self._sequence += 1
        return Frame(self._sequence, time.monotonic(), rgb_from_yuv420(array, self._width, self._height))

    def close(self) -> None:
        """Stop and free the camera."""
        camera, self._camera = self._camera, None
        if camera is None:
            return
        for step in (camera.stop, camera.close):
            try:
                step()
            except _DRIVER_ERRORS as error:
                logger.warning("%s: did not close cleanly: %s", self.name, error)

    def _start(self, config: CameraConfig) -> tuple[int, int]:
        """Start the streams and return the size that the low-resolution one really has."""
        size = (config.width, config.height)
        frame_us = round(1e6 / config.fps)
        # Half the sensor's size is its binned mode with the full field of view; small modes see only the middle.
        full_view = tuple(side // 4 * 2 for side in self._camera.sensor_resolution)
        settings = self._camera.create_video_configuration(
            main={"size": size, "format": "YUV420"},
            lores={"size": size, "format": "YUV420"},
            raw={"size": full_view},
            buffer_count=_BUFFERS,
            queue=False,
            controls={"FrameDurationLimits": (frame_us, frame_us)},
        )
        self._camera.configure(settings)
        self._camera.start()
        width, height = self._camera.camera_configuration()["lores"]["size"]
        return width, height


def rgb_from_yuv420(array: Image, width: int, height: int) -> Image:
    """Turn planar YUV 4:2:0, shape (height * 3 / 2, stride), into RGB of shape (height, width, 3)."""
    return np.ascontiguousarray(cv2.cvtColor(array, cv2.COLOR_YUV2RGB_I420)[:height, :width])


def _picamera2_class() -> Any:
    try:
        from picamera2 import Picamera2  # noqa: PLC0415 - only a Raspberry Pi has it
    except ImportError as error:
        if error.name == "picamera2":
            raise ConfigError("picamera2 is not installed (extra 'pi')") from error
        raise ConfigError(
            "libcamera's Python bindings are missing: install python3-libcamera with apt "
            "and let the virtual environment see system packages ({cause})",
            cause=error,
        ) from error
    return Picamera2


def _camera_number(device: str, driver: Any) -> int:
    if not device.isdigit():
        raise ConfigError("camera.device: {device!r} is not the number of a Pi camera", device=device)
    try:
        # libcamera lists USB cameras too, behind its own; they have no low-resolution stream.
        cameras = [camera["Model"] for camera in driver.global_camera_info() if "/usb" not in camera["Id"]]
    except _DRIVER_ERRORS as error:
        raise TemporaryError("libcamera does not answer ({cause})", cause=error) from error
    if int(device) >= len(cameras):
        known = ", ".join(f"{number} is {model}" for number, model in enumerate(cameras))
        if not known:
            raise ConfigError("no Pi camera {device}; check the cable and rpicam-hello", device=device)
        raise ConfigError("no Pi camera {device}; {known}", device=device, known=known)
    return int(device)


def _open(driver: Any, number: int) -> Any:
    try:
        return driver(number)
    except _DRIVER_ERRORS as error:
        cause = error.__cause__ or error
        if "busy" in str(cause).lower():
            raise TemporaryError("Pi camera {number} is in use by another program; close it", number=number) from error
        raise TemporaryError("Pi camera {number} cannot be opened ({cause})", number=number, cause=cause) from error
