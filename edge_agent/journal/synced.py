"""All kinds of records with what syncing needs of them: own changes go up, those of others come down, in one journal.

Each method is one commit.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from tinydb.table import Document

from edge_agent import canonical
from edge_agent.digests import Version
from edge_agent.errors import ConflictError, PermanentError
from edge_agent.journal.kinds import Kind, Kinds, Void
from edge_agent.journal.merging import Merging
from edge_agent.journal.outbox import SyncRow
from edge_agent.journal.outboxes import Outboxes
from edge_agent.journal.table import JournalDB, open_table
from edge_agent.journal.versions import Name
from edge_agent.ownership import OWNING
from edge_agent.phrase import Phrase
from edge_agent.records import Change, FeedPlace, Receipt

_PLACE_ID = 1

StockPlace = tuple[int, int]
"""A kind of record, and a row of it."""


class SyncedRecords:
    """The records of an open journal."""

    def __init__(self, db: JournalDB, kinds: Kinds) -> None:
        self.outboxes = Outboxes(kinds)
        self._db = db
        self.kinds = kinds
        self._merging = Merging(db, kinds)
        self._adopted = False
        self._feed = open_table(db, "feed")

    # What is made here

    def put(self, row: SyncRow, doc: dict[str, Any]) -> Void:
        """Keep a new version. Raises `PermanentError` for one that is not sound or older than what is here."""
        kind = self._newer(row)
        checked = kind.checked(row.key, doc)
        with self._db.transaction():
            return kind.put(msgspec.structs.replace(row, hash=canonical.digest(checked)), checked)

    def revise(
        self, row: SyncRow, change: Callable[[dict[str, Any]], dict[str, Any]], if_rev: str | None
    ) -> tuple[dict[str, Any], Void]:
        """Keep what `change` makes of the present version. Raises `ConflictError` when that is not `if_rev`."""
        kind = self._newer(row)
        present = kind.outbox.row_of(row.key)
        doc = self.document(row.entity, row.key)
        if if_rev is not None and present and present.rev != if_rev:
            raise ConflictError(
                "{entity} {key} has changed meanwhile; look at it again", entity=Phrase(row.entity), key=row.key
            )
        checked = kind.checked(row.key, change(doc))
        with self._db.transaction():
            return checked, kind.put(msgspec.structs.replace(row, hash=canonical.digest(checked)), checked)

    def delete(self, row: SyncRow) -> Void:
        """Delete a record with its history and what it owns. Raises `PermanentError` when there is none."""
        kind = self._newer(row)
        known = kind.outbox.row_of(row.key)
        if known is None or known.op == "delete":
            raise PermanentError("no {entity} {key!r}", entity=Phrase(row.entity), key=row.key)
        name = row.entity, row.key
        with self._db.transaction():
            self._merging.history.replace(name, ())
            void = kind.delete(msgspec.structs.replace(row, op="delete", hash=canonical.digest(None)))
            owned = self._merging.erase_owned(name, row.rev, row.saved_at) if row.entity in OWNING else ()
        return void + owned

    def owned(self, owner: Name) -> dict[str, int]:
        """Return how many records a member or a program owns, by kind."""
        counts = {entity: len(kind.owned_by(owner)) for entity, kind in self.kinds.items()}
        return {entity: count for entity, count in counts.items() if count}

    def deletion(self, entity: str, key: str) -> SyncRow | None:
        """Return the row of a record's deletion; None while it lives or was never here."""
        row = self._kind(entity).outbox.row_of(key)
        return row if row and row.op == "delete" else None

    def take_over(self, other: "SyncedRecords") -> tuple[int, Void]:
        """Take in another journal's records, but of sessions only the deletions; how far each has come stays known."""
        count, void = 0, list[Path]()
        for entity, kind in other.kinds.items():
            for doc_id in sorted(kind.outbox.rows()):
                row = kind.outbox.row(doc_id)
                if row and row.op == "delete":
                    void += self.kinds[entity].delete(row)
                elif row and entity != "session":
                    void += self.kinds[entity].put(row, kind.document(doc_id))
                else:
                    continue
                count += 1
        return count, tuple(void)

    def document(self, entity: str, key: str) -> dict[str, Any]:
        """Return a record's present document. Raises `PermanentError` when there is none."""
        outbox = self._kind(entity).outbox
        doc_id, row = outbox.id_of(key), outbox.row_of(key)
        if doc_id is None or row is None or row.op == "delete":
            raise PermanentError("no {entity} {key!r}", entity=Phrase(entity), key=key)
        return self._kind(entity).document(doc_id)

    def keys(self, entity: str) -> list[str]:
        """Return the keys of all records of a kind that are not deleted."""
        return self._kind(entity).keys()

    def history(self, entity: str, key: str) -> list[Change]:
        """Return the versions that lost against the present one, newest first."""
        return self._merging.history.of((entity, key))

    @property
    def last_rev(self) -> str:
        """The highest rev of anything kept; empty when there is nothing."""
        return max(self.outboxes.last_rev, self._merging.last_rev)

    def _kind(self, entity: str) -> Kind:
        try:
            return self.kinds[entity]
        except KeyError:
            raise PermanentError("no kind of record {entity!r}", entity=entity) from None

    def _newer(self, row: SyncRow) -> Kind:
        kind = self._kind(row.entity)
        known = kind.outbox.row_of(row.key)
        if known and known.rev >= row.rev:
            raise ConflictError(
                "{entity} {key}: a newer version is here already ({rev})",
                entity=Phrase(row.entity),
                key=row.key,
                rev=known.rev,
            )
        return kind

    # What comes down

    @property
    def feed_place(self) -> FeedPlace:
        """How far the cloud's changes have been read."""
        return self._feed.read_as(FeedPlace, _PLACE_ID) or FeedPlace()

    def merge(self, changes: Sequence[Change], place: FeedPlace, at: str) -> Void:
        """Merge changes of the cloud and move to `place`, as one commit."""
        void: list[Void] = []
        if not self._adopted:
            with self._db.transaction():
                void.append(self._merging.adopt_aside(at))
            self._adopted = True
        with self._db.transaction():
            void.append(self._merging.merge(changes, at))
            if place != self.feed_place:
                self._feed.upsert(Document(msgspec.to_builtins(place), _PLACE_ID))
        return tuple(file for files in void for file in files)

    @property
    def aside(self) -> int:
        """How many records wait for a newer program."""
        return len(self._merging.aside)

    # Up

    def versions(self, place: StockPlace, limit: int) -> tuple[list[Version], StockPlace | None]:
        """Return living versions from up to `limit` rows on, and the place behind them; None at the end."""
        entities = list(self.kinds)
        at, after = place
        outbox = self.kinds[entities[at]].outbox
        ids = [doc_id for doc_id in sorted(outbox.rows()) if doc_id > after][:limit]
        rows = [row for doc_id in ids if (row := outbox.row(doc_id)) and row.op == "put" and row.state != "refused"]
        found = [Version(entity=row.entity, key=row.key, rev=row.rev, hash=row.hash) for row in rows]
        if len(ids) == limit:
            return found, (at, ids[-1])
        return found, (at + 1, 0) if at + 1 < len(entities) else None

    def send_again(self, names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Have records sent again though they were confirmed; return which are not here.

        For those the cloud's changes are read anew from the beginning: damage has taken them.
        """
        unknown = []
        with self._db.transaction():
            for entity, key in names:
                outbox = self.kinds[entity].outbox if entity in self.kinds else None
                doc_id = outbox.id_of(key) if outbox else None
                if outbox is None or doc_id is None:
                    unknown.append((entity, key))
                else:
                    outbox.unconfirm(doc_id)
            if unknown:
                self._feed.upsert(Document(msgspec.to_builtins(FeedPlace()), _PLACE_ID))
        return unknown

    def apply_receipts(self, receipts: Sequence[Receipt], at: str) -> None:
        with self._db.transaction():
            self.outboxes.apply(receipts, at)

    def retry(self, keys: Sequence[str] | None) -> int:
        with self._db.transaction():
            return self.outboxes.retry(keys)

    def heal(self) -> list[SyncRow]:
        """Bring documents and rows together again after damage took one of a pair; return what the cloud will miss."""
        lost = []
        with self._db.transaction():
            for kind in self.kinds.values():
                new, orphans = kind.unmatched()
                for doc_id, row in new:
                    kind.outbox.note(doc_id, row)
                for doc_id, row in orphans:
                    if row.state == "saved":
                        kind.outbox.refuse(doc_id, "lost on the kiosk's damaged disk")
                        lost.append(row)
        return lost
