"""The tables of one open journal file, brought into agreement with each other when it is opened."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar, cast

from tinydb import where

from edge_agent.errors import ConfigError
from edge_agent.journal.accounts import Accounts
from edge_agent.journal.files import Files
from edge_agent.journal.histories import Histories
from edge_agent.journal.kinds import PlainKind
from edge_agent.journal.log import Log
from edge_agent.journal.outbox import Outbox, SyncRow
from edge_agent.journal.running import Running
from edge_agent.journal.session_kind import SessionKind
from edge_agent.journal.session_table import SessionTable
from edge_agent.journal.storage import JournalStorage
from edge_agent.journal.synced import SyncedRecords
from edge_agent.journal.table import JournalDB, open_table
from edge_agent.journal.void import VoidFiles
from edge_agent.records import ENTITIES

T = TypeVar("T")

_VERSION = 5
"""Of the tables' fields; the file's own format has a version too (lines.FORMAT). 2 brought a running session's anchor
and sessions whose per-rep detail is in a file, 3 records of other kinds and deletions, 4 who signs in here and sessions
that can be taken back, 5 wrong PINs among those who sign in; older ones read the same.
"""


class Opened:
    """Holds the file until `close`; `damage` tells in words what opening it found."""

    def __init__(self, folder: Path, files: Files) -> None:
        """Raises `ConfigError` (in use, newer, no access) and `TemporaryError` (a new journal on a full disk)."""
        self._folder = folder
        self._db = JournalDB(folder / "journal", files)
        try:
            self._load(files)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        self._db.close()

    @property
    def log(self) -> Log:
        return cast("JournalStorage", self._db.storage).log

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes inside one commit; an exception undoes them all."""
        return self._db.transaction()

    def setting(self, name: str, default_factory: Callable[[], T]) -> T:
        """Return a persisted JSON value; the first time it is what `default_factory` returns, which is then kept."""
        row = self._settings.get(where("name") == name)
        if row is not None:
            return cast("T", row["value"])
        value = default_factory()
        self._settings.insert({"name": name, "value": value})
        return value

    def _load(self, files: Files) -> None:
        self._settings = open_table(self._db, "settings")
        version = self.setting("tables", lambda: _VERSION)
        if version > _VERSION:
            raise ConfigError(f"{self._folder}: its journal was written by a newer edge-agent; upgrade this one")
        self.sessions = SessionTable(self._db, self._folder / "sessions", files)
        self.kind = SessionKind(self.sessions, Outbox(self._db, "session", self.sessions.find))
        """The sessions among the records."""
        others = {entity: PlainKind(self._db, entity) for entity in ENTITIES if entity != "session"}
        self.records = SyncedRecords(self._db, {"session": self.kind, **others})
        self.running = Running(self._db)
        self.accounts = Accounts(self._db)
        self.void = VoidFiles(self._db, self.sessions)
        self.histories = Histories(self.sessions)
        self.damage = self.log.damage
        if not self.log.fault:
            if version < _VERSION:
                self._settings.update({"value": _VERSION}, where("name") == "tables")
            self.damage += tuple(self._told(row) for row in self.records.heal())
            self.void.remove()

    def _told(self, lost: SyncRow) -> str:
        file = f"; look for its file in {self.sessions.folder}" if lost.entity == "session" else ""
        return f"{lost.entity} {lost.key} is lost{file}"
