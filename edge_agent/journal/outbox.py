"""Which versions the cloud has. A row for each record, of its own, so that a receipt does not rewrite the record.

A row holds `rev` and `confirmed_rev`; where they differ, the version is pending, unless the cloud refused it. The row
has the id of its record, so it needs no index of its own; in memory are only the pending, refused and deleted ones and
a count. The row of a deletion stays: it tells a late change of the same record that it is late.
"""

import logging
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec
from tinydb.table import Document

from edge_agent.journal.table import JournalDB, JournalTable, open_table
from edge_agent.records import Operation, OutboxCounts, Receipt, Record, Refusal

logger = logging.getLogger(__name__)

State = Literal["saved", "confirmed", "refused"]


class SyncRow(Record, frozen=True, kw_only=True):
    """What is known of one record's way to the cloud; `refused` is the reason of the present version's refusal."""

    entity: str
    key: str
    rev: str
    hash: str
    saved_at: str
    op: Operation = "put"
    confirmed_rev: str | None = None
    confirmed_at: str | None = None
    refused: str | None = None

    @property
    def state(self) -> State:
        return _state(self)


class _Standing(msgspec.Struct, frozen=True):
    """What is counted of a row; the rest of it is passed over."""

    key: str
    rev: str
    confirmed_rev: str | None
    refused: str | None
    op: Operation = "put"


def _state(row: SyncRow | _Standing) -> State:
    if row.confirmed_rev == row.rev:
        return "confirmed"
    return "saved" if row.refused is None else "refused"


class Outbox:
    """The sync rows of one kind of record. All changes join the transaction they are made in."""

    def __init__(self, db: JournalDB, entity: str, find: Callable[[str], int | None]) -> None:
        """`find` gives the id of a record's document from its key, None where there is none."""
        self.entity = entity
        self.last_rev = ""
        """The highest rev of all rows."""
        self._find = find
        self._pending: list[tuple[str, int]] = []
        self._refused: dict[str, int] = {}
        self._deleted: dict[str, int] = {}
        self._confirmed = 0
        self._table = open_table(db, f"sync_{entity}")
        self._table.watch(_Standing, self._changed)

    def id_of(self, key: str) -> int | None:
        """Return the id of a record, also of a deleted one."""
        doc_id = self._find(key)
        return self._deleted.get(key) if doc_id is None else doc_id

    def new_id(self, table: JournalTable) -> int:
        """Return an id that neither the table of the documents nor that of the rows has ever had."""
        return max(table.new_id(), self._table.new_id())

    def row_of(self, key: str) -> SyncRow | None:
        """Return what is known of a record, also of a deleted one."""
        doc_id = self.id_of(key)
        return None if doc_id is None else self.row(doc_id)

    def note(self, doc_id: int, row: SyncRow) -> None:
        """Take in a new version of a record, keeping what the cloud has confirmed of older ones."""
        old = self.row(doc_id)
        if old and row.confirmed_rev is None:
            row = msgspec.structs.replace(row, confirmed_rev=old.confirmed_rev, confirmed_at=old.confirmed_at)
        self._put(doc_id, row)

    def row(self, doc_id: int) -> SyncRow | None:
        return self._table.read_as(SyncRow, doc_id)

    def state(self, doc_id: int, key: str, rev: str) -> State:
        """Return where a present version is, from memory alone."""
        at = bisect_left(self._pending, (rev, doc_id))
        if at < len(self._pending) and self._pending[at] == (rev, doc_id):
            return "saved"
        return "refused" if key in self._refused else "confirmed"

    def rows(self) -> set[int]:
        """Return the ids of all rows."""
        return set(self._table.ids())

    def waiting(self, after: str) -> Iterator[tuple[str, int]]:
        """Return rev and id of what the cloud lacks, oldest rev first, with a rev above `after`. Read it at once."""
        start = bisect_right(self._pending, after, key=lambda one: one[0])
        return (self._pending[at] for at in range(start, len(self._pending)))

    def apply(self, receipt: Receipt, at: str) -> None:
        """Take in one receipt; one for another version than the present one tells nothing about it."""
        doc_id = self.id_of(receipt.key)
        row = None if doc_id is None else self.row(doc_id)
        if doc_id is None or row is None or row.rev != receipt.rev or row.state == "confirmed":
            return
        if receipt.status == "rejected":
            self.refuse(doc_id, receipt.reason or "no reason given")
        elif receipt.hash != row.hash:
            logger.warning("%s %s: the receipt is for other content than was sent; sent again", row.entity, row.key)
        else:
            self.confirm(doc_id, row, at)

    def confirm(self, doc_id: int, row: SyncRow, at: str) -> None:
        """The cloud has this version."""
        self._put(doc_id, msgspec.structs.replace(row, confirmed_rev=row.rev, confirmed_at=at, refused=None))

    def unconfirm(self, doc_id: int) -> None:
        """The cloud no longer has this version: it is sent again."""
        row = self.row(doc_id)
        if row:
            self._put(doc_id, msgspec.structs.replace(row, confirmed_rev=None, confirmed_at=None))

    def refuse(self, doc_id: int, reason: str) -> None:
        """Park the present version alone; it is not pending any more until somebody retries it."""
        row = self.row(doc_id)
        if row:
            self._put(doc_id, msgspec.structs.replace(row, refused=reason))

    def retry(self, keys: Sequence[str] | None) -> int:
        """Make refused versions pending again, all for None. Returns how many."""
        wanted = [self._refused[key] for key in (self._refused if keys is None else keys) if key in self._refused]
        for doc_id in wanted:
            row = self.row(doc_id)
            assert row is not None
            self._put(doc_id, msgspec.structs.replace(row, refused=None))
        return len(wanted)

    def refusals(self, limit: int) -> list[Refusal]:
        """Return up to `limit` refused versions with the reason."""
        rows = [self.row(doc_id) for doc_id in list(self._refused.values())[:limit]]
        return [
            Refusal(entity=row.entity, key=row.key, op=row.op, saved_at=row.saved_at, reason=row.refused or "")
            for row in rows
            if row
        ]

    def counts(self) -> OutboxCounts:
        oldest = self.row(self._pending[0][1]) if self._pending else None
        return OutboxCounts(
            pending=len(self._pending),
            confirmed=self._confirmed,
            refused=len(self._refused),
            oldest_saved_at=oldest.saved_at if oldest else None,
        )

    def _put(self, doc_id: int, row: SyncRow) -> None:
        self._table.put(Document(msgspec.to_builtins(row), doc_id))

    def _changed(self, doc_id: int, old: _Standing | None, new: _Standing | None) -> None:
        if old is not None:
            self._count(doc_id, old, -1)
        if new is not None:
            self._count(doc_id, new, 1)

    def _count(self, doc_id: int, row: _Standing, step: int) -> None:
        self.last_rev = max(self.last_rev, row.rev)
        if row.op == "delete" and step > 0:
            self._deleted[row.key] = doc_id
        elif row.op == "delete":
            del self._deleted[row.key]
        state = _state(row)
        if state == "confirmed":
            self._confirmed += step
        elif state == "saved":
            place = (row.rev, doc_id)
            if step > 0:
                insort(self._pending, place)
            else:
                del self._pending[bisect_left(self._pending, place)]
        elif step > 0:
            self._refused[row.key] = doc_id
        else:
            del self._refused[row.key]
