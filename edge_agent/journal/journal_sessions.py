"""The journal's finished and running sessions. What belongs together is one commit."""

from collections.abc import Iterable
from pathlib import Path

from edge_agent import canonical
from edge_agent.journal import indexes, membership
from edge_agent.journal.journal_folder import JournalFolder
from edge_agent.journal.kept import Adoption, checked
from edge_agent.journal.outbox import SyncRow
from edge_agent.journal.retention import Retention
from edge_agent.journal.running import Anchor, LeftBehind
from edge_agent.records import Session, SessionPage


class JournalSessions(JournalFolder):
    """What is done with sessions."""

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
