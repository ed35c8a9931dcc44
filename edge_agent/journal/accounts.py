"""Who may sign in at this kiosk: roles, PIN hashes, remembered devices, and receipts of those who have left.

The table `accounts` never leaves this kiosk; names and profiles are in the members' records, which do. Both are small,
so they are held in memory, where whatever comes down from other kiosks shows up by itself.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from tinydb.table import Document

from edge_agent.errors import PermanentError
from edge_agent.journal.table import JournalDB, open_table
from edge_agent.members.lockout import Standing
from edge_agent.members.rights import Role
from edge_agent.records import Record


class Access(Record, frozen=True, kw_only=True, tag="access"):
    """How one member signs in here."""

    user_id: str
    role: Role = "member"
    pin_hash: str | None = None
    reset_hash: str | None = None
    """Of a one-time code with which a new PIN can be set until `reset_until` (Unix seconds)."""
    reset_until: float = 0.0


class KnownDevice(Record, frozen=True, kw_only=True, tag="device"):
    """A phone that stays signed in."""

    device_id: str
    user_id: str
    name: str
    hashes: tuple[str, ...]
    """Of the secret it has shown last, and of those given to it since: an answer may have been lost on its way."""
    created_at: str
    last_seen_at: str


class Farewell(Record, frozen=True, kw_only=True, tag="farewell"):
    """Who has left. `rev` is that of the deletion on its way to the cloud."""

    code_hash: str
    user_id: str
    name: str
    left_at: str
    rev: str
    deleted: dict[str, int]
    erased: bool = False
    """Whether the journal's file was written anew since, without what was theirs."""


class KeySet(Record, frozen=True, kw_only=True, tag="keys"):
    """The keys that a token issuer had last, as JWKS."""

    url: str
    jwks: str


class KeptTries(Record, frozen=True, kw_only=True, tag="tries"):
    """Wrong PINs that must not be forgotten when the program ends; times are Unix seconds."""

    standing: Standing


Row = Access | KnownDevice | Farewell | KeySet | KeptTries
_Key = tuple[str, str]


class MemberFields(msgspec.Struct, frozen=True):
    """What is looked at of a member's record, wherever it was written; the rest of it is passed over."""

    name: Any = None
    created_at: Any = None
    profile: Any = None


class _Member(msgspec.Struct, frozen=True):
    key: str
    doc: MemberFields


class Accounts:
    """All changes join the transaction they are made in."""

    def __init__(self, db: JournalDB) -> None:
        self.members: dict[str, MemberFields] = {}
        """Under their user ids."""
        self._rows: dict[_Key, tuple[int, Row]] = {}
        open_table(db, "records_member").watch(_Member, self._member_changed)
        self._table = open_table(db, "accounts")
        self._table.watch(Row, self._changed)  # type: ignore[arg-type]  # a union of structs is as good as one

    def access(self, user_id: str) -> Access:
        """Return how a member signs in here; for one who never has, what everybody begins with."""
        found = self._rows.get(("access", user_id))
        return found[1] if found and isinstance(found[1], Access) else Access(user_id=user_id)

    def all_access(self) -> Iterator[Access]:
        return (row for _, row in self._rows.values() if isinstance(row, Access))

    def devices(self, user_id: str | None = None) -> list[KnownDevice]:
        """Return remembered devices, of one member or all, oldest first."""
        rows = (row for _, row in self._rows.values() if isinstance(row, KnownDevice))
        return [row for row in rows if user_id in (None, row.user_id)]

    def device(self, device_id: str) -> KnownDevice | None:
        found = self._rows.get(("device", device_id))
        return found[1] if found and isinstance(found[1], KnownDevice) else None

    def key_set(self, url: str) -> KeySet | None:
        found = self._rows.get(("keys", url))
        return found[1] if found and isinstance(found[1], KeySet) else None

    def tries(self) -> KeptTries:
        found = self._rows.get(("tries", ""))
        return found[1] if found and isinstance(found[1], KeptTries) else KeptTries(standing=Standing())

    def rows(self) -> list[Row]:
        """Return all there is."""
        return [row for _, row in self._rows.values()]

    def farewell(self, code_hash: str) -> Farewell:
        """Return a receipt. Raises `PermanentError` when there is none."""
        found = self._rows.get(("farewell", code_hash))
        if found is None or not isinstance(found[1], Farewell):
            raise PermanentError("no receipt has this code")
        return found[1]

    def unerased(self) -> list[Farewell]:
        """Return receipts of those whose deleted records are still bytes in the journal's file."""
        return [row for _, row in self._rows.values() if isinstance(row, Farewell) and not row.erased]

    def put(self, row: Row) -> None:
        """Keep a row, or the new version of one."""
        known = self._rows.get(_key(row))
        fields = msgspec.to_builtins(row)
        if known is None:
            self._table.insert(fields)
        elif known[1] != row:
            self._table.put(Document(fields, known[0]))

    def remove(self, *rows: Row) -> None:
        ids = [self._rows[_key(row)][0] for row in rows if _key(row) in self._rows]
        if ids:
            self._table.remove(doc_ids=ids)

    def remove_member(self, user_id: str) -> None:
        """Forget how a member signs in; receipts stay."""
        self.remove(self.access(user_id), *self.devices(user_id))

    def orphans(self) -> list[str]:
        """Return the user ids that can sign in here though their record is gone, as after a deletion elsewhere."""
        rows = (row for _, row in self._rows.values() if isinstance(row, (Access, KnownDevice)))
        return sorted({row.user_id for row in rows if row.user_id not in self.members})

    def _changed(self, doc_id: int, old: Row | None, new: Row | None) -> None:
        if old is not None:
            self._rows.pop(_key(old), None)
        if new is not None:
            self._rows[_key(new)] = doc_id, new

    def _member_changed(self, _: int, old: _Member | None, new: _Member | None) -> None:
        if old is not None:
            self.members.pop(old.key, None)
        if new is not None:
            self.members[new.key] = new.doc


def _key(row: Row) -> _Key:
    match row:
        case Access():
            return "access", row.user_id
        case KnownDevice():
            return "device", row.device_id
        case Farewell():
            return "farewell", row.code_hash
        case KeySet():
            return "keys", row.url
        case KeptTries():
            return "tries", ""
