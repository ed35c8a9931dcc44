"""A member's workouts as files, part by part: a page of them is in memory, never all."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from edge_agent import __version__
from edge_agent.agent.wall import WallClock
from edge_agent.errors import PermanentError
from edge_agent.exporting import everything, fit, table
from edge_agent.exporting.zip_stream import ZipStream
from edge_agent.history.answers import Wanted
from edge_agent.interface.history import History
from edge_agent.interface.transfer import ExportFormat
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import ENTITIES, Session

_PAGE = 20
_OTHER_RECORDS = tuple(entity for entity in ENTITIES if entity not in ("session", "member"))


class Outgoing:
    """Reads the journal page by page; compressing is done in a thread, beside the event loop."""

    def __init__(self, journal: JournalWorker, wall: WallClock, history: History, device_id: str) -> None:
        self._journal = journal
        self._wall = wall
        self._history = history
        self._device_id = device_id

    def parts(self, user_id: str, file_format: ExportFormat, wanted: Wanted) -> AsyncIterator[bytes]:
        """Return the parts of a file."""
        match file_format:
            case "csv":
                return self._csv(user_id, wanted)
            case "fit":
                return self._fit(user_id, wanted)
            case "json":
                return self._json(user_id, wanted)

    async def _csv(self, user_id: str, wanted: Wanted) -> AsyncIterator[bytes]:
        yield table.header()
        async for page in self._pages(user_id, wanted):
            yield await asyncio.to_thread(table.rows, page)

    async def _fit(self, user_id: str, wanted: Wanted) -> AsyncIterator[bytes]:
        archive = ZipStream(self._wall.now())
        left_out: list[str] = []
        async for page in self._pages(user_id, wanted):
            yield await asyncio.to_thread(_add_fit_files, archive, page, left_out)
        if left_out:
            archive.add("left_out.txt", "\n".join([*left_out, ""]).encode())
        yield archive.finish()

    async def _json(self, user_id: str, wanted: Wanted) -> AsyncIterator[bytes]:
        """Workouts first and their files afterwards: a zip is written one file after the other."""
        archive = ZipStream(self._wall.now())
        member = await self._journal.ask(partial(_member, user_id=user_id))
        name = str(member.get("name") or user_id)
        archive.add("README.txt", everything.readme(name, self._wall.stamp(), self._device_id, __version__))
        archive.add("profile.json", everything.pretty(member))
        archive.begin(everything.WORKOUTS)
        async for page in self._pages(user_id, wanted):
            yield await asyncio.to_thread(_write_lines, archive, page)
        async for page in self._pages(user_id, wanted):
            yield await asyncio.to_thread(_add_session_files, archive, page)
        for entity in _OTHER_RECORDS:
            found = await self._journal.ask(partial(_records, entity=entity, user_id=user_id))
            if found:
                archive.add(f"records/{entity}.jsonl", everything.lines(found))
        yield archive.finish()

    async def _pages(self, user_id: str, wanted: Wanted) -> AsyncIterator[list[Session]]:
        """Yield whole workouts, oldest first."""
        cursor: str | None = None
        while True:
            page = await self._history.sessions(user_id, wanted, "oldest", _PAGE, cursor)
            ids = [one.session_id for one in page.sessions]
            yield await self._journal.ask(partial(_whole, ids=ids, user_id=user_id))
            cursor = page.next_cursor
            if cursor is None:
                return


def _whole(journal: Journal, ids: list[str], user_id: str) -> list[Session]:
    """Return workouts with their reps; one that was deleted or given away a moment ago is not theirs any more."""
    found = []
    for session_id in ids:
        try:
            session = journal.session(session_id)
        except PermanentError:
            continue
        if session.user_id == user_id:
            found.append(session)
    return found


def _member(journal: Journal, user_id: str) -> dict[str, Any]:
    try:
        return journal.record("member", user_id)
    except PermanentError:
        return {"user_id": user_id}


def _records(journal: Journal, entity: str, user_id: str) -> list[dict[str, Any]]:
    """Return all records of a kind that belong to a member, each with its key."""
    found = ((key, journal.record(entity, key)) for key in journal.record_keys(entity))
    return [{"key": key, "record": doc} for key, doc in found if doc.get("user_id") == user_id]


def _write_lines(archive: ZipStream, page: list[Session]) -> bytes:
    archive.write(everything.lines(page))
    return archive.drain()


def _add_session_files(archive: ZipStream, page: list[Session]) -> bytes:
    for session in page:
        archive.add(*everything.session_file(session))
    return archive.drain()


def _add_fit_files(archive: ZipStream, page: list[Session], left_out: list[str]) -> bytes:
    for session in page:
        try:
            archive.add(fit.fit_name(session), fit.fit_file(session))
        except ValueError as error:
            left_out.append(f"{session.session_id}: {error}")
    return archive.drain()
