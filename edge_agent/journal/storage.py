"""`TinyDB(path, storage=JournalStorage)`: TinyDB on the append-only file.

With TinyDB's own tables a write still reads its whole table, because they hand it over whole, but only what differs is
written. `JournalTable` (table.py) asks for single documents instead, and costs what the change costs.
"""

import logging
from collections.abc import Callable, ItemsView, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from tinydb.storages import Storage

from edge_agent.journal.documents import Fields, decode, encode
from edge_agent.journal.files import Files
from edge_agent.journal.lines import Change
from edge_agent.journal.log import Log

logger = logging.getLogger(__name__)

T = TypeVar("T")

Observer = Callable[[int, T | None, T | None], None]
"""Told of each committed change: id, document before (None: new), document after (None: removed)."""


class JournalStorage(Storage):
    """A TinyDB storage whose writes are durable when they return, and atomic. Not for several threads at once."""

    def __init__(self, path: str | Path, files: Files | None = None) -> None:
        """Open or create the journal. Raises `ConfigError` (in use, newer, no journal)."""
        self.log = Log(Path(path), files)
        self._staged: dict[str, dict[int, bytes | None]] | None = None
        self._reserved: dict[str, int] = {}
        self._observers: dict[str, list[tuple[Callable[[bytes], Any], Observer[Any]]]] = {}

    # What TinyDB asks

    def read(self) -> dict[str, Any] | None:
        """Return the tables, whose documents are read when they are asked for; None when there are none."""
        return {name: TableView(self, name) for name in self._table_names()} or None

    def write(self, data: Mapping[str, Any]) -> None:
        """Commit whatever differs from what is stored."""
        if self._staged is not None and any(name not in data for name in self._table_names()):
            raise RuntimeError("tables can't be dropped inside of a transaction")
        drops = [Change("drop", name, self._high(name)) for name in self._table_names() if name not in data]
        with self.transaction():
            for name, documents in data.items():
                if not isinstance(documents, TableView):
                    self.change(name, self._differences(name, documents))
        self._append(drops)

    def close(self) -> None:
        self.log.close()

    def _differences(self, table: str, documents: Mapping[Any, Any]) -> dict[int, bytes | None]:
        wanted = {int(doc_id): encode(document) for doc_id, document in documents.items()}
        changed: dict[int, bytes | None] = {i: raw for i, raw in wanted.items() if raw != self.raw(table, i)}
        return changed | {doc_id: None for doc_id in self.ids(table) if doc_id not in wanted}

    # What a JournalTable asks

    def ids(self, table: str) -> list[int]:
        """Return the ids of all documents, oldest first."""
        stored, staged = self.log.tables.get(table, {}), self._staged_in(table)
        kept = [doc_id for doc_id in stored if staged.get(doc_id, b"") is not None]
        return kept + [doc_id for doc_id, raw in staged.items() if raw is not None and doc_id not in stored]

    def count(self, table: str) -> int:
        """Return the number of documents."""
        staged = self._staged_in(table)
        return len(self.ids(table)) if staged else len(self.log.tables.get(table, {}))

    def has(self, table: str, doc_id: object) -> bool:
        """Whether there is such a document; reads nothing from disk."""
        staged = self._staged_in(table)
        return staged[doc_id] is not None if doc_id in staged else doc_id in self.log.tables.get(table, {})

    def raw(self, table: str, doc_id: int) -> bytes | None:
        """Return a document's JSON; None when there is none. Raises `PermanentError` when it has rotted on disk."""
        staged = self._staged_in(table)
        return staged[doc_id] if doc_id in staged else self.log.read(table, doc_id)

    def next_id(self, table: str) -> int:
        """Return an id that this table has never had."""
        reserved = self._reserved[table] = max(self._high(table), self._reserved.get(table, 0)) + 1
        return reserved

    def change(self, table: str, documents: Mapping[int, bytes | None]) -> None:
        """Commit documents of one table together (None removes); inside a transaction, with it."""
        if self._staged is None:
            self._append(list(self._settled(table, documents)))
        else:
            self._staged.setdefault(table, {}).update(documents)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all changes inside, of whatever tables, one commit; an exception undoes them all.

        Inside, everybody sees the changes already. Nested ones belong to the outermost.
        """
        if self._staged is not None:
            yield
            return
        self._staged = {}
        try:
            yield
            changes = [change for table, staged in self._staged.items() for change in self._settled(table, staged)]
        finally:
            self._staged = None
        self._append(changes)

    def watch(self, table: str, kind: type[T], observer: Observer[T]) -> None:
        """Tell the observer of every document there is, as a `kind`, and from now on of every committed change.

        A struct with few fields costs less than a whole document.
        """
        decode_kind = msgspec.json.Decoder(kind).decode
        for doc_id, raw in self.log.documents(table):
            if raw is None:
                logger.error("%s: %s %d is damaged on disk", self.log.path, table, doc_id)
            else:
                observer(doc_id, None, decode_kind(raw))
        self._observers.setdefault(table, []).append((decode_kind, observer))

    def _settled(self, table: str, staged: Mapping[int, bytes | None]) -> Iterator[Change]:
        stored = self.log.tables.get(table)
        if stored is None and not any(raw is not None for raw in staged.values()):
            yield Change("table", table, self._high(table))
        for doc_id, raw in staged.items():
            if raw is not None:
                yield Change("put", table, doc_id, raw)
            elif stored and doc_id in stored:
                yield Change("delete", table, doc_id)

    def _append(self, changes: list[Change]) -> None:
        if not changes:
            return
        news = [new for change in changes for new in self._news(change)] if self._observers else []
        self.log.append(changes)
        for observer, doc_id, old, new in news:
            observer(doc_id, old, new)

    def _news(self, change: Change) -> Iterator[tuple[Observer[Any], int, Any, Any]]:
        observers = self._observers.get(change.table)
        if not observers or change.op == "table":
            return
        for doc_id in [change.doc_id] if change.op != "drop" else list(self.log.tables.get(change.table, {})):
            raw = self.log.read(change.table, doc_id)
            for decode_kind, observer in observers:
                old = decode_kind(raw) if raw is not None else None
                yield observer, doc_id, old, decode_kind(change.document) if change.op == "put" else None

    def _staged_in(self, table: str) -> dict[int, bytes | None]:
        return self._staged.get(table, {}) if self._staged else {}

    def _table_names(self) -> list[str]:
        return list(dict.fromkeys([*self.log.tables, *(self._staged or {})]))

    def _high(self, table: str) -> int:
        staged = self._staged_in(table)
        return max(self.log.high(table), *staged) if staged else self.log.high(table)


class TableView(Mapping[str, Fields]):
    """One table as TinyDB reads it: ids as text, each access a fresh document."""

    def __init__(self, storage: JournalStorage, table: str) -> None:
        self._storage = storage
        self._table = table

    def __getitem__(self, key: str) -> Fields:
        try:
            raw = self._storage.raw(self._table, int(key))
        except ValueError:
            raw = None
        if raw is None:
            raise KeyError(key)
        return decode(raw)

    def __iter__(self) -> Iterator[str]:
        return (str(doc_id) for doc_id in self._storage.ids(self._table))

    def __len__(self) -> int:
        return self._storage.count(self._table)

    def items(self) -> ItemsView[str, Fields]:
        return _Items(self)

    def walk(self) -> Iterator[tuple[str, Fields]]:
        """Yield ids and documents, passing over those that were removed while somebody walks along."""
        for key in self:
            try:
                yield key, self[key]
            except KeyError:
                continue


class _Items(ItemsView[str, Fields]):
    def __init__(self, view: TableView) -> None:
        super().__init__(view)
        self._view = view

    def __iter__(self) -> Iterator[tuple[str, Fields]]:
        return self._view.walk()
