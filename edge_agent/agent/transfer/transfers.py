"""Taking workouts in and out for members (`interface.Transfer`): imports run beside everything else, in small steps.

A report lives as long as this program; an import that was stopped is simply run again, for what has landed is known
then.
"""

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge_agent.agent.transfer.landing import Complete, Fingerprint, Landing, fingerprint
from edge_agent.agent.transfer.outgoing import Outgoing
from edge_agent.agent.transfer.reporting import Progress
from edge_agent.agent.writing import Writer
from edge_agent.coaching.exercise import Exercise
from edge_agent.config import SessionConfig
from edge_agent.errors import ConflictError, EdgeError, PermanentError, TemporaryError
from edge_agent.history.answers import Wanted
from edge_agent.importing import formats
from edge_agent.importing.names import Naming
from edge_agent.importing.told import Item, Reading
from edge_agent.interface.history import History
from edge_agent.interface.people import Profile
from edge_agent.interface.transfer import ExportFormat, ImportFormat, ImportReport
from edge_agent.phrase import Phrase
from edge_agent.records import Record
from edge_agent.sessions.calories import with_kcal

logger = logging.getLogger(__name__)

_SAVED_AT_ONCE = 5
"""Workouts in one turn of the journal: a set that ends meanwhile is saved without being noticed to wait."""
_LOOKED_AT_AT_ONCE = 50
_PAGE = 100
_REPORTS_KEPT = 20
_MOST_AT_A_TIME = 2
"""Imports of all members together: each holds its whole file in memory."""


class Place(Record, frozen=True, kw_only=True):
    """Where this runs."""

    device_id: str
    zone: ZoneInfo
    """The gym's, for members who have chosen none."""
    body_weight_kg: float = SessionConfig().body_weight_kg
    """For the calories of members who have not said theirs."""
    trusts_exports: bool = False
    """Whether our own exports are taken as they are, as whoever has the machine may ask for."""


class Transfers:
    """Implements `interface.Transfer`."""

    def __init__(
        self,
        place: Place,
        exercises: Mapping[str, Exercise],
        writer: Writer,
        history: History,
        admit: Callable[[str], Awaitable[object]] | None = None,
    ) -> None:
        """`admit` makes a member of whom only a token has named, before something is kept under their name."""
        self._place = place
        self._admit = admit
        self._writer = writer
        self._journal = writer.journal
        self._exercises = exercises
        self._naming = Naming(exercises)
        self._outgoing = Outgoing(writer.journal, writer.wall, history, place.device_id)
        self._progress: OrderedDict[str, Progress] = OrderedDict()
        self._running: dict[str, asyncio.Task[None]] = {}

    # In

    async def start_import(
        self, user_id: str, name: str, content: bytes, file_format: ImportFormat, *, dry_run: bool
    ) -> ImportReport:
        await self._reading(user_id)
        self._check_room(user_id)
        known = None if file_format == "auto" else file_format
        if known is None:
            told = await asyncio.to_thread(formats.tell_format, name, content)
            known = None if told == "zip" else told
            self._check_room(user_id)
        if self._admit and not dry_run:
            await self._admit(user_id)
        reading = await self._reading(user_id)
        self._check_room(user_id)  # somebody may have come while the format was looked for
        progress = Progress(secrets.token_urlsafe(12), user_id, known or "auto", dry_run=dry_run)
        self._remember(progress)
        work = self._import(progress, reading, name, content, known)
        task = asyncio.create_task(work, name=f"import-{progress.import_id}")
        self._running[user_id] = task
        task.add_done_callback(lambda _: self._running.pop(user_id, None))
        return progress.report()

    async def take_in(self, user_id: str, content: bytes, file_format: ImportFormat) -> ImportReport:
        report = await self._take_in(user_id, content, file_format, dry_run=True)
        if not report.new:  # nobody becomes a member for what is not kept
            return report
        if self._admit:
            await self._admit(user_id)
        return await self._take_in(user_id, content, file_format, dry_run=False)

    async def _take_in(self, user_id: str, content: bytes, file_format: ImportFormat, *, dry_run: bool) -> ImportReport:
        reading = await self._reading(user_id)
        progress = Progress("", user_id, file_format, dry_run=dry_run)
        landing = Landing(user_id, {}, await self._completing(user_id), dry_run=dry_run)
        items = list(formats.read("body", content, None if file_format == "auto" else file_format, reading))
        progress.begin(len(items))
        progress.add(await self._writer.write_steps(landing.land, items))
        progress.finish()
        return progress.report()

    async def report(self, user_id: str, import_id: str) -> ImportReport:
        progress = self._progress.get(import_id)
        if progress is None or progress.user_id != user_id:
            raise PermanentError(
                "no import {import_id!r}; what has landed of it is in the history", import_id=import_id
            )
        return progress.report()

    async def finished(self, user_id: str, import_id: str) -> ImportReport:
        """Return the report once an import has ended."""
        if task := self._running.get(user_id):
            await asyncio.wait({task})
        return await self.report(user_id, import_id)

    async def close(self) -> None:
        """Stop what is running; the journal keeps what has landed."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _check_room(self, user_id: str) -> None:
        if user_id in self._running:
            raise ConflictError("an import of yours is running; wait until it is done")
        if len(self._running) >= _MOST_AT_A_TIME:
            raise ConflictError("others are importing right now; try again in a minute")

    def _remember(self, progress: Progress) -> None:
        self._progress[progress.import_id] = progress
        ended = [one.import_id for one in self._progress.values() if not one.is_running]
        for import_id in ended[: max(0, len(self._progress) - _REPORTS_KEPT)]:
            del self._progress[import_id]

    async def _import(
        self, progress: Progress, reading: Reading, name: str, content: bytes, known: formats.FileFormat | None
    ) -> None:
        """Read and land a file; the supervisor of its own task."""
        try:
            progress.begin(await _counted(formats.read(name, content, known, reading)))
            await self._land(progress, reading.user_id, formats.read(name, content, known, reading))
        except asyncio.CancelledError:
            progress.fail(Phrase("stopped; run it again, and it goes on where it was"))
            raise
        except TemporaryError as error:
            words = "{reason}; run it again, and it goes on where it was"
            progress.fail(Phrase(words, reason=error.phrase))
        except EdgeError as error:
            progress.fail(error.phrase)
        except Exception:
            logger.exception("import %s of %s failed", progress.import_id, reading.user_id)
            progress.fail(Phrase("this program made a mistake; its log says more"))
        else:
            progress.finish()

    async def _land(self, progress: Progress, user_id: str, items: Iterator[Item]) -> None:
        """Land what a file holds while it is read, a second time: reading is quick, and all of it might be much."""
        present, complete = await self._present(user_id), await self._completing(user_id)
        landing = Landing(user_id, present, complete, dry_run=progress.dry_run)
        at_once = _LOOKED_AT_AT_ONCE if progress.dry_run else _SAVED_AT_ONCE
        while chunk := await asyncio.to_thread(lambda: list(islice(items, at_once))):
            progress.add(await self._writer.write_steps(landing.land, chunk))

    async def _present(self, user_id: str) -> dict[Fingerprint, str]:
        """Return the ids of the member's workouts by what was done."""
        found: dict[Fingerprint, str] = {}
        cursor: str | None = None
        while True:
            page = await self._journal.sessions(user_id, _PAGE, cursor)
            found |= {fingerprint(one): one.session_id for one in page.sessions}
            cursor = page.next_cursor
            if cursor is None:
                return found

    async def _completing(self, user_id: str) -> Complete:
        """Return what counts the calories of this member."""
        _, profile = await self._member(user_id)
        weight_kg = profile.body_weight_kg or self._place.body_weight_kg
        return partial(with_kcal, exercises=self._exercises, body_weight_kg=weight_kg)

    async def _member(self, user_id: str) -> tuple[str, Profile]:
        """Return a member's name and profile."""
        try:
            member: dict[str, Any] = await self._journal.record("member", user_id)
        except PermanentError:
            member = {}
        return str(member.get("name") or user_id), _profile(member)

    async def _reading(self, user_id: str) -> Reading:
        """Return how this member's files are read. Raises `PermanentError` for one who wants no history kept."""
        name, profile = await self._member(user_id)
        if not profile.keeps_history:
            raise PermanentError("the profile says that no history is kept; change that first")
        return Reading(
            user_id=user_id,
            user_name=name,
            device_id=self._place.device_id,
            zone=_zone(profile.time_zone) or self._place.zone,
            now=self._writer.wall.now(),
            named=self._naming,
            unit="lb" if profile.units == "imperial" else "kg",
            trusted=self._place.trusts_exports,
        )

    # Out

    def export(self, user_id: str, file_format: ExportFormat, wanted: Wanted) -> AsyncIterator[bytes]:
        return self._outgoing.parts(user_id, file_format, wanted)


async def _counted(items: Iterator[Item]) -> int:
    """Return how many there are; a few in one turn of a thread, for no thread can be stopped."""
    count = 0
    while some := await asyncio.to_thread(lambda: sum(1 for _ in islice(items, _LOOKED_AT_AT_ONCE))):
        count += some
    return count


def _profile(member: dict[str, Any]) -> Profile:
    try:
        return msgspec.convert(member.get("profile") or {}, Profile)
    except msgspec.ValidationError:
        return Profile()


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):
        return None
