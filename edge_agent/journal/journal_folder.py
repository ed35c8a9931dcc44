"""A journal in its folder: opened, opened again after a failed write, tidied and closed."""

import re
import secrets
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from edge_agent.errors import ConfigError, EdgeError, TemporaryError
from edge_agent.journal.files import Files, refusal
from edge_agent.journal.opened import Opened
from edge_agent.journal.placing import finish_at_start

T = TypeVar("T")


class JournalFolder:
    """An open journal in its folder; `damage` tells in words what opening it found."""

    def __init__(self, folder: Path, device_name: str, files: Files) -> None:
        self.damage: tuple[str, ...] = ()
        self._folder = folder
        self._files = files
        self._load()
        try:
            self.device_id = self.setting("device_id", lambda: _device_id(device_name))
        except EdgeError:
            self.close()
            raise

    @classmethod
    def open(cls, folder: Path, device_name: str = "kiosk", files: Files | None = None) -> Self:
        """Open the journal of a folder, which is made when it is missing.

        `device_name` begins the device id of a new journal. Raises `ConfigError` (in use, newer, no access) and
        `TemporaryError` (a new journal on a full disk).
        """
        files = files or Files()
        finish_at_start(folder)
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            files.mkdir(folder / "sessions")
            for made in missing:
                files.fsync_folder(made.parent)  # else a power cut may take the folder with all that was saved in it
        except OSError as error:
            raise refusal(f"{folder}: cannot be made", error, "set storage.folder to another") from error
        return cls(folder, device_name, files)

    def close(self) -> None:
        """Give the folder back."""
        self._tables.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def tables(self) -> Opened:
        """The tables themselves, for who makes a journal anew."""
        return self._tables

    def setting(self, name: str, default_factory: Callable[[], T]) -> T:
        """Return a persisted JSON value; the first time it is what `default_factory` returns, which is then kept."""
        return self._tables.setting(name, default_factory)

    def tidy(self) -> bool:
        """Compact the journal if more than half of it is dead, or somebody has left; for a quiet moment.

        Returns whether it was done. Takes about a second for 100 MB. Void files that could not be removed
        are tried again. Raises `TemporaryError`; the journal is then as it was.
        """
        self._mend()
        self._tables.void.remove()
        log, farewells = self._tables.log, self._tables.accounts.unerased()
        if not log.wants_compaction and not farewells:
            return False
        log.compact()
        with self._tables.transaction():
            for one in farewells:
                self._tables.accounts.put(msgspec.structs.replace(one, erased=True))
        return True

    def _load(self) -> None:
        self._tables = Opened(self._folder, self._files)
        self.damage += self._tables.damage

    def _mend(self) -> None:
        """Open the journal again after a failed write; what is on disk is then known again."""
        if not self._tables.log.fault:
            return
        self._tables.close()
        try:
            self._load()
        except ConfigError as error:
            raise TemporaryError(error.phrase) from error
        if self._tables.log.fault:
            raise TemporaryError(self._tables.log.fault)


def _device_id(name: str) -> str:
    """Return a new id that may stand in an MQTT topic."""
    return f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-') or 'kiosk'}-{secrets.token_hex(4)}"
