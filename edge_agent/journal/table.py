"""TinyDB's table with some methods replaced, so that a change costs what it changes and not what the table holds."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar, cast

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from edge_agent.journal.documents import Fields, decode, encode
from edge_agent.journal.storage import JournalStorage, Observer, TableView

T = TypeVar("T")


class JournalTable(Table):
    """A table of a `JournalDB`. Ids are never used again, and queries are not cached: a cached answer would be a
    document that somebody else may have changed.
    """

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:  # noqa: ARG002 - TinyDB's signature
        if not isinstance(storage, JournalStorage):
            raise TypeError("a JournalTable needs a JournalStorage")
        self._journal = storage
        super().__init__(storage, name, cache_size=0, persist_empty=persist_empty)

    def watch(self, kind: type[T], observer: Observer[T]) -> None:
        """Tell the observer of every document there is, as a `kind`, and from now on of every committed change."""
        self._journal.watch(self.name, kind, observer)

    def read_as(self, kind: type[T], doc_id: int) -> T | None:
        """Return a document as a `kind`, None when there is none; far quicker than `get` and a conversion."""
        raw = self._journal.raw(self.name, doc_id)
        return None if raw is None else msgspec.json.decode(raw, type=kind)

    def ids(self) -> list[int]:
        """Return the ids of all documents; reads nothing from disk."""
        return self._journal.ids(self.name)

    def insert(self, document: Mapping[str, Any]) -> int:
        """Insert a document and return its id, as TinyDB does, by a shorter way."""
        journal, name = self._journal, self._name
        if isinstance(document, Document):
            doc_id = document.doc_id
            if journal.has(name, doc_id):
                raise ValueError(f"Document with ID {doc_id} already exists")
        elif isinstance(document, (dict, Mapping)):  # asking about a dict first is far quicker
            doc_id = journal.next_id(name)
        else:
            raise ValueError("Document is not a Mapping")
        journal.change(name, {doc_id: encode(document)})
        return doc_id

    def put(self, document: Document) -> None:
        """Insert a document, or replace the one of its id; TinyDB's `upsert` would keep what the new one lacks."""
        self._journal.change(self._name, {document.doc_id: encode(document)})

    def new_id(self) -> int:
        """Return an id that this table has never had."""
        return self._journal.next_id(self.name)

    def _get_next_id(self) -> int:
        return self.new_id()

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return cast("dict[str, Mapping[str, Any]]", TableView(self._journal, self.name))

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        edit = _Edit(self._journal, self.name)
        updater(cast("dict[int, Mapping[str, Any]]", edit))
        self._journal.change(self.name, edit.changes())


class JournalDB(TinyDB):
    """TinyDB with `JournalTable`s on a `JournalStorage`; `JournalDB(path)` opens or creates."""

    table_class = JournalTable
    default_storage_class = JournalStorage  # type: ignore[assignment]  # declared as JSONStorage, used as any Storage

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes inside, of whatever tables, one commit; an exception undoes them all."""
        return cast("JournalStorage", self.storage).transaction()


def open_table(db: JournalDB, name: str) -> JournalTable:
    """Return a table of the database as what it is."""
    return cast("JournalTable", db.table(name))


class _Edit(MutableMapping[int, Fields]):
    """A table while TinyDB changes it: documents are read when asked for, and what differs in the end is written.

    TinyDB changes a document right after it has asked for it, so only the last one is held; an update of a whole table
    needs no more memory than one of a row.
    """

    def __init__(self, storage: JournalStorage, table: str) -> None:
        self._storage = storage
        self._table = table
        self._changed: dict[int, bytes | None] = {}
        self._held: tuple[int, Fields, bytes] | None = None

    def changes(self) -> dict[int, bytes | None]:
        self._settle()
        return self._changed

    def __getitem__(self, doc_id: int) -> Fields:
        if self._held is None or self._held[0] != doc_id:
            self._settle()
            raw = self._changed[doc_id] if doc_id in self._changed else self._storage.raw(self._table, doc_id)
            if raw is None:
                raise KeyError(doc_id)
            self._held = doc_id, decode(raw), raw
        return self._held[1]

    def __setitem__(self, doc_id: int, document: Mapping[str, Any]) -> None:
        self._settle()
        self._changed[doc_id] = encode(document)

    def __delitem__(self, doc_id: int) -> None:
        if doc_id not in self:
            raise KeyError(doc_id)
        self._held = None
        self._changed[doc_id] = None

    def __contains__(self, doc_id: object) -> bool:
        if doc_id in self._changed:
            return self._changed[doc_id] is not None
        return self._storage.has(self._table, doc_id)

    def __iter__(self) -> Iterator[int]:
        stored = self._storage.ids(self._table)
        known = set(stored)
        return (i for i in [*stored, *(new for new in self._changed if new not in known)] if i in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        self._held = None
        self._changed = dict.fromkeys(self, None)

    def _settle(self) -> None:
        if self._held is None:
            return
        doc_id, document, raw = self._held
        self._held = None
        encoded = encode(document)
        if encoded != raw:
            self._changed[doc_id] = encoded
