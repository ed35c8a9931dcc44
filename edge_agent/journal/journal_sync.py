"""The journal's records of all kinds on their way to the cloud and from there. What belongs together is one commit."""

from collections.abc import Callable, Sequence
from typing import Any

from edge_agent.digests import Version
from edge_agent.journal import membership
from edge_agent.journal.journal_folder import JournalFolder
from edge_agent.journal.outbox import SyncRow
from edge_agent.records import Change, FeedPlace, OutboxCounts, PackedChange, Receipt, Refusal, Whereabouts

_REFUSALS_TOLD = 50


class JournalSync(JournalFolder):
    """What is done with records of any kind."""

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

    def pending(self, limit: int, after: str = "") -> list[PackedChange]:
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
