"""Merging what other kiosks and the cloud changed: of each record the newest version wins, whatever the order.

A version that loses is kept in the record's history, so that nobody's work vanishes silently; the newest ten are. A
deletion is meant: it takes along all that is older than it, the history too. What this program does not understand is
kept aside, and merged once a newer program does.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence

from edge_agent.errors import PermanentError
from edge_agent.journal.kinds import Kind, Kinds, Void
from edge_agent.journal.outbox import SyncRow
from edge_agent.journal.table import JournalDB
from edge_agent.journal.versions import Name, Versions, age
from edge_agent.records import Change

logger = logging.getLogger(__name__)

_HISTORY_LENGTH = 10


class Merging:
    """Takes changes in. All it does joins the transaction it is called in, once in each."""

    def __init__(self, db: JournalDB, kinds: Kinds) -> None:
        self.history = Versions(db, "history")
        self.aside = Versions(db, "aside")
        self._kinds = kinds

    @property
    def last_rev(self) -> str:
        """The highest rev of what is kept beside the present versions."""
        return max(self.history.last_rev, self.aside.last_rev)

    def merge(self, changes: Iterable[Change], at: str) -> Void:
        """Take in versions the cloud has, in any order, known ones too; `at` is now. Raises `TemporaryError`."""
        by_name: dict[Name, list[Change]] = {}
        for change in changes:
            by_name.setdefault((change.entity, change.key), []).append(change)
        return tuple(file for name, versions in by_name.items() for file in self._merge_record(name, versions, at))

    def adopt_aside(self, at: str) -> Void:
        """Merge what this program understands and an older one did not."""
        void: list[Void] = []
        for name in self.aside.names():
            versions = self.aside.of(name)
            if not _fault(self._kinds.get(name[0]), versions[0]):
                self.aside.replace(name, ())
                void.append(self._merge_record(name, versions, at))
        return tuple(file for files in void for file in files)

    def _merge_record(self, name: Name, incoming: Sequence[Change], at: str) -> Void:
        kind = self._kinds.get(name[0])
        faults = {age(one): _fault(kind, one) for one in incoming}
        self._keep_aside(name, [one for one in incoming if faults[age(one)]], faults)
        sound = [one for one in incoming if not faults[age(one)]]
        if kind is None or not sound:
            return ()
        present = _present(kind, name)
        versions = [*sound, *self.history.of(name), *([present] if present else [])]
        winner = max(versions, key=age)
        self.history.replace(name, _losers(versions, winner))
        if present and age(present) == age(winner):
            _confirm(kind, sound, at)
            return ()
        try:
            return _keep(kind, winner, at)
        except PermanentError as error:
            self._keep_aside(name, [winner], {age(winner): str(error)})
            return ()

    def _keep_aside(self, name: Name, versions: Sequence[Change], faults: Mapping[tuple[str, str], str]) -> None:
        if versions:
            newest = max(versions, key=age)
            logger.warning("%s %s is kept aside: %s", *name, faults[age(newest)])
            self.aside.replace(name, [max([*self.aside.of(name), newest], key=age)])


def _fault(kind: Kind | None, change: Change) -> str:
    """Return why a version can't be merged, empty when it can."""
    if kind is None:
        return f"records of kind {change.entity!r} are unknown here; upgrade edge-agent"
    try:
        if change.doc is not None:
            kind.checked(change.key, change.doc)
    except PermanentError as error:
        return str(error)
    return ""


def _present(kind: Kind, name: Name) -> Change | None:
    """Return the present version; None when there is none, or only its row after damage."""
    doc_id = kind.outbox.id_of(name[1])
    row = None if doc_id is None else kind.outbox.row(doc_id)
    if doc_id is None or row is None:
        return None
    try:
        doc = kind.document(doc_id) if row.op == "put" else None
    except PermanentError as error:
        logger.error("%s", error)
        return None
    return Change(entity=row.entity, key=row.key, rev=row.rev, op=row.op, hash=row.hash, doc=doc)


def _keep(kind: Kind, change: Change, at: str) -> Void:
    """Make a version that came from the cloud the present one."""
    row = SyncRow(
        entity=change.entity,
        key=change.key,
        rev=change.rev,
        hash=change.hash,
        op=change.op,
        saved_at=at,
        confirmed_rev=change.rev,
        confirmed_at=at,
    )
    return kind.delete(row) if change.doc is None else kind.put(row, kind.checked(change.key, change.doc))


def _losers(versions: Iterable[Change], winner: Change) -> list[Change]:
    """Return what belongs into the history: no older than the last deletion, and only so many.

    It depends on the set of the versions alone, not on their order.
    """
    by_age = {age(one): one for one in versions}
    deleted = max((key for key, one in by_age.items() if one.op == "delete"), default=("", ""))
    keys = sorted((key for key in by_age if deleted <= key < age(winner)), reverse=True)
    return [by_age[key] for key in keys[:_HISTORY_LENGTH]]


def _confirm(kind: Kind, incoming: Iterable[Change], at: str) -> None:
    """What comes down from the cloud's database is there: as good as a receipt."""
    for change in incoming:
        doc_id = kind.outbox.id_of(change.key)
        row = None if doc_id is None else kind.outbox.row(doc_id)
        if doc_id is not None and row and row.state != "confirmed" and (row.rev, row.hash) == age(change):
            kind.outbox.confirm(doc_id, row, at)
