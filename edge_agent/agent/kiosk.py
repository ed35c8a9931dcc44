"""The kiosk: one training spot with its journal, its live view and its way to the cloud.

It takes what vision sends, saves what training finishes, and answers the web pages (`interface.KioskAgent`).
Everything here runs on one event loop; the journal's blocking work is done by its own thread.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager

import msgspec
import uuid_utils

from edge_agent import service
from edge_agent.agent.cloud_link import CloudLink
from edge_agent.agent.live import LiveView, live_pose
from edge_agent.agent.saving import Saver
from edge_agent.agent.showing import shown
from edge_agent.agent.tidying import Tidying
from edge_agent.agent.training import Training
from edge_agent.agent.wall import WallClock
from edge_agent.coaching.exercise import Exercise
from edge_agent.config import Config
from edge_agent.errors import PermanentError, TemporaryError
from edge_agent.interface import ExerciseChoice
from edge_agent.journal.running import Anchor, LeftBehind
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import (
    LivePose,
    LiveState,
    PoseFrame,
    Session,
    SessionPage,
    SyncState,
    SyncStatus,
    VisionState,
    VisionStatus,
    Whereabouts,
)
from edge_agent.sessions.building import Moment, SessionFacts, SessionMark, SessionRules
from edge_agent.sync.clock import HybridClock

logger = logging.getLogger(__name__)

_KEEP_EVERY_S = 5.0
"""A running session is journaled this often (SPEC S3.3)."""
_KEEP_UNCHANGED_EVERY_S = 30.0
_RESUMABLE_S = 120.0
"""A session that was kept no longer ago than this may go on: as long as one lasts without a picture."""
_TICK_S = 0.5
_SAVED_WITHIN_S = 5.0
_VISION_SILENT_S = 5.0


class Kiosk:
    """Implements `interface.KioskAgent`."""

    def __init__(
        self,
        config: Config,
        device_id: str,
        exercises: Mapping[str, Exercise],
        journal: JournalWorker,
        revisions: HybridClock,
    ) -> None:
        self.device_id = device_id
        self._config = config
        self._exercises = exercises
        self._journal = journal
        self._revisions = revisions
        self._wall = WallClock(config.time_zone)
        self._training = Training(
            exercises,
            config.session.exercise,
            SessionRules(
                set_end_after_s=config.session.set_end_after_s,
                session_end_after_s=config.session.session_end_after_s,
            ),
            self._new_facts,
        )
        self._vision: VisionState = "starting"
        self._vision_detail = ""
        self._frame: PoseFrame | None = None
        self.vision_began_s: float | None = None
        """When vision first ran, on the monotonic clock."""
        self._time_s = self._arrived_s = time.monotonic()
        self._heard_s = self._arrived_s
        """When vision last said anything; `_arrived_s` is when the newest frame came."""
        self._trouble = self._complaint = ""
        self._last_session: tuple[str, SyncState] | None = None
        self._kept: SessionMark | None = None
        self._kept_s = float("-inf")
        self._tidying = Tidying(journal, config, self._wall)
        loop = asyncio.get_running_loop()
        self._first_session: asyncio.Future[Session | None] = loop.create_future()
        self._link_failure: asyncio.Future[None] = loop.create_future()
        self._left_behind: set[str] = set()
        self._keep_now = asyncio.Event()
        self._sync_news = asyncio.Event()
        # A film played as fast as possible has a clock of its own, which stands still between frames.
        self._clock_runs = config.camera.kind != "file" or config.camera.pace != "fast"
        self._cloud = CloudLink(config.sync, device_id, journal, revisions, self._sync_news.set)
        self.forwarder = self._cloud.forwarder
        self.saver = Saver(self._save, self._set_trouble)
        self.view = LiveView(self._state())

    # What vision sends

    def receive(self, message: PoseFrame | VisionStatus) -> None:
        """Take one message of the vision link; called in the event loop, takes well under a millisecond.

        An error in here would only end the connection, again and again, so it ends the program (`fail_with_the_link`).
        """
        try:
            self._take(message)
        except Exception as error:
            if not self._link_failure.done():
                self._link_failure.set_exception(error)
            raise

    async def fail_with_the_link(self) -> None:
        """Wait for ever, or raise what went wrong with a message."""
        await asyncio.shield(self._link_failure)

    def _take(self, message: PoseFrame | VisionStatus) -> None:
        self._heard_s = time.monotonic()
        if isinstance(message, VisionStatus):
            self._receive_status(message)
            return
        self._frame = message
        self._vision = "running"
        arrived = self._now()
        self._arrived_s = self._heard_s
        self._time_s, finished = self._training.see(message, arrived)
        if finished:
            self.saver.add(finished)
        self.view.show(live_pose(message))
        self._show()

    def vision_gone(self) -> None:
        """The vision process closed its connection; the count stays."""
        if self._vision != "ended":
            self._lose_sight("lost")

    def _receive_status(self, status: VisionStatus) -> None:
        if status.state == "running" and self.vision_began_s is None:
            self.vision_began_s = time.monotonic()
        if status.state in ("starting", "running"):
            self._vision, self._vision_detail = status.state, status.detail
            self._show()
        else:
            self._lose_sight(status.state, status.detail)
        if status.state == "ended":
            self._end_of_film()

    def _lose_sight(self, state: VisionState, detail: str = "") -> None:
        """Nobody is seen until vision is back; the count stays."""
        logger.info("vision: %s %s", state, detail)
        self._vision, self._vision_detail = state, detail
        self._training.lose_sight()
        self.view.show(LivePose(width=4, height=3))
        self._show()

    def _end_of_film(self) -> None:
        session = self._training.finish(self._now())
        if session:
            self.saver.add(session)
        elif not self.saver.unsaved and not self._first_session.done():
            self._first_session.set_result(None)

    async def first_session(self) -> Session | None:
        """Wait for the first session saved since the start; None when a film ended without a rep or a hold."""
        return await asyncio.shield(self._first_session)

    # Time

    def _now(self) -> Moment:
        """The camera's clock, running on between frames."""
        elapsed_s = time.monotonic() - self._arrived_s if self._clock_runs else 0.0
        return Moment(time_s=self._time_s + elapsed_s, wall=self._wall.now())

    async def run_clock(self) -> None:
        """End sets and sessions also when no frames come."""
        while True:
            await asyncio.sleep(_TICK_S)
            silent = time.monotonic() - self._heard_s > _VISION_SILENT_S
            if silent and self._vision == "running":
                self._lose_sight("camera_lost", "no picture for 5 s")
            if self._clock_runs:
                finished = self._training.tick(self._now())
                if finished:
                    self.saver.add(finished)
            self._show()

    async def run_upkeep(self) -> None:
        """Keep the running session every few seconds and when a set ends; tidy the journal while nobody trains."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_KEEP_EVERY_S):
                    await self._keep_now.wait()
            self._keep_now.clear()
            if self._training.builder:
                await self.keep_running()
            elif not self._training.present:
                await self._tidying.tidy()

    # Saving

    def _new_facts(self) -> SessionFacts:
        settings = self._config.session
        return SessionFacts(
            session_id=str(uuid_utils.uuid7()),
            user_id=settings.user_id,
            user_name=settings.user_name,
            device_id=self.device_id,
            body_weight_kg=settings.body_weight_kg,
            boot_id=service.boot_id(),
            clock_certain=service.clock_is_certain(),
        )

    async def keep_running(self) -> None:
        """Journal the running session as it is now: when it has changed, and now and then while somebody is there."""
        builder, kept_s = self._training.builder, time.monotonic()
        if builder is None:
            return
        mark = builder.mark
        if mark == self._kept and not (self._training.present and kept_s - self._kept_s >= _KEEP_UNCHANGED_EVERY_S):
            return
        anchor = Anchor(started_s=kept_s - (self._now().time_s - builder.start_s), kept_s=kept_s)
        try:
            await self._journal.keep_running(builder.session(interrupted=True), anchor)
        except TemporaryError as error:
            self._set_trouble(f"Not saved yet: {error}")
        else:
            self._kept, self._kept_s = mark, kept_s
            if not self.saver.unsaved:
                self._set_trouble("")

    async def recover(self) -> None:
        """Go on with the session that a killed agent left behind a moment ago; have others saved as interrupted.

        A full disk can wait: it does not keep the agent from starting.
        """
        all_left = await self._journal.left_running()
        for left in all_left:
            if left is all_left[-1] and self._resume(left):
                break
            session = left.session
            logger.warning("session %s was interrupted with %d reps", session.session_id, session.reps)
            self._left_behind.add(session.session_id)
            self.saver.add(session)

    def _resume(self, left: LeftBehind) -> bool:
        """Put the session back if it is fresh. After another boot nobody knows how long ago it was kept."""
        session, anchor = left.session, left.anchor
        if anchor is None or session.boot_id != service.boot_id():
            return False
        if not 0 <= time.monotonic() - anchor.kept_s <= _RESUMABLE_S:
            return False
        # Until the first frame this kiosk's clock is the monotonic one, which the anchor was read from.
        try:
            self._training.resume(session, anchor.started_s, self._config.session.body_weight_kg, self._now())
        except PermanentError as error:
            logger.warning("session %s can't go on: %s", session.session_id, error)
            return False
        logger.warning("session %s goes on with %d reps", session.session_id, session.reps)
        return True

    async def close(self) -> None:
        """Save the running session before the program ends; a set cut short by that is marked as interrupted."""
        session = self._training.finish(self._now(), interrupted=True)
        if session:
            self.saver.add(session)
        await self.saver.drain()

    async def _save(self, session: Session) -> None:
        rev = self._revisions.tick(self._wall.unix_ms())
        path = await self._journal.save_session(session, rev, self._wall.stamp())
        logger.info("session %s saved: %d reps, %s", session.session_id, session.reps, path)
        self._last_session = (session.session_id, "saved")
        if session.session_id not in self._left_behind and not self._first_session.done():
            self._first_session.set_result(session)
        self.forwarder.nudge()
        self._show()

    def _set_trouble(self, words: str) -> None:
        self._trouble = words
        self._show()

    def complain(self, words: str) -> None:
        """Say on the pages what somebody must look after, for as long as this program runs."""
        self._complaint = words
        self._show()

    # The live view

    def _show(self) -> None:
        builder = self._training.builder
        if builder and self._kept and builder.mark.is_other_set(self._kept):
            self._keep_now.set()
        state = self._state()
        if state != self.view.state:
            self.view.show(state)

    def _state(self) -> LiveState:
        last_id, last_state = self._last_session or (None, None)
        frame = self._frame
        return msgspec.structs.replace(
            shown(self._training, self._now().time_s),
            last_session_id=last_id,
            last_session_state=last_state,
            vision=self._vision,
            vision_detail=self._vision_detail,
            fps=round(frame.fps) if frame else 0.0,
            skipped=frame.skipped if frame else 0,
            sync=self.forwarder.connection,
            trouble=self._trouble or self._complaint,
        )

    async def run_news(self) -> None:
        """Look up where the last session is whenever the forwarder has news."""
        while True:
            await self._sync_news.wait()
            self._sync_news.clear()
            await self._refresh_last_session()
            self._show()

    async def _refresh_last_session(self) -> None:
        if self._last_session:
            session_id = self._last_session[0]
            where = await self.whereabouts(session_id)
            if self._last_session and self._last_session[0] == session_id:
                self._last_session = (session_id, where.state)
                self._show()

    # What the pages ask (interface.KioskAgent)

    def live(self) -> LiveState:
        return self._state()

    def watch(self) -> AbstractAsyncContextManager[AsyncIterator[LiveState | LivePose]]:
        return self.view.watch()

    def exercises(self) -> tuple[ExerciseChoice, ...]:
        return tuple(ExerciseChoice(key=one.key, name=one.name) for one in self._exercises.values())

    async def choose_exercise(self, key: str) -> None:
        self._training.choose(key, self._now())
        self._show()

    async def finish_session(self) -> Session | None:
        session = self._training.finish(self._now())
        saved = self.saver.add(session) if session else self.saver.newest
        if saved:
            await self._wait_for(saved)
        return session

    async def _wait_for(self, saved: asyncio.Future[None]) -> None:
        """Raises `TemporaryError` when saving takes longer than a person would wait; it goes on nevertheless."""
        try:
            async with asyncio.timeout(_SAVED_WITHIN_S):
                await asyncio.shield(saved)
        except TimeoutError:
            raise TemporaryError(self._trouble or "Not saved yet; the kiosk goes on trying") from None

    async def sessions(self, user_id: str | None, limit: int, cursor: str | None) -> SessionPage:
        return await self._journal.sessions(user_id, limit, cursor)

    async def session(self, session_id: str) -> Session:
        return await self._journal.session(session_id)

    async def whereabouts(self, session_id: str) -> Whereabouts:
        return await self._cloud.whereabouts(session_id)

    async def sync_status(self) -> SyncStatus:
        return await self._cloud.status()

    async def retry_sync(self) -> None:
        self.forwarder.hurry()

    async def retry_refused(self, key: str | None) -> int:
        return await self._cloud.retry_refused(key)
