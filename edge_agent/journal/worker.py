"""The journal's own thread, named `journal`: what blocks on the disk never blocks the event loop.

At most 64 calls wait at a time; whoever comes later waits for a place before its call is queued. Calls run in the order
they came. A call whose caller is cancelled is dropped if it has not begun, else it runs to its end unheard.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from edge_agent.digests import Version
from edge_agent.history.calendar import Calendar
from edge_agent.journal.accounts import Access, Accounts, Farewell
from edge_agent.journal.retention import Retention
from edge_agent.journal.running import Anchor, LeftBehind
from edge_agent.journal.tables import Journal, Question
from edge_agent.records import (
    Change,
    FeedPlace,
    OutboxCounts,
    PackedChange,
    Receipt,
    Refusal,
    Session,
    SessionPage,
    Whereabouts,
)

P = ParamSpec("P")
T = TypeVar("T")

_LONGEST_QUEUE = 64


class JournalWorker:
    """Each method is the journal's of the same name. Leaving the `with` finishes what is queued."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._places = asyncio.Semaphore(_LONGEST_QUEUE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        self._thread.shutdown(wait=True)

    async def save_session(self, session: Session, rev: str, saved_at: str) -> Path:
        return await self._run(self._journal.save_session, session, rev, saved_at)

    async def keep_running(self, session: Session, anchor: Anchor | None = None) -> None:
        await self._run(self._journal.keep_running, session, anchor)

    async def left_running(self) -> list[LeftBehind]:
        return await self._run(self._journal.left_running)

    async def discard_running(self, session_id: str | None = None) -> None:
        await self._run(self._journal.discard_running, session_id)

    async def session(self, session_id: str) -> Session:
        return await self._run(self._journal.session, session_id)

    async def sessions(self, user_id: str | None, limit: int, cursor: str | None = None) -> SessionPage:
        return await self._run(self._journal.sessions, user_id, limit, cursor)

    async def history(self, user_id: str, calendar: Calendar, question: Question[T]) -> T:
        """Ask a question of a member's history, whose answer is never None; others get their turn while it is read."""
        while True:
            answer = await self._run(self._journal.history, user_id, calendar, question)
            if answer is not None:
                return answer

    async def remove_session(self, session_id: str, removed_at: str) -> None:
        await self._run(self._journal.remove_session, session_id, removed_at)

    async def restore_session(self, session_id: str) -> None:
        await self._run(self._journal.restore_session, session_id)

    async def removed_session(self, session_id: str) -> Session:
        return await self._run(self._journal.removed_session, session_id)

    async def removed_sessions(self) -> dict[str, str]:
        return await self._run(self._journal.removed_sessions)

    async def add_member(
        self, doc: dict[str, Any], access: Access, rev: str, saved_at: str, wait_for_cloud: bool = False
    ) -> None:
        await self._run(self._journal.add_member, doc, access, rev, saved_at, wait_for_cloud)

    async def delete_member(self, user_id: str, code_hash: str, rev: str, saved_at: str) -> Farewell:
        return await self._run(self._journal.delete_member, user_id, code_hash, rev, saved_at)

    async def keep_accounts(self, change: Callable[[Accounts], T]) -> T:
        return await self._run(self._journal.keep_accounts, change)

    async def whereabouts(self, session_id: str) -> Whereabouts:
        return await self._run(self._journal.whereabouts, session_id)

    async def pending(self, limit: int, after: str = "") -> list[PackedChange]:
        return await self._run(self._journal.pending, limit, after)

    async def apply_receipts(self, receipts: Sequence[Receipt], at: str) -> None:
        await self._run(self._journal.apply_receipts, receipts, at)

    async def retry_refused(self, keys: Sequence[str] | None = None) -> int:
        return await self._run(self._journal.retry_refused, keys)

    async def counts(self) -> OutboxCounts:
        return await self._run(self._journal.counts)

    async def put_record(self, entity: str, key: str, doc: dict[str, Any], rev: str, saved_at: str) -> None:
        await self._run(self._journal.put_record, entity, key, doc, rev, saved_at)

    async def revise_record(
        self,
        entity: str,
        key: str,
        change: Callable[[dict[str, Any]], dict[str, Any]],
        rev: str,
        saved_at: str,
        if_rev: str | None = None,
    ) -> dict[str, Any]:
        return await self._run(self._journal.revise_record, entity, key, change, rev, saved_at, if_rev)

    async def delete_record(self, entity: str, key: str, rev: str, saved_at: str) -> None:
        await self._run(self._journal.delete_record, entity, key, rev, saved_at)

    async def record(self, entity: str, key: str) -> dict[str, Any]:
        return await self._run(self._journal.record, entity, key)

    async def record_keys(self, entity: str) -> list[str]:
        return await self._run(self._journal.record_keys, entity)

    async def record_history(self, entity: str, key: str) -> list[Change]:
        return await self._run(self._journal.record_history, entity, key)

    async def refusals(self) -> list[Refusal]:
        return await self._run(self._journal.refusals)

    async def feed_place(self) -> FeedPlace:
        return await self._run(self._journal.feed_place)

    async def merge(self, changes: Sequence[Change], place: FeedPlace, at: str) -> None:
        await self._run(self._journal.merge, changes, place, at)

    async def versions(
        self, place: tuple[int, int] = (0, 0), limit: int = 500
    ) -> tuple[list[Version], tuple[int, int] | None]:
        return await self._run(self._journal.versions, place, limit)

    async def send_again(self, names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        return await self._run(self._journal.send_again, names)

    async def last_rev(self) -> str | None:
        return await self._run(self._journal.last_rev)

    async def setting(self, name: str, default_factory: Callable[[], T]) -> T:
        return await self._run(self._journal.setting, name, default_factory)

    async def move_detail(self, retention: Retention, limit: int) -> int:
        return await self._run(self._journal.move_detail, retention, limit)

    async def tidy(self) -> bool:
        return await self._run(self._journal.tidy)

    async def ask(self, question: Callable[[Journal], T]) -> T:
        """Run something of several steps in the journal's thread, with nothing of others in between."""
        return await self._run(question, self._journal)

    async def _run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        async with self._places:
            return await asyncio.get_running_loop().run_in_executor(self._thread, partial(call, *args, **kwargs))
