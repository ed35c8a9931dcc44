"""A video file as a camera: at its own pace like a live one, or every frame as fast as it is asked for."""

import time
from collections.abc import Callable
from pathlib import Path

from edge_agent.camera import NoFrameError
from edge_agent.camera.film import Film
from edge_agent.config import CameraConfig
from edge_agent.errors import ConfigError
from edge_agent.image import Frame

_MAX_LAG_S = 2.0
"""A film later than this waits for the machine, instead of being skipped through faster than it can be decoded."""


class FileCamera:
    """A `Camera` on a video.

    Pace `own`: frames fall due on `clock`, which is also the clock of `time_s`; a late reader misses frames. The film
    begins at the first read, or began at `started_s`. Pace `fast`: every frame, `time_s` is its position in the film.
    """

    def __init__(
        self,
        config: CameraConfig,
        started_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        path = Path(config.path).expanduser()
        self.name = f"video {path.name}"
        self.live = config.pace == "own"
        self._clock = clock
        self._sleep = sleep
        self._film = Film(path, loop=config.loop)
        self._began_s: float | None = None
        self._over = False
        # The first frame is decoded here, so that a damaged file is refused at the start.
        self._grabbed = self._film.advance()
        if not self._grabbed or self._film.picture() is None:
            raise ConfigError("{path}: no picture of this video can be decoded", path=path)
        if self.live and started_s is not None:
            self._join(clock() - started_s, loop=config.loop)

    def read(self, timeout_s: float) -> Frame | None:
        """Return the next frame; at the film's own pace the newest one due."""
        while not self._over:
            due = self._next_due(timeout_s) if self.live else self._next()
            if not due:
                self._over = True
                break
            self._grabbed = False
            if (image := self._film.picture()) is not None:
                return Frame(self._film.sequence, (self._began_s or 0.0) + self._film.position_s, image)
        return None

    def close(self) -> None:
        """Close the file."""
        self._over = True
        self._film.close()

    def _next(self) -> bool:
        self._grabbed = self._grabbed or self._film.advance()
        return self._grabbed

    def _next_due(self, timeout_s: float) -> bool:
        """Wait for the next frame to fall due, passing over those that a later one has already replaced."""
        while self._next():
            early_s = self._early_s()
            if early_s > timeout_s:
                self._sleep(timeout_s)
                raise NoFrameError("{name}: the next frame is due in {early_s:.1f} s", name=self.name, early_s=early_s)
            if early_s > -self._film.frame_s:
                self._sleep(max(0.0, early_s))
                return True
            self._grabbed = False
        return False

    def _early_s(self) -> float:
        """How long the grabbed frame still has to wait; negative when it is late."""
        now_s = self._clock()
        if self._began_s is None or now_s - self._began_s - self._film.position_s > _MAX_LAG_S:
            self._began_s = now_s - self._film.position_s
        return self._began_s + self._film.position_s - now_s

    def _join(self, elapsed_s: float, *, loop: bool) -> None:
        """Enter a film that has been running for a while."""
        length_s = self._film.length_s
        if loop and length_s:
            elapsed_s %= length_s
        self._over = 0 < length_s <= elapsed_s
        if not self._over and elapsed_s > 0:
            self._film.jump(elapsed_s)
            self._grabbed = False
            self._began_s = self._clock() - elapsed_s
