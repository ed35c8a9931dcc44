"""What a cloud database does for the workers: commit a batch whole, let the newest version win, say what came of it."""

from collections.abc import Sequence
from typing import Literal, Protocol

from edge_agent.records import Change, Record, Session

Outcome = Literal["stored", "stale", "clash"]
"""`stored`: this very version is in the database, be it by this write or an earlier one. `stale`: a newer one is.
`clash`: other content is there under the same rev.
"""


class Delivery(Record, frozen=True, kw_only=True):
    """One checked change and the device it came from; `session` is its document, read, when it puts a session."""

    device_id: str
    change: Change
    session: Session | None = None


class RecordStore(Protocol):
    """A database, used from one thread at a time."""

    def open(self) -> None:
        """Connect and make the schema.

        Raises `TemporaryError` while the database is away, `ConfigError` when it can't be used or is of a newer
        version.
        """
        ...

    def write(self, deliveries: Sequence[Delivery], received_at: str) -> list[Outcome]:
        """Commit all in one transaction; return what came of each, in their order.

        Writing the same again changes nothing. Raises `TemporaryError` (nothing is written, try again) and
        `PermanentError` (the database can't take the content of one of them; nothing is written).
        """
        ...

    def close(self) -> None: ...
