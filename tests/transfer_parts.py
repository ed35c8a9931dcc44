"""Transfers over a real journal, as the agent and the commands compose them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from edge_agent.agent.figures import Figures
from edge_agent.agent.transfer.transfers import Place, Transfers
from edge_agent.agent.wall import WallClock
from edge_agent.agent.writing import Writer
from edge_agent.coaching.exercise import load_exercises
from edge_agent.config import Config
from edge_agent.history.answers import Wanted
from edge_agent.interface.transfer import ExportFormat, ImportFormat, ImportReport
from edge_agent.journal.files import Files
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Session
from edge_agent.sync.clock import HybridClock

NOW = "2026-11-01T00:00:00+01:00"
ALL = Wanted()


class Desk:
    """A journal with its transfers; `written` counts how often the forwarder was woken."""

    def __init__(self, journal: Journal, worker: JournalWorker, *, trusts_exports: bool) -> None:
        self.journal = journal
        self.written = 0
        self._clock = HybridClock(journal.device_id, journal.last_rev())
        place = Place(device_id=journal.device_id, zone=ZoneInfo("Europe/Berlin"), trusts_exports=trusts_exports)
        figures = Figures(worker, Config(), handed_over=lambda *_: False)
        self.transfers = Transfers(
            place, load_exercises(), Writer(worker, self._clock, WallClock("Europe/Berlin"), self._wake), figures
        )

    def _wake(self) -> None:
        self.written += 1

    def rev(self) -> str:
        return self._clock.tick(time.time_ns() // 1_000_000)

    def save(self, *sessions: Session) -> None:
        for session in sessions:
            self.journal.save_session(session, self.rev(), NOW)

    async def bring(
        self,
        content: str | bytes,
        user_id: str = "ann",
        name: str = "file.csv",
        file_format: ImportFormat = "auto",
        *,
        dry_run: bool = False,
    ) -> ImportReport:
        """Import a file to its end."""
        raw = content.encode() if isinstance(content, str) else content
        begun = await self.transfers.start_import(user_id, name, raw, file_format, dry_run=dry_run)
        return await self.transfers.finished(user_id, begun.import_id)

    async def export(self, file_format: ExportFormat, user_id: str = "ann", wanted: Wanted = ALL) -> bytes:
        return b"".join([part async for part in self.transfers.export(user_id, file_format, wanted)])

    def sessions(self, user_id: str = "ann") -> Sequence[Session]:
        """All sessions of a member, whole, newest first."""
        found = self.journal.sessions(user_id, 200).sessions
        return [self.journal.session(one.session_id) for one in found]


@contextmanager
def desk(folder: Path, *, trusts_exports: bool = False, files: Files | None = None) -> Iterator[Desk]:
    """Open the journal of a folder."""
    with Journal.open(folder, files=files) as journal, JournalWorker(journal) as worker:
        yield Desk(journal, worker, trusts_exports=trusts_exports)
