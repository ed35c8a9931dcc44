"""Workouts that have ended: saved, or forgotten as their member wants, and where the last one has come to."""

import asyncio
import logging
from collections.abc import Callable

from edge_agent.agent.cloud_link import CloudLink
from edge_agent.agent.saving import Saver
from edge_agent.agent.writing import Writer
from edge_agent.errors import PermanentError
from edge_agent.records import Session, SyncState

logger = logging.getLogger(__name__)


class EndedWorkouts:
    """Belongs to one event loop. `on_change` is called when something is saved or comes further."""

    def __init__(
        self, writer: Writer, cloud: CloudLink, on_change: Callable[[], None], on_trouble: Callable[[str], None]
    ) -> None:
        self.saver = Saver(self._save, on_trouble)
        self.last: tuple[str, SyncState] | None = None
        """The workout saved last, and how far it is."""
        self._writer = writer
        self._cloud = cloud
        self._on_change = on_change
        self._first: asyncio.Future[Session | None] = asyncio.get_running_loop().create_future()
        self._left_behind: set[str] = set()
        self._unkept: set[str] = set()

    def take(self, session: Session, *, keeps: bool) -> asyncio.Future[None]:
        """Take a workout; the future is done once it is saved, or forgotten when it is not to be kept."""
        if not keeps:
            self._unkept.add(session.session_id)
        return self.saver.add(session)

    def take_left_behind(self, session: Session) -> None:
        """Take one that a killed agent left behind."""
        self._left_behind.add(session.session_id)
        self.saver.add(session)

    async def first(self) -> Session | None:
        """Wait for the first workout saved since the start; None when a film ended without a rep or a hold."""
        return await asyncio.shield(self._first)

    def there_will_be_none(self) -> None:
        """The film is over: with nothing to save, nobody need wait for a first workout."""
        if not self.saver.unsaved and not self._first.done():
            self._first.set_result(None)

    async def refresh_last(self) -> None:
        """Look up where the last workout is."""
        if self.last:
            session_id = self.last[0]
            try:
                state: SyncState | None = (await self._cloud.whereabouts(session_id)).state
            except PermanentError:
                state = None  # deleted by its member
            if self.last and self.last[0] == session_id:
                self.last = (session_id, state) if state else None

    async def _save(self, session: Session) -> None:
        if session.session_id in self._unkept:
            await self._writer.journal.discard_running(session.session_id)
            self._unkept.discard(session.session_id)
            return
        path = await self._writer.save_session(session)
        logger.info("session %s saved: %d reps, %s", session.session_id, session.reps, path)
        self.last = (session.session_id, "saved")
        if session.session_id not in self._left_behind and not self._first.done():
            self._first.set_result(session)
        self._on_change()
