"""The kiosk: one training spot with its journal, its live view and its way to the cloud.

It takes what vision sends, saves what training finishes, and answers the web pages (`interface.KioskAgent`).
Everything here runs on one event loop; the journal's blocking work is done by its own thread.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager

from edge_agent.agent.cloud_link import CloudLink
from edge_agent.agent.ended import EndedWorkouts
from edge_agent.agent.figures import Figures
from edge_agent.agent.live import LiveView
from edge_agent.agent.people.bearers import Bearers
from edge_agent.agent.people.directory import Directory
from edge_agent.agent.people.kiosk_people import KioskPeople
from edge_agent.agent.people.leaving import Leaving
from edge_agent.agent.recovering import Recovering
from edge_agent.agent.seeing import Seeing
from edge_agent.agent.showing import Beside, live_state
from edge_agent.agent.sight import Sight
from edge_agent.agent.spot import Spot
from edge_agent.agent.tidying import Tidying
from edge_agent.agent.training import Training
from edge_agent.agent.transfer.transfers import Place, Transfers
from edge_agent.agent.wall import WallClock
from edge_agent.agent.workouts import KioskWorkouts
from edge_agent.agent.writing import Writer
from edge_agent.coaching.exercise import Exercise
from edge_agent.config import Config
from edge_agent.errors import PermanentError, TemporaryError
from edge_agent.interface import ExerciseChoice
from edge_agent.journal.worker import JournalWorker
from edge_agent.phrase import Phrase
from edge_agent.records import LivePose, LiveState, Session, SessionPage, SyncStatus, Whereabouts
from edge_agent.sessions.facts import SessionRules
from edge_agent.sync.clock import HybridClock

_KEEP_EVERY_S = 5.0
"""A running session is journaled this often (SPEC S3.3)."""
_TICK_S = 0.5
_SAVED_WITHIN_S = 5.0


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
        wall = WallClock(config.time_zone)
        self._sync_news = asyncio.Event()
        self._cloud = CloudLink(config.sync, device_id, journal, revisions, self._sync_news.set)
        self.forwarder = self._cloud.forwarder
        self._writer = Writer(journal, revisions, wall, self.forwarder.nudge)
        # A film played as fast as possible has a clock of its own, which stands still between frames.
        self._sight = Sight(wall, clock_runs=config.camera.kind != "file" or config.camera.pace != "fast")
        self._spot = Spot(config.session, device_id, self._sight)
        rules = SessionRules(
            set_end_after_s=config.session.set_end_after_s, session_end_after_s=config.session.session_end_after_s
        )
        self._training = Training(exercises, config.session.exercise, rules, self._spot.facts)
        self._spot.watch(self._training, self._trainee_changed)
        self._recovering = Recovering(journal, self._training, self._sight)
        self._tidying = Tidying(journal, config, wall)
        has_broker = bool(config.sync.broker)
        leaving = Leaving(self._writer, self.forwarder.handed_over, has_broker=has_broker)
        self.people = KioskPeople(config, Directory(self._writer), self._spot, Bearers(config.tokens, journal), leaving)
        self.workouts = KioskWorkouts(device_id, exercises, self._writer, self.people, self._cloud)
        self.history = Figures(journal, config, self.forwarder.handed_over)
        place = Place(device_id=device_id, zone=wall.zone, body_weight_kg=config.session.body_weight_kg)
        self.transfer = Transfers(place, exercises, self._writer, self.history, self.people.admit_workouts)
        self._trouble = self._complaint = ""
        self._keep_now = asyncio.Event()
        self._ended = EndedWorkouts(self._writer, self._cloud, self._show, self._set_trouble)
        self.saver, self.first_session = self._ended.saver, self._ended.first
        self.view = LiveView(self.live())
        self._seeing = Seeing(self._training, self._sight, self.view, self._seen, self._end_of_film)
        self.receive, self.vision_gone = self._seeing.receive, self._seeing.vision_gone
        self.fail_with_the_link = self._seeing.fail_with_the_link

    # What vision sends

    @property
    def vision_began_s(self) -> float | None:
        """When vision first ran, on the monotonic clock."""
        return self._sight.began_s

    def _seen(self, finished: Session | None) -> None:
        self._finished(finished)
        self._show()

    def _end_of_film(self) -> None:
        self._finished(self._training.finish(self._sight.now()))
        self._ended.there_will_be_none()

    # Time

    async def run_clock(self) -> None:
        """End sets and sessions also when no frames come."""
        while True:
            await asyncio.sleep(_TICK_S)
            self._seeing.check_silence()
            self._spot.see()
            if self._sight.clock_runs:
                self._finished(self._training.tick(self._sight.now()))
            self._show()

    async def run_upkeep(self) -> None:
        """Keep the running session every few seconds and when a set ends; tidy the journal while nobody trains."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_KEEP_EVERY_S):
                    await self._keep_now.wait()
            self._keep_now.clear()
            await self.workouts.purge()
            if self._training.builder:
                await self.keep_running()
            elif not self._training.present:
                await self._tidying.tidy()

    # Saving

    async def keep_running(self) -> None:
        """Journal the running session as it is now, or forget it there when it is not to be kept."""
        try:
            kept = await (self._recovering.keep() if self._spot.keeps else self._recovering.drop())
        except TemporaryError as error:
            self._set_trouble(Phrase("Not saved yet: {reason}", reason=error.phrase))
        else:
            if kept and not self.saver.unsaved:
                self._set_trouble("")

    async def recover(self) -> None:
        """Go on with the session that a killed agent left behind a moment ago; have others saved as interrupted.

        A full disk can wait: it does not keep the agent from starting.
        """
        await self.people.load()
        for session in await self._recovering.recover(self._come_back):
            self._ended.take_left_behind(session)
        if not self._training.builder:
            self._spot.ended()

    async def _come_back(self, left: Session) -> float:
        """Take whoever trained as trainee again, and return their body weight in kg."""
        account = None
        if left.user_id != self.people.guest_id:
            with contextlib.suppress(PermanentError):
                account = await self.people.account(left.user_id)
        self._spot.trainee = account
        return self._spot.body_weight_kg(account)

    def _trainee_changed(self, ended: Session | None, keeps: bool) -> None:
        """Take a workout that ended with the change; what is kept of one that goes on is out of date."""
        if ended:
            self._ended.take(ended, keeps=keeps)
        self._recovering.forget()
        self._keep_now.set()
        self._show()

    async def close(self) -> None:
        """Save the running session before the program ends; a set cut short by that is marked as interrupted."""
        await self.transfer.close()
        await self.people.close()
        self._finished(self._training.finish(self._sight.now(), interrupted=True))
        await self.saver.drain()

    def _finished(self, session: Session | None) -> asyncio.Future[None] | None:
        """Take a session that may have ended; the future is done once it is saved, or forgotten as its member wants."""
        if session is None:
            return None
        saved = self._ended.take(session, keeps=self._spot.keeps)
        self._spot.ended()
        return saved

    def _set_trouble(self, words: str) -> None:
        self._trouble = words
        self._show()

    def complain(self, words: str) -> None:
        """Say on the pages what somebody must look after, for as long as this program runs."""
        self._complaint = words
        self._show()

    # The live view

    def _show(self) -> None:
        if self._recovering.is_due:
            self._keep_now.set()
        state = self.live()
        if state != self.view.state:
            self.view.show(state)

    async def run_news(self) -> None:
        """Look up where the last session is whenever the forwarder has news."""
        while True:
            await self._sync_news.wait()
            self._sync_news.clear()
            await self.people.load()
            await self._ended.refresh_last()
            self._show()

    # What the pages ask (interface.KioskAgent)

    def live(self) -> LiveState:
        beside = Beside(
            trainee=self._spot.trainee.name if self._spot.trainee else "",
            kept=self._spot.keeps,
            last_session=self._ended.last,
            sync=Phrase.of(self.forwarder.connection),
            trouble=self._trouble or self._complaint,
        )
        return live_state(self._training, self._sight, beside)

    def watch(self) -> AbstractAsyncContextManager[AsyncIterator[LiveState | LivePose]]:
        return self.view.watch()

    def exercises(self) -> tuple[ExerciseChoice, ...]:
        return tuple(ExerciseChoice(key=one.key, name=one.name) for one in self._exercises.values())

    async def choose_exercise(self, key: str) -> None:
        self._training.choose(key, self._sight.now())
        self._show()

    async def finish_session(self) -> Session | None:
        keeps, session = self._spot.keeps, self._training.finish(self._sight.now())
        saved = self._finished(session) or self.saver.newest
        if saved:
            await self._wait_for(saved)
        return session if keeps else None

    async def _wait_for(self, saved: asyncio.Future[None]) -> None:
        """Raises `TemporaryError` when saving takes longer than a person would wait; it goes on nevertheless."""
        try:
            async with asyncio.timeout(_SAVED_WITHIN_S):
                await asyncio.shield(saved)
        except TimeoutError:
            raise TemporaryError(self._trouble or Phrase("Not saved yet; the kiosk goes on trying")) from None

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
