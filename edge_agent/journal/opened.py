"""The tables of one open journal file, brought into agreement with each other when it is opened."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar, cast

from tinydb import where

from edge_agent.errors import ConfigError
from edge_agent.journal.files import Files
from edge_agent.journal.kept import sync_row
from edge_agent.journal.log import Log
from edge_agent.journal.outbox import Outbox
from edge_agent.journal.running import Running
from edge_agent.journal.session_table import SessionTable
from edge_agent.journal.storage import JournalStorage
from edge_agent.journal.table import JournalDB, open_table

T = TypeVar("T")

_VERSION = 2
"""Of the tables' fields; the file's own format has a version too (lines.FORMAT). 2 brought a running session's anchor
and sessions whose per-rep detail is in a file; what it reads of 1 is the same.
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
        self.outbox = Outbox(self._db, "session", self.sessions.find)
        self.running = Running(self._db)
        self.damage = self.log.damage
        if not self.log.fault:
            if version < _VERSION:
                self._settings.update({"value": _VERSION}, where("name") == "tables")
            self._heal()

    def _heal(self) -> None:
        """Bring sessions and outbox rows together again after damage took one of a pair."""
        kept, rows = self.sessions.ids(), self.outbox.rows()
        with self.transaction():
            for doc_id in kept - rows:
                self.outbox.note(doc_id, sync_row(self.sessions.kept(doc_id)))
            for doc_id in rows - kept:
                row = self.outbox.row(doc_id)
                if row and row.state == "saved":
                    self.outbox.refuse(doc_id, "lost on the kiosk's damaged disk")
                    self.damage += (f"session {row.key} is lost; look for its file in {self.sessions.folder}",)
