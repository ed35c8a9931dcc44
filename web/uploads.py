"""Room for files that are being uploaded: each is in memory whole, and a Raspberry Pi has not much of that."""

from collections.abc import Iterator
from contextlib import contextmanager

from edge_agent.errors import TemporaryError

MOST_BYTES = 25_000_000
_AT_ONCE = 2


class Uploads:
    """Counts the uploads that are under way."""

    def __init__(self) -> None:
        self._running = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Take room for an upload. Raises `TemporaryError` when others have it all."""
        if self._running >= _AT_ONCE:
            raise TemporaryError("others are uploading files right now; try again in a moment")
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
