"""The product's tables: finished sessions, running sessions, the outbox and small settings, all in one journal.

What belongs together is one commit. Nothing here is safe for several threads: `JournalWorker` gives it one of its own.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from edge_agent import canonical
from edge_agent.digests import Version
from edge_agent.errors import ConfigError, EdgeError, TemporaryError
from edge_agent.history.calendar import Calendar
from edge_agent.history.member import MemberHistory
from edge_agent.history.workouts import Workout
from edge_agent.journal import indexes, membership
from edge_agent.journal.accounts import Access, Accounts, Farewell
from edge_agent.journal.files import Files, refusal
from edge_agent.journal.kept import Adoption, checked
from edge_agent.journal.opened import Opened
from edge_agent.journal.outbox import State, SyncRow
from edge_agent.journal.placing import finish_at_start
from edge_agent.journal.retention import Retention
from edge_agent.journal.running import Anchor, LeftBehind
from edge_agent.records import Change, FeedPlace, OutboxCounts, Receipt, Refusal, Session, SessionPage, Whereabouts

T = TypeVar("T")

_REFUSALS_TOLD = 50
_READ_AT_ONCE = 100
"""Workouts of a history: some milliseconds, in which nothing else can be saved."""

Question = Callable[[MemberHistory, "Journal"], T]


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

    @property
    def tables(self) -> Opened:
        """The tables themselves, for who makes a journal anew."""
        return self._tables

    # Sessions

    def save_session(self, session: Session, rev: str, saved_at: str) -> Path:
        """Save a finished session, or a new version of it, and return its file once both are on disk.

        The file comes first, so every session in the journal has one. Session, outbox row and the end of the running
        session are one commit. Raises `TemporaryError` (try again) and `PermanentError` (not a sound session).
        """
        self._mend()
        membership.refuse_departed(self._tables, session.user_id, session.session_id)
        document = checked(session)
        digest = canonical.digest(document)
        row = SyncRow(entity="session", key=session.session_id, rev=rev, hash=digest, saved_at=saved_at)
        with self._tables.transaction():
            path, void = self._tables.kind.put_with_file(row, document, session)
            self._tables.running.discard(session.session_id)
        self._tables.sessions.remove(void)
        return path

    def adopt(self, sessions: Iterable[Adoption]) -> None:
        """Take in new sessions whose files are there already, as one commit. Raises `TemporaryError`."""
        self._mend()
        with self._tables.transaction():
            for one in sessions:
                self._tables.kind.adopt(one)

    def write_missing_files(self) -> int:
        """Write the session files that are not there, under their names; returns how many. Raises `TemporaryError`."""
        return self._tables.sessions.write_missing_files()

    def remove_session(self, session_id: str, removed_at: str) -> None:
        """Take a session out of all lists; it is deleted by `delete_record`. Raises `PermanentError` when not known."""
        self._mend()
        self._tables.sessions.mark_removed(session_id, removed_at)

    def restore_session(self, session_id: str) -> None:
        """Take a removed session back. Raises `PermanentError` when it is not removed."""
        self._mend()
        self._tables.sessions.mark_removed(session_id, "")

    def is_deleted(self, entity: str, key: str) -> bool:
        """Whether a record was deleted, for good or so that it can be taken back."""
        return self.deletion(entity, key) is not None or (entity == "session" and key in self.removed_sessions())

    def removed_session(self, session_id: str) -> Session:
        """Return a session that was removed and can be taken back. Raises `PermanentError` when it is not."""
        return self._tables.sessions.removed_session(session_id)

    def removed_sessions(self) -> dict[str, str]:
        """Return when which sessions were removed."""
        return self._tables.sessions.removed()

    @property
    def session_count(self) -> int:
        return len(self._tables.sessions)

    def session(self, session_id: str) -> Session:
        """Return a session with its reps, wherever they are kept. Raises `PermanentError` when it is not known."""
        return self._tables.sessions.session(session_id)

    def move_detail(self, retention: Retention, limit: int) -> int:
        """Move the reps of up to `limit` old sessions that the cloud has confirmed to files, oldest sessions first.

        Neither revision nor digest of a session changes by that. Returns how many; fewer than `limit` means that no
        more are due. Raises `TemporaryError`; a session's reps are then where they were.
        """
        self._mend()
        with self._tables.transaction():
            return self._tables.kind.move_detail(retention, limit)

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

    def history(self, user_id: str, calendar: Calendar, question: Question[T]) -> T | None:
        """Ask a question of a member's history; None while there is more to be read of it: then ask again.

        Raises `TemporaryError` when the disk does not answer.
        """
        found = self._tables.histories.read(user_id, calendar, _READ_AT_ONCE)
        return None if found is None else question(found, self)

    def state_of(self, one: Workout) -> State:
        """Return where the present version of a workout is, from memory alone."""
        return self._tables.kind.outbox.state(one.place, one.session_id, one.rev)

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
        return self._tables.kind.whereabouts(session_id)

    def put_record(self, entity: str, key: str, doc: dict[str, Any], rev: str, saved_at: str) -> None:
        """Save a new version of a record of any kind (`records.ENTITIES`), to be forwarded.

        Raises `TemporaryError` (try again) and `PermanentError` (not sound, or a newer version is here).
        """
        self._mend()
        self._tables.sessions.remove(
            self._tables.records.put(SyncRow(entity=entity, key=key, rev=rev, hash="", saved_at=saved_at), doc)
        )

    def revise_record(
        self,
        entity: str,
        key: str,
        change: Callable[[dict[str, Any]], dict[str, Any]],
        rev: str,
        saved_at: str,
        if_rev: str | None = None,
    ) -> dict[str, Any]:
        """Save what `change` makes of a record's present document as a new version, and return it.

        Raises `ConflictError` when the present version is not `if_rev`, and otherwise as `put_record` and `change`.
        """
        self._mend()
        if entity == "session":
            self._tables.sessions.id_of(key)

        def sound(doc: dict[str, Any]) -> dict[str, Any]:
            changed = change(doc)
            membership.refuse_departed(self._tables, changed.get("user_id"), key)
            return changed

        row = SyncRow(entity=entity, key=key, rev=rev, hash="", saved_at=saved_at)
        doc, void = self._tables.records.revise(row, sound, if_rev)
        self._tables.sessions.remove(void)
        return doc

    def delete_record(self, entity: str, key: str, rev: str, saved_at: str) -> None:
        """Delete a record of any kind with its history and files; the deletion is forwarded. Raises as `put_record`."""
        self._mend()
        row = SyncRow(entity=entity, key=key, rev=rev, hash="", saved_at=saved_at)
        with self._tables.transaction():
            self._tables.void.note(self._tables.records.delete(row))
        self._tables.void.remove()

    def record(self, entity: str, key: str) -> dict[str, Any]:
        """Return a record's document. Raises `PermanentError` when there is none."""
        return self._tables.records.document(entity, key)

    def record_keys(self, entity: str) -> list[str]:
        """Return the keys of all records of a kind."""
        return self._tables.records.keys(entity)

    def record_history(self, entity: str, key: str) -> list[Change]:
        """Return the versions that lost against the present one when changes were merged, newest first."""
        return self._tables.records.history(entity, key)

    def records_aside(self) -> int:
        """Return how many records of the cloud wait for a newer program to understand them."""
        return self._tables.records.aside

    def pending(self, limit: int, after: str = "") -> list[Change]:
        """Return what the cloud lacks, oldest first, from the first rev above `after` on (`Outboxes.pending`)."""
        return self._tables.records.outboxes.pending(limit, after)

    def apply_receipts(self, receipts: Sequence[Receipt], at: str) -> None:
        """Take in the cloud's receipts as one commit; `at` is now. Raises `TemporaryError`."""
        self._mend()
        self._tables.records.apply_receipts(receipts, at)

    def retry_refused(self, keys: Sequence[str] | None = None) -> int:
        """Make refused versions pending again, all for None. Returns how many."""
        self._mend()
        return self._tables.records.retry(keys)

    def refusals(self) -> list[Refusal]:
        """Return what the cloud refused, with the reasons; at most 50."""
        return self._tables.records.outboxes.refusals(_REFUSALS_TOLD)

    def counts(self) -> OutboxCounts:
        """Return how much the cloud has; costs the same however long the journal is."""
        return self._tables.records.outboxes.counts()

    def last_rev(self) -> str | None:
        """Return the highest rev given to anything here; None in a new journal."""
        return self._tables.records.last_rev or None

    def feed_place(self) -> FeedPlace:
        """Return how far the cloud's changes have been read."""
        return self._tables.records.feed_place

    def versions(
        self, place: tuple[int, int] = (0, 0), limit: int = 500
    ) -> tuple[list[Version], tuple[int, int] | None]:
        """Return living versions, page by page, with the place of the next page or None (`SyncedRecords.versions`)."""
        return self._tables.records.versions(place, limit)

    def send_again(self, names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Have records sent again as one commit; return which are not here. Raises `TemporaryError`."""
        self._mend()
        return self._tables.records.send_again(names)

    def merge(self, changes: Sequence[Change], place: FeedPlace, at: str) -> None:
        """Merge what others changed and move to `place`, as one commit; `at` is now. Raises `TemporaryError`."""
        self._mend()
        with self._tables.transaction():
            self._tables.void.note(self._tables.records.merge(changes, place, at))
        self._tables.void.remove()

    # Who signs in here

    @property
    def accounts(self) -> Accounts:
        """Members, how they sign in, their devices, and receipts of those who left. Write with `keep_accounts`."""
        return self._tables.accounts

    def add_member(
        self, doc: dict[str, Any], access: Access, rev: str, saved_at: str, wait_for_cloud: bool = False
    ) -> None:
        """Save a new member, also as somebody who signs in here, as one commit. Raises as `put_record`.

        `doc` is the member's record. With `wait_for_cloud` it raises `ConflictError` for one who has left while the
        cloud still has their data: a new record would take the deletion's place on its way.
        """
        self._mend()
        row = SyncRow(entity="member", key=access.user_id, rev=rev, hash="", saved_at=saved_at)
        membership.add(self._tables, row, doc, access, wait_for_cloud=wait_for_cloud)

    def delete_member(self, user_id: str, code_hash: str, rev: str, saved_at: str) -> Farewell:
        """Delete a member with all that is theirs, as one commit, and return the receipt, to be found by its code.

        Raises `PermanentError` when there is none, and `TemporaryError`.
        """
        self._mend()
        row = SyncRow(entity="member", key=user_id, rev=rev, hash="", saved_at=saved_at)
        farewell = membership.delete(self._tables, row, code_hash)
        self._tables.void.remove()
        return farewell

    def deletion(self, entity: str, key: str) -> SyncRow | None:
        """Return how far a record's deletion has come; None while it lives or was never here."""
        return self._tables.records.deletion(entity, key)

    def keep_accounts(self, change: Callable[[Accounts], T]) -> T:
        """Change the accounts as one commit. Raises `TemporaryError` and what `change` raises."""
        self._mend()
        with self._tables.transaction():
            return change(self._tables.accounts)

    # Small values

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
        log, farewells = self._tables.log, self.accounts.unerased()
        if not log.wants_compaction and not farewells:
            return False
        log.compact()
        with self._tables.transaction():
            for one in farewells:
                self.accounts.put(msgspec.structs.replace(one, erased=True))
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
            raise TemporaryError(error.phrase) from error
        if self._tables.log.fault:
            raise TemporaryError(self._tables.log.fault)


def _device_id(name: str) -> str:
    """Return a new id that may stand in an MQTT topic."""
    return f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-') or 'kiosk'}-{secrets.token_hex(4)}"
