import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge_agent.camera.usb import UsbCamera
from edge_agent.config import CameraConfig
from edge_agent.errors import ConfigError, TemporaryError


class FakeCapture:
    """What OpenCV's capture does with a webcam: `pictures` of them, then only failures."""

    def __init__(self, pictures: int, *, opened: bool = True) -> None:
        self.pictures = pictures
        self.opened = opened
        self.settings: dict[int, float] = {}
        self.released = threading.Event()

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self.opened

    def set(self, key: int, value: float) -> bool:
        self.settings[key] = value
        return True

    def grab(self) -> bool:
        self.pictures -= 1
        return self.pictures >= 0

    def read(self) -> tuple[bool, Any]:
        return (True, np.full((4, 6, 3), (1, 2, 3), np.uint8)) if self.grab() else (False, None)

    def release(self) -> None:
        self.released.set()


def open_usb(folder: Path, capture: FakeCapture) -> UsbCamera:
    device = folder / "video0"
    device.touch()
    return UsbCamera(CameraConfig(kind="usb", device=str(device), fps=25), lambda _source, _backend: capture)


def test_pictures_are_rgb_and_numbered(tmp_path: Path) -> None:
    camera = open_usb(tmp_path, FakeCapture(pictures=3))
    first, second = camera.read(1.0), camera.read(1.0)
    assert first.image[0, 0].tolist() == [3, 2, 1]
    assert (first.sequence, second.sequence) == (0, 1)
    assert second.time_s >= first.time_s


def test_the_camera_is_asked_for_compressed_pictures_of_the_configured_size_and_rate(tmp_path: Path) -> None:
    capture = FakeCapture(pictures=1)
    open_usb(tmp_path, capture)
    assert next(iter(capture.settings)) == cv2.CAP_PROP_FOURCC
    assert capture.settings[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
    keys = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS)
    assert [capture.settings[key] for key in keys] == [640, 480, 25]


def test_an_unplugged_camera_says_so(tmp_path: Path) -> None:
    camera = open_usb(tmp_path, FakeCapture(pictures=1))
    with pytest.raises(TemporaryError, match=r"video0: no picture; it was unplugged or hangs"):
        camera.read(1.0)


def test_a_camera_that_gives_nothing_is_reported_busy_and_freed(tmp_path: Path) -> None:
    capture = FakeCapture(pictures=0)
    with pytest.raises(TemporaryError, match="close other programs"):
        open_usb(tmp_path, capture)
    assert capture.released.is_set()


def test_a_device_that_is_no_camera_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemporaryError, match=r"video0: cannot be opened"):
        open_usb(tmp_path, FakeCapture(pictures=0, opened=False))


def test_real_opencv_refuses_a_file_without_a_word_of_its_own(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    device = tmp_path / "video0"
    device.touch()
    with pytest.raises(TemporaryError):
        UsbCamera(CameraConfig(kind="usb", device=str(device)))
    assert capfd.readouterr().err == ""


def test_a_missing_device_is_refused_and_the_others_are_named(tmp_path: Path) -> None:
    (tmp_path / "video2").touch()
    with pytest.raises(ConfigError, match=r"video0: no such camera; there: .*/video2"):
        UsbCamera(CameraConfig(kind="usb", device=str(tmp_path / "video0")))


def test_a_number_stands_for_a_video_device() -> None:
    with pytest.raises(ConfigError, match=r"^/dev/video97: no such camera"):
        UsbCamera(CameraConfig(kind="usb", device="97"))
