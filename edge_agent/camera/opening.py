"""The camera that the settings ask for."""

from functools import partial
from typing import Literal

from edge_agent.camera import Camera, CameraStuckError
from edge_agent.camera.file import FileCamera
from edge_agent.camera.picamera import PicameraCamera
from edge_agent.camera.threaded import ThreadedCamera
from edge_agent.camera.usb import UsbCamera
from edge_agent.config import CameraConfig
from edge_agent.errors import ConfigError, EdgeError
from edge_agent.phrase import Phrase, joined

_Kind = Literal["picamera2", "usb", "file"]
_AUTO: tuple[_Kind, ...] = ("picamera2", "usb", "file")


class CameraOpener:
    """Opens the camera, and opens it again when it was lost.

    What `auto` has found once is what it stays with: a film must not stand in for an unplugged webcam.
    """

    def __init__(self, config: CameraConfig, film_started_s: float | None = None) -> None:
        """`film_started_s`, on the monotonic clock, lets a film at its own pace go on where it would be by now."""
        self._config = config
        self._film_started_s = film_started_s
        self._kind: _Kind | None = None if config.kind == "auto" else config.kind

    def __call__(self) -> Camera:
        """Return the camera, open.

        Raises `ConfigError` or `TemporaryError` saying what was tried and why it failed.
        """
        if self._kind:
            return _open(self._kind, self._config, self._film_started_s)
        failures = []
        for kind in _AUTO:
            try:
                camera = _open(kind, self._config, self._film_started_s)
            except CameraStuckError:
                raise
            except EdgeError as error:
                failures.append(Phrase("{kind}: {reason}", kind=kind, reason=error.phrase))
            else:
                self._kind = kind
                return camera
        raise ConfigError("no camera found; {reasons}", reasons=joined("; ", failures))


def _open(kind: _Kind, config: CameraConfig, film_started_s: float | None) -> Camera:
    if kind == "picamera2":
        return ThreadedCamera(partial(PicameraCamera, config))
    if kind == "usb":
        return ThreadedCamera(partial(UsbCamera, config))
    if not config.path:
        raise ConfigError("camera.path is not set")
    return FileCamera(config, film_started_s)
