"""Merging what other kiosks and the cloud changed: of each record the newest version wins, whatever the order.

A version that loses is kept in the record's history, so that nobody's work vanishes silently; the newest ten are. A
deletion is meant: it takes along all that is older than it, the history and what a member or program owns too. What
this program does not understand is kept aside, and merged once a newer program does.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from edge_agent import canonical
from edge_agent.errors import PermanentError
from edge_agent.journal.kinds import Kind, Kinds, Void
from edge_agent.journal.outbox import SyncRow
from edge_agent.journal.table import JournalDB
from edge_agent.journal.versions import Age, Name, Versions, age
from edge_agent.ownership import OWNING, owners
from edge_agent.records import Change

logger = logging.getLogger(__name__)

_HISTORY_LENGTH = 10

_Work = dict[Name, list[Change]]
"""What came in of each record; nothing, when only its owner's fate has changed."""


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
        work: _Work = {}
        for change in changes:
            work.setdefault((change.entity, change.key), []).append(change)
        return self._merge_all(work, {}, at)

    def erase_owned(self, owner: Name, rev: str, at: str) -> Void:
        """Delete what a member or program owned that was deleted here with this rev."""
        return self._merge_all(self._owned(owner), {owner: rev}, at)

    def _merge_all(self, work: _Work, erased: dict[Name, str], at: str) -> Void:
        """Merge each record once, owners first: what becomes of them decides about what they own."""
        void: list[Path] = []
        for is_next in (_is_member, _is_program, _is_owned):
            for name in list(filter(is_next, work)):
                void += self._merge_record(name, work[name], erased, at)
                for owned in self._owned(name) if name in erased else ():
                    work.setdefault(owned, [])
        return tuple(void)

    def _owned(self, owner: Name) -> _Work:
        """Return the records of which a version, present or past, belongs to a member or program."""
        present = [(entity, key) for entity, kind in self._kinds.items() for key in kind.owned_by(owner)]
        past = [
            name
            for name in self.history.names()
            if any(owner in owners(name[0], one.doc or {}) for one in self.history.of(name))
        ]
        return {name: [] for name in (*present, *past)}

    def _effective(self, change: Change, erased: Mapping[Name, str]) -> Change:
        """Return a version, as a deletion if its owner was deleted after it; `erased` are owners of this merge."""
        names = owners(change.entity, change.doc) if change.doc else []
        if any(change.rev < max(erased.get(name, ""), self._erased_before(name)) for name in names):
            return msgspec.structs.replace(change, op="delete", doc=None, hash=canonical.digest(None))
        return change

    def _erased_before(self, owner: Name) -> str:
        kind = self._kinds.get(owner[0])
        row = kind.outbox.row_of(owner[1]) if kind else None
        return max(row.rev if row and row.op == "delete" else "", _erased_rev(self.history.of(owner)))

    def adopt_aside(self, at: str) -> Void:
        """Merge what this program understands and an older one did not."""
        adopted: list[Change] = []
        for name in self.aside.names():
            versions = self.aside.of(name)
            if not _fault(self._kinds.get(name[0]), versions[0]):
                self.aside.replace(name, ())
                adopted += versions
        return self.merge(adopted, at)

    def _merge_record(self, name: Name, incoming: Sequence[Change], erased: dict[Name, str], at: str) -> Void:
        kind = self._kinds.get(name[0])
        faults = {age(one): _fault(kind, one) for one in incoming}
        self._keep_aside(name, [one for one in incoming if faults[age(one)]], faults)
        sound = [one for one in incoming if not faults[age(one)]]
        present = _present(kind, name) if kind else None
        known = [*self.history.of(name), *([present] if present else [])]
        versions = [self._effective(one, erased) for one in (*sound, *known)]
        if kind is None or not versions:
            return ()
        if name[0] in OWNING and (rev := _erased_rev(versions)):
            erased[name] = rev
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

    def _keep_aside(self, name: Name, versions: Sequence[Change], faults: Mapping[Age, str]) -> None:
        if versions:
            newest = max(versions, key=age)
            logger.warning("%s %s is kept aside: %s", *name, faults[age(newest)])
            self.aside.replace(name, [max([*self.aside.of(name), newest], key=age)])


def _is_member(name: Name) -> bool:
    return name[0] == "member"


def _is_program(name: Name) -> bool:
    return name[0] == "program"


def _is_owned(name: Name) -> bool:
    return name[0] not in OWNING


def _erased_rev(versions: Iterable[Change]) -> str:
    """Return the rev of the newest deletion, empty without one."""
    return max((one.rev for one in versions if one.op == "delete"), default="")


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
    deleted = max((key for key, one in by_age.items() if one.op == "delete"), default=("", False, ""))
    keys = sorted((key for key in by_age if deleted <= key < age(winner)), reverse=True)
    return [by_age[key] for key in keys[:_HISTORY_LENGTH]]


def _confirm(kind: Kind, incoming: Iterable[Change], at: str) -> None:
    """What comes down from the cloud's database is there: as good as a receipt."""
    for change in incoming:
        doc_id = kind.outbox.id_of(change.key)
        row = None if doc_id is None else kind.outbox.row(doc_id)
        if (
            doc_id is not None
            and row
            and row.state != "confirmed"
            and (row.rev, row.op == "delete", row.hash) == age(change)
        ):
            kind.outbox.confirm(doc_id, row, at)
