"""The product's tables: finished sessions, running sessions, the outbox and small settings, all in one journal.

Nothing here is safe for several threads: `JournalWorker` gives it one of its own.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from edge_agent.history.calendar import Calendar
from edge_agent.history.member import MemberHistory
from edge_agent.history.workouts import Workout
from edge_agent.journal import membership
from edge_agent.journal.accounts import Access, Accounts, Farewell
from edge_agent.journal.journal_sessions import JournalSessions
from edge_agent.journal.journal_sync import JournalSync
from edge_agent.journal.outbox import State, SyncRow

T = TypeVar("T")

_READ_AT_ONCE = 100
"""Workouts of a history: some milliseconds, in which nothing else can be saved."""

Question = Callable[[MemberHistory, "Journal"], T]


class Journal(JournalSessions, JournalSync):
    """An open journal in its folder; `damage` tells in words what opening it found."""

    # Histories

    def history(self, user_id: str, calendar: Calendar, question: Question[T]) -> T | None:
        """Ask a question of a member's history; None while there is more to be read of it: then ask again.

        Raises `TemporaryError` when the disk does not answer.
        """
        found = self._tables.histories.read(user_id, calendar, _READ_AT_ONCE)
        return None if found is None else question(found, self)

    def state_of(self, one: Workout) -> State:
        """Return where the present version of a workout is, from memory alone."""
        return self._tables.kind.outbox.state(one.place, one.session_id, one.rev)

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

    def is_deleted(self, entity: str, key: str) -> bool:
        """Whether a record was deleted, for good or so that it can be taken back."""
        return self.deletion(entity, key) is not None or (entity == "session" and key in self.removed_sessions())

    def keep_accounts(self, change: Callable[[Accounts], T]) -> T:
        """Change the accounts as one commit. Raises `TemporaryError` and what `change` raises."""
        self._mend()
        with self._tables.transaction():
            return change(self._tables.accounts)
