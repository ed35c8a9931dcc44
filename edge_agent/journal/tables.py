"""The product's tables: finished sessions, running sessions, the outbox and small settings, all in one journal.

What belongs together is one commit. Nothing here is safe for several threads: `JournalWorker` gives it one of its own.
"""

import logging
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from edge_agent.errors import ConfigError, EdgeError, PermanentError, TemporaryError
from edge_agent.journal import indexes
from edge_agent.journal.files import Files, refusal
from edge_agent.journal.kept import Adoption, Kept, checked, sync_row
from edge_agent.journal.opened import Opened
from edge_agent.journal.order import instant
from edge_agent.journal.placing import finish_at_start
from edge_agent.journal.retention import Retention, without_detail
from edge_agent.journal.running import Anchor, LeftBehind
from edge_agent.records import Change, OutboxCounts, Receipt, Session, SessionPage, Whereabouts

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Journal:
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

    # Sessions

    def save_session(self, session: Session, rev: str, saved_at: str) -> Path:
        """Save a finished session, or a new version of it, and return its file once both are on disk.

        The file comes first, so every session in the journal has one. Session, outbox row and the end of the running
        session are one commit. Raises `TemporaryError` (try again) and `PermanentError` (not a sound session).
        """
        self._mend()
        document, table = checked(session), self._tables.sessions
        doc_id = table.find(session.session_id)
        old_file = "" if doc_id is None else table.kept(doc_id).file
        file = table.write_file(session, old_file)
        kept = Kept(rev=rev, saved_at=saved_at, file=file, session=document)
        with self._tables.transaction():
            self._tables.outbox.note(table.put(kept, doc_id), sync_row(kept))
            self._tables.running.discard(session.session_id)
        if old_file:
            table.remove_outdated(old_file, file)
        return table.folder / file

    def adopt(self, sessions: Iterable[Adoption]) -> None:
        """Take in new sessions whose files are there already, as one commit. Raises `TemporaryError`."""
        self._mend()
        with self._tables.transaction():
            for one in sessions:
                kept = Kept(rev=one.rev, saved_at=one.saved_at, file=one.file, session=checked(one.session))
                self._tables.outbox.note(self._tables.sessions.put(kept), sync_row(kept))

    def write_missing_files(self) -> int:
        """Write the session files that are not there, under their names; returns how many. Raises `TemporaryError`."""
        missing, table = 0, self._tables.sessions
        for doc_id in table.ids():
            kept = table.readable(doc_id)
            if kept and not (table.folder / kept.file).exists():
                table.write_file(msgspec.convert(kept.session, Session), kept.file)
                missing += 1
        return missing

    @property
    def session_count(self) -> int:
        return len(self._tables.sessions)

    def session(self, session_id: str) -> Session:
        """Return a session with its reps, wherever they are kept. Raises `PermanentError` when it is not known."""
        table = self._tables.sessions
        kept = table.kept(table.id_of(session_id))
        try:
            return msgspec.convert(table.whole(kept), Session)
        except PermanentError as error:
            logger.error("%s", error)
            return msgspec.convert(kept.session, Session)

    def move_detail(self, retention: Retention, limit: int) -> int:
        """Move the reps of up to `limit` old sessions that the cloud has confirmed to files, oldest sessions first.

        Neither revision nor digest of a session changes by that. Returns how many; fewer than `limit` means that no
        more are due. Raises `TemporaryError`; a session's reps are then where they were.
        """
        self._mend()
        table, moved = self._tables.sessions, dict[int, Kept]()
        for doc_id in table.indexes.detailed.beyond(instant(retention.since), retention.newest):
            if len(moved) == limit:
                break
            row = self._tables.outbox.row(doc_id)
            if row and (row.state == "confirmed" or not retention.confirmed) and (kept := table.readable(doc_id)):
                table.write_detail(kept)
                bare = without_detail(kept.session)
                moved[doc_id] = msgspec.structs.replace(kept, session=bare, detail=row.hash)
        with self._tables.transaction():
            for doc_id, kept in moved.items():
                table.put(kept, doc_id)
        return len(moved)

    def sessions(self, user_id: str | None, limit: int, cursor: str | None = None) -> SessionPage:
        """Return up to `limit` (at most 200) sessions, newest first; `user_id` None means everybody's.

        Old ones come without their reps (`move_detail`); `session` has them. Raises `PermanentError` for a cursor that
        is none.
        """
        key = indexes.EVERYBODY if user_id is None else indexes.of_user(user_id)
        return self._tables.sessions.page(key, limit, cursor)

    def sessions_of_exercise(self, user_id: str, exercise: str, limit: int, cursor: str | None = None) -> SessionPage:
        """Return up to `limit` (at most 200) sessions in which somebody did an exercise, newest first.

        `exercise` is its key. Raises `PermanentError` for a cursor that is none.
        """
        return self._tables.sessions.page(indexes.of_exercise(user_id, exercise), limit, cursor)

    def sessions_of_program(self, program_id: str, limit: int, cursor: str | None = None) -> SessionPage:
        """Return up to `limit` (at most 200) sessions of a program, newest first.

        Raises `PermanentError` for a cursor that is none.
        """
        return self._tables.sessions.page(indexes.of_program(program_id), limit, cursor)

    def keep_running(self, session: Session, anchor: Anchor | None = None) -> None:
        """Keep an unfinished session against a kill of this program. Raises `TemporaryError`.

        Only with its `anchor` can it be gone on with afterwards.
        """
        self._mend()
        checked(session)
        with self._tables.transaction():
            self._tables.running.keep(session, anchor)

    def left_running(self) -> list[LeftBehind]:
        """Return the unfinished sessions, the one that was left first before the others."""
        return self._tables.running.left()

    def discard_running(self, session_id: str | None = None) -> None:
        """Forget one unfinished session, or all."""
        self._mend()
        with self._tables.transaction():
            self._tables.running.discard(session_id)

    # Sync

    def whereabouts(self, session_id: str) -> Whereabouts:
        """Return where a session is. Raises `PermanentError` when it is not known."""
        table = self._tables.sessions
        doc_id = table.id_of(session_id)
        kept = table.kept(doc_id)
        row = self._tables.outbox.row(doc_id) or sync_row(kept)
        return Whereabouts(
            session_id=session_id,
            state=row.state,
            rev=row.rev,
            hash=row.hash,
            saved_at=row.saved_at,
            file=str(table.folder / kept.file),
            confirmed_at=row.confirmed_at if row.state == "confirmed" else None,
            reason=row.refused or "",
        )

    def pending(self, limit: int, after: str = "") -> list[Change]:
        """Return what the cloud lacks, oldest first, from the first rev above `after` on.

        A record that has rotted on disk is parked as refused, so it holds up no other.
        """
        changes, table = [], self._tables.sessions
        for doc_id, row in self._tables.outbox.pending(limit, after):
            try:
                document = table.whole(table.kept(doc_id))
            except PermanentError as error:
                logger.error("%s", error)
                self._tables.outbox.refuse(doc_id, "damaged on the kiosk's disk")
                continue
            changes.append(Change(entity=row.entity, key=row.key, rev=row.rev, op="put", hash=row.hash, doc=document))
        return changes

    def apply_receipts(self, receipts: Sequence[Receipt], at: str) -> None:
        """Take in the cloud's receipts as one commit; `at` is now. Raises `TemporaryError`."""
        self._mend()
        with self._tables.transaction():
            for receipt in receipts:
                if receipt.entity == self._tables.outbox.entity:
                    self._tables.outbox.apply(receipt, at)

    def retry_refused(self, keys: Sequence[str] | None = None) -> int:
        """Make refused versions pending again, all for None. Returns how many."""
        self._mend()
        with self._tables.transaction():
            return self._tables.outbox.retry(keys)

    def counts(self) -> OutboxCounts:
        """Return how much the cloud has; costs the same however long the journal is."""
        return self._tables.outbox.counts()

    def last_rev(self) -> str | None:
        """Return the highest rev given to anything here; None in a new journal."""
        return self._tables.outbox.last_rev or None

    # Small values

    def setting(self, name: str, default_factory: Callable[[], T]) -> T:
        """Return a persisted JSON value; the first time it is what `default_factory` returns, which is then kept."""
        return self._tables.setting(name, default_factory)

    def tidy(self) -> bool:
        """Compact the journal if more than half of it is dead; for a quiet moment. Returns whether it was done.

        Takes about a second for 100 MB. Raises `TemporaryError`; the journal is then as it was.
        """
        self._mend()
        log = self._tables.log
        if not log.wants_compaction:
            return False
        log.compact()
        return True

    # Inside

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
            raise TemporaryError(str(error)) from error
        if self._tables.log.fault:
            raise TemporaryError(self._tables.log.fault)


def _device_id(name: str) -> str:
    """Return a new id that may stand in an MQTT topic."""
    return f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-') or 'kiosk'}-{secrets.token_hex(4)}"
