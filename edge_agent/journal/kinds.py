"""The kinds of records as the journal keeps them: each has its documents and their way to the cloud.

A session has indexes and files of its own (session_kind.py); the others are kept as they are. A deletion takes the
document away at once and leaves its sync row, so that the cloud and other kiosks learn of it.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import msgspec
from tinydb.table import Document

from edge_agent import canonical
from edge_agent.errors import PermanentError
from edge_agent.journal.documents import Fields
from edge_agent.journal.outbox import Outbox, SyncRow
from edge_agent.journal.table import JournalDB, JournalTable, open_table
from edge_agent.journal.versions import Name
from edge_agent.keys import is_key
from edge_agent.ownership import owners
from edge_agent.records import Record

logger = logging.getLogger(__name__)


Void = tuple[Path, ...]
"""Files that nothing refers to any more once the present transaction is committed."""


class Kind(Protocol):
    """One kind of record. All changes join the transaction they are made in."""

    @property
    def outbox(self) -> Outbox: ...

    def checked(self, key: str, doc: Fields) -> Fields:
        """Return the document as it is kept. Raises `PermanentError` for one that is not sound."""
        ...

    def keys(self) -> list[str]:
        """Return the keys of all that is there and not deleted."""
        ...

    def document(self, doc_id: int) -> Fields:
        """Return a document. Raises `PermanentError` when it has rotted on disk."""
        ...

    def packed(self, doc_id: int) -> msgspec.Raw:
        """Return a document's JSON as it is kept. Raises `PermanentError` when it has rotted on disk."""
        ...

    def put(self, row: SyncRow, doc: Fields) -> Void:
        """Keep a checked document as the present version. Raises `TemporaryError`."""
        ...

    def delete(self, row: SyncRow) -> Void:
        """Take the document away."""
        ...

    def owned_by(self, owner: Name) -> list[str]:
        """Return the keys of what a member or a program owns."""
        ...

    def unmatched(self) -> tuple[Iterator[tuple[int, SyncRow]], Iterator[tuple[int, SyncRow]]]:
        """Return rows that are lost, made anew, and rows whose document is lost; damage takes one of a pair."""
        ...


class _Kept(Record, frozen=True, kw_only=True):
    key: str
    rev: str
    saved_at: str
    doc: Fields


class _Packed(msgspec.Struct, frozen=True):
    """A document that is not looked into."""

    doc: msgspec.Raw


class _Keyed(msgspec.Struct, frozen=True):
    """What is indexed of a document; the rest of it is passed over."""

    key: str


class PlainKind:
    """Records that are kept as they are, under their key."""

    def __init__(self, db: JournalDB, entity: str) -> None:
        self._entity = entity
        self._ids: dict[str, int] = {}
        self._table = open_table(db, f"records_{entity}")
        self._table.watch(_Keyed, self._changed)
        self.outbox = Outbox(db, entity, self._ids.get)

    def checked(self, key: str, doc: Fields) -> Fields:
        check_key(key)
        return doc

    def keys(self) -> list[str]:
        return list(self._ids)

    def document(self, doc_id: int) -> Fields:
        return self._kept(doc_id).doc

    def packed(self, doc_id: int) -> msgspec.Raw:
        found = self._table.read_as(_Packed, doc_id)
        assert found is not None
        return found.doc

    def put(self, row: SyncRow, doc: Fields) -> Void:
        fields = msgspec.to_builtins(_Kept(key=row.key, rev=row.rev, saved_at=row.saved_at, doc=doc))
        doc_id = self.outbox.id_of(row.key) or self.outbox.new_id(self._table)
        self._table.upsert(Document(fields, doc_id))
        self.outbox.note(doc_id, row)
        return ()

    def delete(self, row: SyncRow) -> Void:
        note_deletion(self._table, self.outbox, row)
        return ()

    def owned_by(self, owner: Name) -> list[str]:
        """Look through all records: deletions of owners are rare."""
        return [key for key, doc_id in self._ids.items() if owner in owners(self._entity, self._readable(doc_id))]

    def unmatched(self) -> tuple[Iterator[tuple[int, SyncRow]], Iterator[tuple[int, SyncRow]]]:
        return unmatched(set(self._ids.values()), self.outbox, self._row)

    def _row(self, doc_id: int) -> SyncRow:
        kept = self._kept(doc_id)
        digest = canonical.digest(kept.doc)
        return SyncRow(entity=self._entity, key=kept.key, rev=kept.rev, hash=digest, saved_at=kept.saved_at)

    def _readable(self, doc_id: int) -> Fields:
        """Return a document, an empty one when it has rotted on disk or is being deleted."""
        try:
            kept = self._table.read_as(_Kept, doc_id)
            return kept.doc if kept else {}
        except PermanentError as error:
            logger.error("%s", error)
            return {}

    def _kept(self, doc_id: int) -> _Kept:
        kept = self._table.read_as(_Kept, doc_id)
        assert kept is not None
        return kept

    def _changed(self, doc_id: int, old: _Keyed | None, new: _Keyed | None) -> None:
        if old is not None:
            del self._ids[old.key]
        if new is not None:
            self._ids[new.key] = doc_id


def check_key(key: str) -> None:
    """Raise `PermanentError` for what the cloud takes for no key."""
    if not is_key(key):
        raise PermanentError("{key!r} is no key: 1 to 128 letters, digits, '.', '_', ':' or '-'", key=key)


def note_deletion(table: JournalTable, outbox: Outbox, row: SyncRow) -> None:
    """Remove a document and leave the row of its deletion, also of a record that was never here."""
    doc_id = outbox.id_of(row.key) or outbox.new_id(table)
    if table.contains(doc_id=doc_id):
        table.remove(doc_ids=[doc_id])
    outbox.note(doc_id, row)


def unmatched(
    kept: set[int], outbox: Outbox, new_row: Callable[[int], SyncRow]
) -> tuple[Iterator[tuple[int, SyncRow]], Iterator[tuple[int, SyncRow]]]:
    """Compare ids of documents with those of rows; `new_row` makes a row of a document."""
    rows = outbox.rows()
    orphans = ((doc_id, outbox.row(doc_id)) for doc_id in sorted(rows - kept))
    return (
        ((doc_id, new_row(doc_id)) for doc_id in sorted(kept - rows)),
        ((doc_id, row) for doc_id, row in orphans if row and row.op == "put"),
    )


Kinds = Mapping[str, Kind]
"""Under their entity."""
