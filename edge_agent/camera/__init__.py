"""Cameras behind one protocol: each gives frames with bounded waits and says in words why it can't."""

from typing import Protocol

from edge_agent.errors import TemporaryError
from edge_agent.image import Frame


class NoFrameError(TemporaryError):
    """No frame came in time; the camera is still open and one may come later."""


class CameraStuckError(TemporaryError):
    """The camera's native code does not come back: only a new process helps."""


class Camera(Protocol):
    """A source of frames, open from construction until `close`."""

    name: str
    live: bool
    """True: frames come whether they are read or not, and the newest wins. False: each waits to be read."""

    def read(self, timeout_s: float) -> Frame | None:
        """Return the next frame, or None at the end of a file.

        Raises `NoFrameError` when no frame came within `timeout_s`, any other `TemporaryError` when the device is gone.
        """
        ...

    def close(self) -> None:
        """Free the device; a second call does nothing. Raises `CameraStuckError` when its driver hangs."""
        ...
