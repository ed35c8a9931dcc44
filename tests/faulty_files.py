"""File layers that misbehave on purpose, each behind the journal's own `Files`."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from edge_agent.journal.files import Files

T = TypeVar("T")

Kind = Literal["refused", "shortened", "torn", "late"]
"""`refused`: nothing happens; `shortened`: half of a write is taken and told; `torn`: half of a write is taken, then it
fails; `late`: it happens and is called a failure all the same.
"""


class QuickFiles(Files):
    """Syncs nothing: for tests in which no power fails."""

    def fdatasync(self, fd: int) -> None: ...

    def fsync(self, fd: int) -> None: ...

    def fsync_folder(self, folder: Path) -> None: ...


class Fault(msgspec.Struct, frozen=True):
    """The operation number `turn` meets this, and with `lasting` all the following ones too."""

    turn: int
    kind: Kind = "refused"
    error: int = errno.EIO
    lasting: bool = False


class FaultyFiles(QuickFiles):
    """Counts its changing operations in `calls`; one of them meets the fault. `hook` is called before each.

    Nothing is synced for good, as no power fails here; that an fsync was refused counts all the same.
    """

    def __init__(self, fault: Fault | None = None, hook: Callable[[str], None] | None = None) -> None:
        self.fault = fault
        self.calls: list[str] = []
        self._hook = hook

    def open(self, path: Path, *, create: bool = False) -> int:
        return (
            self._meet("open", lambda: super(FaultyFiles, self).open(path, create=create))
            if create
            else (super().open(path))
        )

    def pwrite(self, fd: int, data: bytes, offset: int) -> int:
        fault = self._take("pwrite")
        if fault is None:
            return super().pwrite(fd, data, offset)
        if fault.kind in ("shortened", "torn"):
            taken = super().pwrite(fd, data[: (len(data) + 1) // 2], offset)
            if fault.kind == "shortened":
                return taken
        if fault.kind == "late":
            super().pwrite(fd, data, offset)
        raise OSError(fault.error, os.strerror(fault.error))

    def fdatasync(self, fd: int) -> None:
        self._meet("fdatasync", lambda: super(FaultyFiles, self).fdatasync(fd))

    def fsync(self, fd: int) -> None:
        self._meet("fsync", lambda: super(FaultyFiles, self).fsync(fd))

    def fsync_folder(self, folder: Path) -> None:
        self._meet("fsync_folder", lambda: super(FaultyFiles, self).fsync_folder(folder))

    def truncate(self, fd: int, length: int) -> None:
        self._meet("truncate", lambda: super(FaultyFiles, self).truncate(fd, length))

    def rename(self, source: Path, target: Path) -> None:
        self._meet("rename", lambda: super(FaultyFiles, self).rename(source, target))

    def link(self, source: Path, target: Path) -> None:
        self._meet("link", lambda: super(FaultyFiles, self).link(source, target))

    def unlink(self, path: Path) -> None:
        self._meet("unlink", lambda: super(FaultyFiles, self).unlink(path))

    def _meet(self, operation: str, act: Callable[[], T]) -> T:
        fault = self._take(operation)
        if fault is None or fault.kind == "shortened":
            return act()
        if fault.kind == "late":
            act()
        raise OSError(fault.error, os.strerror(fault.error))

    def _take(self, operation: str) -> Fault | None:
        if self._hook:
            self._hook(operation)
        turn = len(self.calls)
        self.calls.append(operation)
        if self.fault is None or turn < self.fault.turn:
            return None
        return self.fault if self.fault.lasting or turn == self.fault.turn else None


class UnreadableFiles(QuickFiles):
    """From the read number `turn` on, reads that touch the byte `bad` fail (any, for None) until `well` is set."""

    def __init__(self, turn: int = 0, bad: int | None = None) -> None:
        self.well = False
        self.reads = 0
        self._turn, self._bad = turn, bad

    def pread(self, fd: int, length: int, offset: int) -> bytes:
        self.reads += 1
        touched = self._bad is None or offset <= self._bad < offset + length
        if not self.well and self.reads > self._turn and touched:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().pread(fd, length, offset)
