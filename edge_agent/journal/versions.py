"""Versions of records beside the present one: those that lost against it, and those this program can't read yet."""

from collections.abc import Iterable

import msgspec

from edge_agent.journal.storage import Fields
from edge_agent.journal.table import JournalDB, JournalTable
from edge_agent.records import Change

Name = tuple[str, str]
"""Entity and key."""


Age = tuple[str, bool, str]


def age(change: Change) -> Age:
    """Return what versions of one record are compared by.

    Revs differ, but for a version that was erased with its owner: that goes on as a deletion under its own rev. The
    hash is for two kiosks that have one device id by mistake.
    """
    return change.rev, change.op == "delete", change.hash


class Versions:
    """A table of versions under the names of their records. All changes join the transaction they are made in."""

    def __init__(self, db: JournalDB, table: str) -> None:
        self.last_rev = ""
        """The highest rev of all."""
        self._ids: dict[Name, list[int]] = {}
        one = db.table(table)
        assert isinstance(one, JournalTable)
        self._table = one
        one.watch(self._changed)

    def __len__(self) -> int:
        return sum(map(len, self._ids.values()))

    def names(self) -> list[Name]:
        """Return the records that have any."""
        return list(self._ids)

    def of(self, name: Name) -> list[Change]:
        """Return a record's versions, newest first; inside a transaction, without those it has added."""
        rows = [self._table.get(doc_id=doc_id) for doc_id in self._ids.get(name, ())]
        return sorted((msgspec.convert(row, Change) for row in rows if row is not None), key=age, reverse=True)

    def replace(self, name: Name, versions: Iterable[Change]) -> None:
        """Have exactly these versions of a record; what stays is not written again."""
        wanted = {age(one): one for one in versions}
        for doc_id in self._ids.get(name, ()):
            there = msgspec.convert(self._table.get(doc_id=doc_id), Change)
            if wanted.pop(age(there), None) is None:
                self._table.remove(doc_ids=[doc_id])
        for one in wanted.values():
            self._table.insert(msgspec.to_builtins(one))

    def _changed(self, doc_id: int, old: Fields | None, new: Fields | None) -> None:
        if old is not None:
            name = old["entity"], old["key"]
            self._ids[name].remove(doc_id)
            if not self._ids[name]:
                del self._ids[name]
        if new is not None:
            self._ids.setdefault((new["entity"], new["key"]), []).append(doc_id)
            self.last_rev = max(self.last_rev, new["rev"])
