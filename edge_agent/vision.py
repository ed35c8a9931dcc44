"""The vision role: camera, pose estimator, socket to the agent. Pictures live in memory only (SPEC S1.5).

The main thread infers and sends; a live camera has one thread of its own. A camera that hangs is closed and opened
again; if its native code does not come back, the role ends and its process is started anew.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from edge_agent import service
from edge_agent.camera import Camera, CameraStuckError, NoFrameError
from edge_agent.camera.opening import CameraOpener
from edge_agent.config import Config
from edge_agent.errors import EdgeError, TemporaryError
from edge_agent.image import Frame
from edge_agent.link import PoseSender
from edge_agent.phrase import Phrase
from edge_agent.pose import PoseEstimator
from edge_agent.pose.opening import open_estimator
from edge_agent.records import PoseFrame, VisionStatus

logger = logging.getLogger(__name__)

_STEP_S = 0.25
_SILENCE_S = 4.0
"""A camera without a picture for so long is lost: noticed within 5 s."""
_REOPEN_PAUSES_S = (0.0, 1.0, 2.0, 5.0, 10.0)
_AGENT_WAIT_S = 5.0
_FILM_WAIT_S = 5.0
"""In a film of which every frame counts, inference waits so long for a busy agent."""
_FPS_WINDOW_S = 3.0


def run_vision(
    config: Config, socket_path: Path, stop: threading.Event, *, film_started_s: float | None = None
) -> None:
    """Run until `stop` is set or a film has ended. `film_started_s` is as in `CameraOpener`.

    Raises `ConfigError` or `TemporaryError` when there is no camera or model to start with, and `CameraStuckError`
    when only a new process helps.
    """
    with closing(PoseSender(socket_path)) as sender, closing(open_estimator(config.pose)) as estimator:
        composition(config, estimator, sender, stop, film_started_s).run()


def composition(
    config: Config, estimator: PoseEstimator, sender: PoseSender, stop: threading.Event, film_started_s: float | None
) -> "Vision":
    """Return all that vision is made of."""
    return Vision(CameraOpener(config.camera, film_started_s), estimator, sender, stop)


class Vision:
    """Analyses what the camera gives, frame by frame, and keeps the camera alive."""

    def __init__(
        self, open_device: Callable[[], Camera], estimator: PoseEstimator, sender: PoseSender, stop: threading.Event
    ) -> None:
        self._open_device = open_device
        self._estimator = estimator
        self._sender = sender
        self._stop = stop
        self._tally = Tally()

    def run(self) -> None:
        """Return when told to stop or at the end of a film. An error of the first opening is raised."""
        first = self._open_device()
        service.notify(f"READY=1\nSTATUS={first.name}, {self._estimator.name}")
        if not self._sender.wait_for_agent(_AGENT_WAIT_S, self._stop) and not self._stop.is_set():
            logger.warning("the agent does not listen; poses are dropped until it does")
        camera: Camera | None = first
        while camera:
            try:
                self._analyse(camera)
                return
            except TemporaryError as error:
                self._tell_lost(error)
            finally:
                self._close(camera)
            camera = self._reopen()

    def _analyse(self, camera: Camera) -> None:
        """Analyse frames until told to stop or the film ends. Raises `TemporaryError` when the camera is lost."""
        heard_s = time.monotonic()
        self._tally.camera_opened()
        self._sender.send_status(VisionStatus(state="running", detail=Phrase(camera.name)))
        while not self._stop.is_set():
            try:
                frame = camera.read(_STEP_S)
            except NoFrameError as error:
                if time.monotonic() - heard_s > _SILENCE_S:
                    raise TemporaryError(
                        "{name}: no picture for {silent_s:g} s", name=camera.name, silent_s=_SILENCE_S
                    ) from error
                continue
            if frame is None:
                self._sender.send_status(VisionStatus(state="ended", detail=Phrase(camera.name)))
                return
            self._analyse_frame(frame, 0.0 if camera.live else _FILM_WAIT_S)
            heard_s = time.monotonic()

    def _analyse_frame(self, frame: Frame, wait_s: float) -> None:
        pose = self._estimator.estimate(frame.image, frame.time_s)
        self._tally.add(frame.sequence, time.monotonic())
        height, width = frame.image.shape[:2]
        message = PoseFrame(
            sequence=self._tally.sequence,
            time_s=frame.time_s,
            width=width,
            height=height,
            pose=pose,
            fps=self._tally.fps,
            skipped=self._tally.skipped + self._sender.dropped,
        )
        self._sender.send(message, wait_s)

    def _reopen(self) -> Camera | None:
        """Open the camera again, for as long as it takes; None when told to stop."""
        attempt = 0
        while not self._stop.wait(_REOPEN_PAUSES_S[min(attempt, len(_REOPEN_PAUSES_S) - 1)]):
            attempt += 1
            try:
                camera = self._open_device()
            except CameraStuckError:
                raise
            except EdgeError as error:
                # Said again each time: an agent that was restarted meanwhile learns of it.
                self._tell_lost(error, logging.DEBUG)
            else:
                logger.warning("%s is back", camera.name)
                return camera
        return None

    def _tell_lost(self, error: EdgeError, level: int = logging.WARNING) -> None:
        logger.log(level, "camera lost: %s", error)
        self._sender.send_status(VisionStatus(state="camera_lost", detail=error.phrase))

    def _close(self, camera: Camera) -> None:
        try:
            camera.close()
        except CameraStuckError as error:
            if not self._stop.is_set():
                raise
            logger.warning("%s", error)


class Tally:
    """Numbers the frames across all openings of the camera, and counts what was skipped and the rate of analysis."""

    def __init__(self) -> None:
        self.sequence = -1
        self.skipped = 0
        self._last: int | None = None
        self._times_s: deque[float] = deque()

    def camera_opened(self) -> None:
        """The camera counts from the start again; what it gave meanwhile nobody knows."""
        self._last = None
        self._times_s.clear()

    def add(self, camera_sequence: int, now_s: float) -> None:
        """Count one analysed frame."""
        step = 1 if self._last is None else camera_sequence - self._last
        self._last = camera_sequence
        self.sequence += step
        self.skipped += step - 1
        self._times_s.append(now_s)
        while now_s - self._times_s[0] > _FPS_WINDOW_S:
            self._times_s.popleft()

    @property
    def fps(self) -> float:
        """Frames analysed a second, over the last three seconds."""
        elapsed_s = self._times_s[-1] - self._times_s[0] if self._times_s else 0.0
        return (len(self._times_s) - 1) / elapsed_s if elapsed_s else 0.0
