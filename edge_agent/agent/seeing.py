"""What vision sends, taken in: frames are counted and shown, and what becomes of the camera is told."""

import asyncio
import logging
from collections.abc import Callable

from edge_agent.agent.live import LiveView, live_pose
from edge_agent.agent.sight import SILENT_S, Sight
from edge_agent.agent.training import Training
from edge_agent.phrase import Phrase
from edge_agent.records import LivePose, PoseFrame, Session, VisionState, VisionStatus

logger = logging.getLogger(__name__)

OnFrame = Callable[[Session | None], None]
"""Told after each message, with the session that ended with it."""

_NOTHING_TO_SAY = Phrase("")


class Seeing:
    """Belongs to one event loop."""

    def __init__(
        self, training: Training, sight: Sight, view: LiveView, on_change: OnFrame, on_end: Callable[[], None]
    ) -> None:
        """`on_end` is called at the end of a film, after which nothing comes any more."""
        self._training = training
        self._sight = sight
        self._view = view
        self._on_change = on_change
        self._on_end = on_end
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def receive(self, message: PoseFrame | VisionStatus) -> None:
        """Take one message of the vision link; called in the event loop, takes well under a millisecond.

        An error in here would only end the connection, again and again, so it ends the program (`fail_with_the_link`).
        """
        try:
            self._sight.heard()
            if isinstance(message, VisionStatus):
                self._take_status(message)
            else:
                self._take_frame(message)
        except Exception as error:
            if not self._failure.done():
                self._failure.set_exception(error)
            raise

    async def fail_with_the_link(self) -> None:
        """Wait for ever, or raise what went wrong with a message."""
        await asyncio.shield(self._failure)

    def vision_gone(self) -> None:
        """The vision process closed its connection; the count stays."""
        if self._sight.state != "ended":
            self._lose("lost")

    def check_silence(self) -> None:
        """Take a camera for lost from which nothing has come for too long."""
        if self._sight.has_fallen_silent:
            self._lose("camera_lost", Phrase("no picture for {silent_s:g} s", silent_s=SILENT_S))

    def _take_frame(self, frame: PoseFrame) -> None:
        time_s, finished = self._training.see(frame, self._sight.arrived(frame))
        self._sight.stands_at(time_s)
        self._view.show(live_pose(frame))
        self._on_change(finished)

    def _take_status(self, status: VisionStatus) -> None:
        if status.state in ("starting", "running"):
            self._sight.is_in(status.state, status.detail)
            self._on_change(None)
        else:
            self._lose(status.state, status.detail)
        if status.state == "ended":
            self._on_end()

    def _lose(self, state: VisionState, detail: Phrase = _NOTHING_TO_SAY) -> None:
        """Nobody is seen until vision is back; the count stays."""
        logger.info("vision: %s %s", state, detail)
        self._sight.is_in(state, detail)
        self._training.lose_sight()
        self._view.show(LivePose(width=4, height=3))
        self._on_change(None)
