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

from edge_agent import canonical
from edge_agent.digests import Version
from edge_agent.errors import ConfigError, EdgeError, PermanentError, TemporaryError
from edge_agent.journal.files import Files
from edge_agent.journal.indexes import SessionIndexes
from edge_agent.journal.kept import Adoption, Kept, checked, sync_row
from edge_agent.journal.kinds import PlainKind, Void
from edge_agent.journal.order import Place, instant
from edge_agent.journal.outbox import Outbox, SyncRow
from edge_agent.journal.retention import Retention, detail_path, without_detail, write_detail
from edge_agent.journal.running import Anchor, LeftBehind, Running
from edge_agent.journal.session_kind import SessionKind
from edge_agent.journal.storage import JournalStorage
from edge_agent.journal.synced import SyncedRecords
from edge_agent.journal.table import JournalDB, JournalTable
from edge_agent.records import (
    ENTITIES,
    Change,
    FeedPlace,
    OutboxCounts,
    Receipt,
    Refusal,
    Session,
    SessionPage,
    Whereabouts,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")

_LONGEST_PAGE = 200
_TABLES_VERSION = 3
"""Of the tables' fields; the file's own format has a version too (lines.FORMAT). 2 brought a running session's anchor
and sessions whose per-rep detail is in a file, 3 records of other kinds and deletions; older ones read the same.
"""
_REFUSALS_TOLD = 50


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
        digest = canonical.digest(document)
        row = SyncRow(entity="session", key=session.session_id, rev=rev, hash=digest, saved_at=saved_at)
        with self._db.transaction():
            path, void = self._session_kind.put_with_file(row, document)
            self._running.discard(session.session_id)
        _remove(void)
        return path

    def adopt(self, sessions: Iterable[Adoption]) -> None:
        """Take in new sessions whose files are there already, as one commit. Raises `TemporaryError`."""
        self._mend()
        with self._db.transaction():
            for one in sessions:
                kept = Kept(rev=one.rev, saved_at=one.saved_at, file=one.file, session=checked(one.session))
                doc_id = self._outbox.new_id(self._sessions)
                self._sessions.insert(Document(msgspec.to_builtins(kept), doc_id))
                self._outbox.note(doc_id, sync_row(kept))

    def write_missing_files(self) -> int:
        """Write the session files that are not there, under their names; returns how many. Raises `TemporaryError`."""
        missing = 0
        for doc_id in list(self._indexes.ids.values()):
            kept = self._readable(doc_id)
            if kept and not (self._session_folder / kept.file).exists():
                self._session_kind.write_file(msgspec.convert(kept.session, Session), kept.file)
                missing += 1
        return missing

    @property
    def session_count(self) -> int:
        return len(self._indexes.ids)

    def session(self, session_id: str) -> Session:
        """Return a session with its reps, wherever they are kept. Raises `PermanentError` when it is not known."""
        doc_id = self._id(session_id)
        try:
            return msgspec.convert(self._session_kind.document(doc_id), Session)
        except PermanentError as error:
            logger.error("%s", error)
            return msgspec.convert(self._kept(doc_id).session, Session)

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
                detail = canonical.digest(kept.session)
                moved[doc_id] = msgspec.structs.replace(kept, session=bare, detail=detail)
        with self._db.transaction():
            for doc_id, kept in moved.items():
                self._sessions.upsert(Document(msgspec.to_builtins(kept), doc_id))
        return len(moved)

    def sessions(self, user_id: str | None, limit: int, cursor: str | None = None) -> SessionPage:
        """Return up to `limit` (at most 200) sessions, newest first; `user_id` None means everybody's.

        Old ones come without their reps (`move_detail`); `session` has them. Raises `PermanentError` for a cursor that
        is none.
        """
        return self._page(*self._indexes.newest.before(user_id, cursor, max(1, min(limit, _LONGEST_PAGE))))

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

    def put_record(self, entity: str, key: str, doc: dict[str, Any], rev: str, saved_at: str) -> None:
        """Save a new version of a record of any kind (`records.ENTITIES`), to be forwarded.

        Raises `TemporaryError` (try again) and `PermanentError` (not sound, or a newer version is here).
        """
        self._mend()
        _remove(self._synced.put(SyncRow(entity=entity, key=key, rev=rev, hash="", saved_at=saved_at), doc))

    def delete_record(self, entity: str, key: str, rev: str, saved_at: str) -> None:
        """Delete a record of any kind with its history and files; the deletion is forwarded. Raises as `put_record`."""
        self._mend()
        _remove(self._synced.delete(SyncRow(entity=entity, key=key, rev=rev, hash="", saved_at=saved_at)))

    def record(self, entity: str, key: str) -> dict[str, Any]:
        """Return a record's document. Raises `PermanentError` when there is none."""
        return self._synced.document(entity, key)

    def record_keys(self, entity: str) -> list[str]:
        """Return the keys of all records of a kind."""
        return self._synced.keys(entity)

    def record_history(self, entity: str, key: str) -> list[Change]:
        """Return the versions that lost against the present one when changes were merged, newest first."""
        return self._synced.history(entity, key)

    def records_aside(self) -> int:
        """Return how many records of the cloud wait for a newer program to understand them."""
        return self._synced.aside

    def pending(self, limit: int, after: str = "") -> list[Change]:
        """Return what the cloud lacks, oldest first, from the first rev above `after` on (`Outboxes.pending`)."""
        return self._synced.outboxes.pending(limit, after)

    def apply_receipts(self, receipts: Sequence[Receipt], at: str) -> None:
        """Take in the cloud's receipts as one commit; `at` is now. Raises `TemporaryError`."""
        self._mend()
        self._synced.apply_receipts(receipts, at)

    def retry_refused(self, keys: Sequence[str] | None = None) -> int:
        """Make refused versions pending again, all for None. Returns how many."""
        self._mend()
        return self._synced.retry(keys)

    def refusals(self) -> list[Refusal]:
        """Return what the cloud refused, with the reasons; at most 50."""
        return self._synced.outboxes.refusals(_REFUSALS_TOLD)

    def counts(self) -> OutboxCounts:
        """Return how much the cloud has; costs the same however long the journal is."""
        return self._synced.outboxes.counts()

    def last_rev(self) -> str | None:
        """Return the highest rev given to anything here; None in a new journal."""
        return self._synced.last_rev or None

    def feed_place(self) -> FeedPlace:
        """Return how far the cloud's changes have been read."""
        return self._synced.feed_place

    def versions(
        self, place: tuple[int, int] = (0, 0), limit: int = 500
    ) -> tuple[list[Version], tuple[int, int] | None]:
        """Return living versions, page by page, with the place of the next page or None (`SyncedRecords.versions`)."""
        return self._synced.versions(place, limit)

    def send_again(self, names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Have records sent again as one commit; return which are not here. Raises `TemporaryError`."""
        self._mend()
        return self._synced.send_again(names)

    def merge(self, changes: Sequence[Change], place: FeedPlace, at: str) -> None:
        """Merge what others changed and move to `place`, as one commit; `at` is now. Raises `TemporaryError`."""
        self._mend()
        _remove(self._synced.merge(changes, place, at))

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
        self._sessions.watch(self._indexes.changed)
        self._outbox = Outbox(self._db, "session", self._indexes.ids.get)
        self._session_kind = SessionKind(self._sessions, self._indexes, self._outbox, self._session_folder, self._files)
        others = {entity: PlainKind(self._db, entity) for entity in ENTITIES if entity != "session"}
        self._synced = SyncedRecords(self._db, {"session": self._session_kind, **others})
        self._running = Running(self._db)
        self.damage += self._storage.log.damage
        if not self._storage.log.fault:
            if version < _TABLES_VERSION:
                self._table("settings").update({"value": _TABLES_VERSION}, where("name") == "tables")
            self.damage += tuple(self._told(row) for row in self._synced.heal())

    def _told(self, lost: SyncRow) -> str:
        file = f"; look for its file in {self._session_folder}" if lost.entity == "session" else ""
        return f"{lost.entity} {lost.key} is lost{file}"

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

    def _detail_path(self, kept: Kept) -> Path:
        return detail_path(self._session_folder, kept.file)

    def _write(self, write: Callable[[], T]) -> T:
        try:
            return write()
        except OSError as error:
            raise TemporaryError(f"{self._session_folder}: the session's file was not written: {error}") from error


def _remove(files: Void) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _device_id(name: str) -> str:
    """Return a new id that may stand in an MQTT topic."""
    return f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-') or 'kiosk'}-{secrets.token_hex(4)}"
