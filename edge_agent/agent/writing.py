"""New versions of records: each gets its revision and its date, goes into the journal, and wakes the forwarder."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from edge_agent.agent.wall import WallClock
from edge_agent.journal.accounts import Access, Farewell
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Session
from edge_agent.sync.clock import HybridClock

Fields = dict[str, Any]
T = TypeVar("T")
R = TypeVar("R")
Steps = Callable[[Sequence[T], Journal, Sequence[str], str], R]
"""Takes items, the journal, a new revision for each item, and now."""


class Writer:
    """What everybody in the agent writes with. Each method returns once all is on disk, and raises as the journal's."""

    def __init__(
        self, journal: JournalWorker, revisions: HybridClock, wall: WallClock, on_written: Callable[[], None]
    ) -> None:
        self.journal = journal
        self.wall = wall
        self._revisions = revisions
        self._on_written = on_written

    async def save_session(self, session: Session) -> Path:
        """Save a session, or a new version of it, and return its file."""
        path = await self.journal.save_session(session, self._rev(), self.wall.stamp())
        self._on_written()
        return path

    async def put(self, entity: str, key: str, doc: Fields) -> None:
        await self.journal.put_record(entity, key, doc, self._rev(), self.wall.stamp())
        self._on_written()

    async def revise(
        self, entity: str, key: str, change: Callable[[Fields], Fields], if_rev: str | None = None
    ) -> Fields:
        """Change a record as `change` says, in the journal's thread, and return its new document.

        Raises `ConflictError` when the present version is not `if_rev`.
        """
        doc = await self.journal.revise_record(entity, key, change, self._rev(), self.wall.stamp(), if_rev)
        self._on_written()
        return doc

    async def delete(self, entity: str, key: str) -> None:
        await self.journal.delete_record(entity, key, self._rev(), self.wall.stamp())
        self._on_written()

    async def add_member(self, doc: Fields, access: Access, *, wait_for_cloud: bool) -> None:
        await self.journal.add_member(doc, access, self._rev(), self.wall.stamp(), wait_for_cloud)
        self._on_written()

    async def delete_member(self, user_id: str, code_hash: str) -> Farewell:
        farewell = await self.journal.delete_member(user_id, code_hash, self._rev(), self.wall.stamp())
        self._on_written()
        return farewell

    async def write_steps(self, steps: Steps[T, R], items: Sequence[T]) -> R:
        """Run several steps in the journal's thread with nothing of others in between; each item has its revision."""
        revs, now = [self._rev() for _ in items], self.wall.stamp()
        result = await self.journal.ask(lambda journal: steps(items, journal, revs, now))
        self._on_written()
        return result

    def _rev(self) -> str:
        return self._revisions.tick(self.wall.unix_ms())
