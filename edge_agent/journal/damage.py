"""What a journal's file has lost: told in words and kept in files of its own by name, never deleted."""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path

from edge_agent.journal.files import Files, read_over_bad_sectors, write_whole

_CHUNK = 1 << 20


class Damage:
    """Of one journal. `unreadable` says that the disk could not read some of its file."""

    def __init__(self, files: Files, path: Path) -> None:
        self.told: tuple[str, ...] = ()
        self.unreadable = False
        self._files = files
        self._path = path

    def tell(self, words: str) -> None:
        """Keep words for people."""
        self.told += (words,)

    def read(self, fd: int, length: int, offset: int) -> bytes:
        """Read the file over bad sectors, and remember that there were some."""
        found, all_read = read_over_bad_sectors(self._files, fd, length, offset)
        self.unreadable |= not all_read
        return found

    def set_aside(self, fd: int, offset: int, length: int) -> str:
        """Copy a stretch of the file to a file of its own, named by its content so that none is kept twice.

        A file that can't be read is kept whole instead, see `keep_unreadable`.
        """
        if self.unreadable:
            return self._unreadable_path(fd).name

        def pieces() -> Iterator[bytes]:
            for start in range(offset, offset + length, _CHUNK):
                yield self._files.pread(fd, min(_CHUNK, offset + length - start), start)

        crc = 0
        for piece in pieces():
            crc = zlib.crc32(piece, crc)
        path = self._path.with_name(f"{self._path.name}.damaged-{crc:08x}")
        if not path.exists():
            write_whole(self._files, path, pieces())
        return path.name

    def keep_unreadable(self, fd: int) -> None:
        """Give the file a name of its own when some of it could not be read: the disk may do better one day."""
        if self.unreadable:
            kept = self._unreadable_path(fd)
            if not kept.exists():
                self._files.link(self._path, kept)
            self.tell(f"the disk can't read all of it; the whole file is kept as {kept.name}, check the disk")

    def _unreadable_path(self, fd: int) -> Path:
        return self._path.with_name(f"{self._path.name}.unreadable-{os.fstat(fd).st_ino:x}")
