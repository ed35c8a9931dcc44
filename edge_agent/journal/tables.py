"""The product's tables: finished sessions, running sessions, the outbox and small settings, all in one journal.

What belongs together is one commit. Nothing here is safe for several threads: `JournalWorker` gives it one of its own.
"""

import logging
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import msgspec
from tinydb import where
from tinydb.table import Document

from edge_agent.errors import ConfigError, EdgeError, PermanentError, TemporaryError
from edge_agent.journal.files import Files
from edge_agent.journal.indexes import Indexed, SessionIndexes
from edge_agent.journal.kept import Adoption, Kept, checked, sync_row
from edge_agent.journal.order import Place, instant
from edge_agent.journal.outbox import Outbox
from edge_agent.journal.retention import Retention, detail_path, read_detail, without_detail, write_detail
from edge_agent.journal.running import Anchor, LeftBehind, Running
from edge_agent.journal.session_files import write_session_file
from edge_agent.journal.storage import JournalStorage
from edge_agent.journal.table import JournalDB, JournalTable
from edge_agent.records import Change, OutboxCounts, Receipt, Session, SessionPage, Whereabouts

logger = logging.getLogger(__name__)

T = TypeVar("T")

_LONGEST_PAGE = 200
_TABLES_VERSION = 2
"""Of the tables' fields; the file's own format has a version too (lines.FORMAT). 2 brought a running session's anchor
and sessions whose per-rep detail is in a file; what it reads of 1 is the same.
"""


class Journal:
    """An open journal in its folder; `damage` tells in words what opening it found."""

    def __init__(self, folder: Path, device_name: str, files: Files) -> None:
        self.damage: tuple[str, ...] = ()
        self._folder = folder
        self._session_folder = folder / "sessions"
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
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        try:
            (folder / "sessions").mkdir(parents=True, exist_ok=True)
            for made in missing:
                files.fsync_folder(made.parent)  # else a power cut may take the folder with all that was saved in it
        except OSError as error:
            raise ConfigError(f"{folder}: cannot be made ({error.strerror}); set storage.folder to another") from error
        return cls(folder, device_name, files)

    def close(self) -> None:
        """Give the folder back."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Sessions

    def save_session(self, session: Session, rev: str, saved_at: str) -> Path:
        """Save a finished session, or a new version of it, and return its file once both are on disk.

        The file comes first, so every session in the journal has one. Session, outbox row and the end of the running
        session are one commit. Raises `TemporaryError` (try again) and `PermanentError` (not a sound session).
        """
        self._mend()
        document = checked(session)
        doc_id = self._indexes.ids.get(session.session_id)
        old_file = "" if doc_id is None else self._kept(doc_id).file
        old_detail = detail_path(self._session_folder, old_file) if old_file else None
        file = self._write_file(session, old_file)
        kept = Kept(rev=rev, saved_at=saved_at, file=file, session=document)
        fields = msgspec.to_builtins(kept)
        with self._db.transaction():
            if doc_id is None:
                doc_id = self._sessions.insert(fields)
            else:
                self._sessions.upsert(Document(fields, doc_id))
            self._outbox.note(doc_id, sync_row(kept))
            self._running.discard(session.session_id)
        if old_detail:
            old_detail.unlink(missing_ok=True)
        if old_file not in ("", file):
            (self._session_folder / old_file).unlink(missing_ok=True)
        return self._session_folder / file

    def adopt(self, sessions: Iterable[Adoption]) -> None:
        """Take in new sessions whose files are there already, as one commit. Raises `TemporaryError`."""
        self._mend()
        with self._db.transaction():
            for one in sessions:
                kept = Kept(rev=one.rev, saved_at=one.saved_at, file=one.file, session=checked(one.session))
                doc_id = self._sessions.insert(msgspec.to_builtins(kept))
                self._outbox.note(doc_id, sync_row(kept))

    def write_missing_files(self) -> int:
        """Write the session files that are not there, under their names; returns how many. Raises `TemporaryError`."""
        missing = 0
        for doc_id in list(self._indexes.ids.values()):
            kept = self._readable(doc_id)
            if kept and not (self._session_folder / kept.file).exists():
                self._write_file(msgspec.convert(kept.session, Session), kept.file)
                missing += 1
        return missing

    @property
    def session_count(self) -> int:
        return len(self._indexes.ids)

    def session(self, session_id: str) -> Session:
        """Return a session with its reps, wherever they are kept. Raises `PermanentError` when it is not known."""
        kept = self._kept(self._id(session_id))
        try:
            return msgspec.convert(self._whole(kept), Session)
        except PermanentError as error:
            logger.error("%s", error)
            return msgspec.convert(kept.session, Session)

    def move_detail(self, retention: Retention, limit: int) -> int:
        """Move the reps of up to `limit` old sessions that the cloud has confirmed to files, oldest sessions first.

        Neither revision nor digest of a session changes by that. Returns how many; fewer than `limit` means that no
        more are due. Raises `TemporaryError`; a session's reps are then where they were.
        """
        self._mend()
        moved: dict[int, Kept] = {}
        for doc_id in self._indexes.detailed.beyond(instant(retention.since), retention.newest):
            if len(moved) == limit:
                break
            row = self._outbox.row(doc_id)
            if row and row.state == "confirmed" and (kept := self._readable(doc_id)):
                self._write(partial(write_detail, self._files, self._detail_path(kept), kept.session))
                bare = without_detail(kept.session)
                moved[doc_id] = msgspec.structs.replace(kept, session=bare, detail=row.hash)
        with self._db.transaction():
            for doc_id, kept in moved.items():
                self._sessions.upsert(Document(msgspec.to_builtins(kept), doc_id))
        return len(moved)

    def sessions(self, user_id: str | None, limit: int, cursor: str | None = None) -> SessionPage:
        """Return up to `limit` (at most 200) sessions, newest first; `user_id` None means everybody's.

        Old ones come without their reps (`move_detail`); `session` has them. Raises `PermanentError` for a cursor that
        is none.
        """
        key = () if user_id is None else (user_id,)
        return self._page(*self._indexes.of_user.before(key, cursor, max(1, min(limit, _LONGEST_PAGE))))

    def sessions_of_exercise(self, user_id: str, exercise: str, limit: int, cursor: str | None = None) -> SessionPage:
        """Return up to `limit` (at most 200) sessions in which somebody did an exercise, newest first.

        `exercise` is its key. Raises `PermanentError` for a cursor that is none.
        """
        return self._page(
            *self._indexes.of_exercise.before((user_id, exercise), cursor, max(1, min(limit, _LONGEST_PAGE)))
        )

    def sessions_of_program(self, program_id: str, limit: int, cursor: str | None = None) -> SessionPage:
        """Return up to `limit` (at most 200) sessions of a program, newest first.

        Raises `PermanentError` for a cursor that is none.
        """
        return self._page(*self._indexes.of_program.before((program_id,), cursor, max(1, min(limit, _LONGEST_PAGE))))

    def _page(self, places: Sequence[Place], further: str | None) -> SessionPage:
        found = [kept for _, doc_id in places if (kept := self._readable(doc_id))]
        return SessionPage(
            sessions=tuple(msgspec.convert(kept.session, Session) for kept in found), next_cursor=further
        )

    def keep_running(self, session: Session, anchor: Anchor | None = None) -> None:
        """Keep an unfinished session against a kill of this program. Raises `TemporaryError`.

        Only with its `anchor` can it be gone on with afterwards.
        """
        self._mend()
        checked(session)
        with self._db.transaction():
            self._running.keep(session, anchor)

    def left_running(self) -> list[LeftBehind]:
        """Return the unfinished sessions, the one that was left first before the others."""
        return self._running.left()

    def discard_running(self, session_id: str | None = None) -> None:
        """Forget one unfinished session, or all."""
        self._mend()
        with self._db.transaction():
            self._running.discard(session_id)

    # Sync

    def whereabouts(self, session_id: str) -> Whereabouts:
        """Return where a session is. Raises `PermanentError` when it is not known."""
        doc_id = self._id(session_id)
        kept = self._kept(doc_id)
        row = self._outbox.row(doc_id) or sync_row(kept)
        return Whereabouts(
            session_id=session_id,
            state=row.state,
            rev=row.rev,
            hash=row.hash,
            saved_at=row.saved_at,
            file=str(self._session_folder / kept.file),
            confirmed_at=row.confirmed_at if row.state == "confirmed" else None,
            reason=row.refused or "",
        )

    def pending(self, limit: int, after: str = "") -> list[Change]:
        """Return what the cloud lacks, oldest first, from the first rev above `after` on.

        A record that has rotted on disk is parked as refused, so it holds up no other.
        """
        changes = []
        for doc_id, row in self._outbox.pending(limit, after):
            try:
                document = self._whole(self._kept(doc_id))
            except PermanentError as error:
                logger.error("%s", error)
                self._outbox.refuse(doc_id, "damaged on the kiosk's disk")
                continue
            changes.append(Change(entity=row.entity, key=row.key, rev=row.rev, op="put", hash=row.hash, doc=document))
        return changes

    def apply_receipts(self, receipts: Sequence[Receipt], at: str) -> None:
        """Take in the cloud's receipts as one commit; `at` is now. Raises `TemporaryError`."""
        self._mend()
        with self._db.transaction():
            for receipt in receipts:
                if receipt.entity == self._outbox.entity:
                    self._outbox.apply(receipt, at)

    def retry_refused(self, keys: Sequence[str] | None = None) -> int:
        """Make refused versions pending again, all for None. Returns how many."""
        self._mend()
        with self._db.transaction():
            return self._outbox.retry(keys)

    def counts(self) -> OutboxCounts:
        """Return how much the cloud has; costs the same however long the journal is."""
        return self._outbox.counts()

    def last_rev(self) -> str | None:
        """Return the highest rev given to anything here; None in a new journal."""
        return self._outbox.last_rev or None

    # Small values

    def setting(self, name: str, default_factory: Callable[[], T]) -> T:
        """Return a persisted JSON value; the first time it is what `default_factory` returns, which is then kept."""
        table = self._table("settings")
        row = table.get(where("name") == name)
        if row is not None:
            return cast("T", row["value"])
        value = default_factory()
        table.insert({"name": name, "value": value})
        return value

    def tidy(self) -> bool:
        """Compact the journal if more than half of it is dead; for a quiet moment. Returns whether it was done.

        Takes about a second for 100 MB. Raises `TemporaryError`; the journal is then as it was.
        """
        self._mend()
        log = self._storage.log
        if not log.wants_compaction:
            return False
        log.compact()
        return True

    # Inside

    def _load(self) -> None:
        self._db = JournalDB(self._folder / "journal", self._files)
        try:
            self._load_tables()
        except BaseException:
            self._db.close()
            raise

    def _load_tables(self) -> None:
        assert isinstance(self._db.storage, JournalStorage)
        self._storage = self._db.storage
        version = self.setting("tables", lambda: _TABLES_VERSION)
        if version > _TABLES_VERSION:
            raise ConfigError(f"{self._folder}: its journal was written by a newer edge-agent; upgrade this one")
        self._sessions = self._table("sessions")
        self._indexes = SessionIndexes()
        self._sessions.watch(Indexed, self._indexes.changed)
        self._outbox = Outbox(self._db, "session", self._indexes.ids.get)
        self._running = Running(self._db)
        self.damage += self._storage.log.damage
        if not self._storage.log.fault:
            if version < _TABLES_VERSION:
                self._table("settings").update({"value": _TABLES_VERSION}, where("name") == "tables")
            self._heal()

    def _mend(self) -> None:
        """Open the journal again after a failed write; what is on disk is then known again."""
        if not self._storage.log.fault:
            return
        self._db.close()
        try:
            self._load()
        except ConfigError as error:
            raise TemporaryError(str(error)) from error
        if self._storage.log.fault:
            raise TemporaryError(self._storage.log.fault)

    def _heal(self) -> None:
        """Bring sessions and outbox rows together again after damage took one of a pair."""
        kept, rows = set(self._indexes.ids.values()), self._outbox.rows()
        with self._db.transaction():
            for doc_id in kept - rows:
                self._outbox.note(doc_id, sync_row(self._kept(doc_id)))
            for doc_id in rows - kept:
                row = self._outbox.row(doc_id)
                if row and row.state == "saved":
                    self._outbox.refuse(doc_id, "lost on the kiosk's damaged disk")
                    self.damage += (f"session {row.key} is lost; look for its file in {self._session_folder}",)

    def _table(self, name: str) -> JournalTable:
        table = self._db.table(name)
        assert isinstance(table, JournalTable)
        return table

    def _id(self, session_id: str) -> int:
        try:
            return self._indexes.ids[session_id]
        except KeyError:
            raise PermanentError(f"no session {session_id!r}") from None

    def _kept(self, doc_id: int) -> Kept:
        return msgspec.convert(self._sessions.get(doc_id=doc_id), Kept)

    def _readable(self, doc_id: int) -> Kept | None:
        """Return a document, or None when it has rotted on disk."""
        try:
            return self._kept(doc_id)
        except PermanentError as error:
            logger.error("left out: %s", error)
            return None

    def _whole(self, kept: Kept) -> dict[str, Any]:
        """Return the session as it was saved. Raises `PermanentError` when the file with its reps is not sound."""
        return read_detail(self._detail_path(kept), kept.detail) if kept.detail else kept.session

    def _detail_path(self, kept: Kept) -> Path:
        return detail_path(self._session_folder, kept.file)

    def _write_file(self, session: Session, known_name: str) -> str:
        return self._write(partial(write_session_file, self._files, self._session_folder, session, known_name))

    def _write(self, write: Callable[[], T]) -> T:
        try:
            return write()
        except OSError as error:
            raise TemporaryError(f"{self._session_folder}: the session's file was not written: {error}") from error


def _device_id(name: str) -> str:
    """Return a new id that may stand in an MQTT topic."""
    return f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-') or 'kiosk'}-{secrets.token_hex(4)}"
