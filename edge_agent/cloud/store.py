"""What a cloud database does for the workers: let the newest version win, keep it, and say what came of each."""

from collections.abc import Collection, Sequence
from typing import Literal, Protocol

from edge_agent.cloud.documents import Document
from edge_agent.cloud.reports import Reports
from edge_agent.digests import DayDigest, Version
from edge_agent.records import PackedChange, Record

SCHEMA = 4
"""Version of what the databases hold; one number for all kinds of databases."""

Outcome = Literal["stored", "stale", "clash", "foreign"]
"""`stored`: this very version is in the database, be it by this write or an earlier one. `stale`: a newer one is, or
its owner has been deleted since. `clash`: other content is there under the same rev. `foreign`: it is a session of
another gym's device, and not written (`versions.foreign`).
"""


class Delivery(Record, frozen=True, kw_only=True):
    """One checked change, its document in canonical JSON, and the device it came from; `document` is what it puts."""

    device_id: str
    change: PackedChange
    document: Document | None = None


class Opened(Record, frozen=True, kw_only=True):
    """What opening did: the schema version it found (None in an empty database) and how many records it rewrote."""

    found: int | None
    rewritten: int = 0


class Found(Record, frozen=True, kw_only=True):
    """Records in the order of a database's log, each with the cursor behind it; `cursor` is behind all looked at."""

    changes: tuple[tuple[str, Delivery], ...]
    cursor: str
    more: bool


class ChangeLog(Protocol):
    """The log of an open store, used from the store's thread. All methods raise `TemporaryError`."""

    def changes(self, after: str, limit: int, devices: Collection[str] | None = None) -> Found | None:
        """Return up to `limit` records whose newest version was listed behind a cursor, deletions included.

        With `devices` only what came from them. The empty cursor is the beginning; None for one that this database
        has not given out in its present life.
        """
        ...

    def bookmark(self, name: str) -> str:
        """Return what somebody wants remembered here under a name, empty at first."""
        ...

    def move_bookmark(self, name: str, before: str, after: str) -> bool:
        """Remember something else. Returns False when it is no longer `before`: somebody else has moved it."""
        ...

    def gyms(self) -> dict[str, str]:
        """Return the gym of each device that was assigned to one."""
        ...

    def assign(self, gym: str, devices: Sequence[str]) -> None:
        """Have devices belong to a gym; the empty one takes them out of any."""
        ...


class RecordStore(Protocol):
    """A database, used from one thread at a time; any number of stores may work on one database at once.

    All methods raise `TemporaryError` while the database is away.
    """

    @property
    def log(self) -> ChangeLog:
        """In which order the records came."""
        ...

    @property
    def reports(self) -> Reports:
        """What the sessions in it add up to."""
        ...

    def open(self) -> Opened:
        """Connect; make the schema or upgrade an older one, also when others do so at the same time.

        Raises `ConfigError` when the database can't be used or is of a newer version.
        """
        ...

    def write(self, deliveries: Sequence[Delivery], received_at: str, *, copied: bool = False) -> list[Outcome]:
        """Keep the newest versions durably; return what came of each delivery, in their order.

        What is `copied` from another database has been let in there, and none of it is foreign.
        Writing the same again changes nothing. A member's or a program's deletion takes along what it owns and is
        older. Raises `TemporaryError` (try again: nothing is written, or, where the database has no transactions,
        what is written is finished by trying again) and `PermanentError` (the database can't take the content of one
        of them).
        """
        ...

    def devices(self) -> list[str]:
        """Return the devices that living records came from, sorted."""
        ...

    def digests(self, device_id: str) -> list[DayDigest]:
        """Return a digest for each day with living records of the device, oldest first."""
        ...

    def versions(self, device_id: str, day: str) -> list[Version]:
        """Return the living records of one device and day, sorted by entity and key."""
        ...

    def read(self, names: Sequence[tuple[str, str]]) -> list[Delivery]:
        """Return what is there, tombstones too, under these entities and keys, sorted, fit to be written elsewhere."""
        ...

    def close(self) -> None: ...
