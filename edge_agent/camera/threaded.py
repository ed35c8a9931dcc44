"""One camera in one thread of its own, so that nobody waits for native code. The newest frame wins.

A driver that hangs costs this one thread: `read` still returns in time, and `close` says that the thread is stuck
instead of leaving it behind for a second one.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import closing

from edge_agent.camera import Camera, CameraStuckError, NoFrameError
from edge_agent.errors import EdgeError, TemporaryError
from edge_agent.image import Frame

logger = logging.getLogger(__name__)

_OPEN_TIMEOUT_S = 8.0
_STEP_S = 0.5
_CLOSE_TIMEOUT_S = 1.5
"""Longer than a step of the thread, and short enough to stop the process within 3 s."""


class ThreadedCamera:
    """A live `Camera` around another one that is opened, read and closed in the thread.

    The constructor raises what `open_device` raises, or `CameraStuckError` when that does not return.
    """

    live = True

    def __init__(
        self,
        open_device: Callable[[], Camera],
        open_timeout_s: float = _OPEN_TIMEOUT_S,
        close_timeout_s: float = _CLOSE_TIMEOUT_S,
    ) -> None:
        self.name = "camera"
        self._close_timeout_s = close_timeout_s
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._opened = False
        self._ended = False
        self._error: EdgeError | None = None
        self._stop = threading.Event()
        # A daemon: stuck in native code it must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, args=(open_device,), name="camera", daemon=True)
        self._thread.start()
        self._wait_until_open(open_timeout_s)

    def read(self, timeout_s: float) -> Frame | None:
        """Return the newest frame that nobody has taken. The error that ended the thread is raised once it is taken."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame or self._ended or self._error, timeout_s)
            frame, self._frame = self._frame, None
            if frame or self._ended:
                return frame
            raise self._error or NoFrameError(
                "{name}: no picture for {silent_s:g} s", name=self.name, silent_s=timeout_s
            )

    def close(self) -> None:
        """Close the camera and end the thread."""
        self._stop.set()
        self._thread.join(self._close_timeout_s)
        if self._thread.is_alive():
            raise CameraStuckError("{name}: its driver hangs; vision must be restarted", name=self.name)

    def _wait_until_open(self, timeout_s: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._opened or self._error, timeout_s)
            if self._opened:
                return
            self._stop.set()
            raise self._error or CameraStuckError(
                "the camera did not open within {timeout_s:g} s: its driver hangs", timeout_s=timeout_s
            )

    def _run(self, open_device: Callable[[], Camera]) -> None:
        try:
            with closing(open_device()) as device:
                self._announce(device)
                self._pump(device)
        except EdgeError as error:
            self._fail(error)
        except Exception as error:
            logger.exception("the camera's thread failed")
            self._fail(TemporaryError("{name}: failed ({cause})", name=self.name, cause=error))

    def _announce(self, device: Camera) -> None:
        with self._changed:
            self.name = device.name
            self._opened = True
            self._changed.notify_all()

    def _pump(self, device: Camera) -> None:
        while not self._stop.is_set():
            try:
                frame = device.read(_STEP_S)
            except NoFrameError:
                continue
            with self._changed:
                self._frame, self._ended = frame or self._frame, frame is None
                self._changed.notify_all()
            if frame is None:
                return

    def _fail(self, error: EdgeError) -> None:
        with self._changed:
            self._error = error
            self._changed.notify_all()
