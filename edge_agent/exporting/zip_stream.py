"""A zip that is sent while it is written: nothing of it stays in memory."""

import io
import zipfile
from datetime import datetime
from typing import IO

_FAST = 3
"""Compression that leaves the processor to the camera."""


class ZipStream:
    """Files are added one after the other; `drain` gives what is ready to be sent."""

    def __init__(self, made_at: datetime) -> None:
        self._sink = _Sink()
        self._archive = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST)
        self._date = made_at.timetuple()[:6]
        self._open: IO[bytes] | None = None

    def begin(self, name: str) -> None:
        """Begin a file that is written in pieces."""
        self.end()
        entry = zipfile.ZipInfo(name, self._date)
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._open = self._archive.open(entry, "w", force_zip64=True)

    def write(self, piece: bytes) -> None:
        """Write a piece of the file begun last."""
        assert self._open is not None
        self._open.write(piece)

    def end(self) -> None:
        """End the file begun last, if one is open."""
        if self._open:
            self._open.close()
            self._open = None

    def add(self, name: str, content: bytes) -> None:
        """Add a whole file."""
        self.begin(name)
        self.write(content)
        self.end()

    def drain(self) -> bytes:
        return self._sink.drain()

    def finish(self) -> bytes:
        """Return all that is left to be sent."""
        self.end()
        self._archive.close()
        return self.drain()


class _Sink(io.RawIOBase):
    """Takes what is written and forgets what was fetched; it can't go back, and says so."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece) -> int:  # type: ignore[no-untyped-def]
        content = bytes(piece)
        self._pieces.append(content)
        return len(content)

    def drain(self) -> bytes:
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content
