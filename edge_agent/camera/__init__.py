"""Cameras behind one protocol: each gives frames with bounded waits and says in words why it can't."""

from typing import Protocol

from edge_agent.image import Frame


class Camera(Protocol):
    """A source of frames, open from construction until `close`."""

    name: str

    def read(self, timeout_s: float) -> Frame | None:
        """Return the next frame, or None at the end of a file.

        Raises `TemporaryError` when no frame came within `timeout_s` or the device is gone.
        """
        ...

    def close(self) -> None:
        """Free the device; a second call does nothing."""
        ...
