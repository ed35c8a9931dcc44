"""A disk that keeps a record of each write, truncation, fsync, rename and link that a program does to its folder.

The program sees the real folder; what such a disk may hold after a power cut is made up of the record in power_cut.py.
"""

import errno
import os
from pathlib import Path

import msgspec

from edge_agent.journal.files import Files


class Content(msgspec.Struct, frozen=True):
    """A write at `offset`, or with `cut` the file's end there."""

    file: int
    offset: int
    data: bytes
    cut: bool = False


class Synced(msgspec.Struct, frozen=True):
    """An fsync of a file. One that failed loses what was pending: the kernel holds it for clean from then on."""

    file: int
    failed: bool = False


class Named(msgspec.Struct, frozen=True):
    """`name` now means `file`, None for nothing; `instead_of` is the name that is gone by the same rename."""

    name: Path
    file: int | None
    instead_of: Path | None = None


class FolderSynced(msgspec.Struct, frozen=True):
    folder: Path


Step = Content | Synced | Named | FolderSynced


class SimulatedDisk(Files):
    """The operations named in `failing` fail, a write after half of its bytes, an fsync with all that was pending."""

    def __init__(self, folder: Path) -> None:
        """Begin with what is in the folder, as durable."""
        self.failing: set[str] = set()
        self.steps: list[Step] = []
        self._folder = folder
        self._files: dict[int, int] = {}
        self._names: dict[Path, int] = {}
        self._notice_the_rest()
        for name, file in self._names.items():
            self.steps += [Content(file, 0, name.read_bytes()), Synced(file)]
        self.steps += [FolderSynced(one) for one in {folder, *(name.parent for name in self._names)}]
        self.beginning = len(self.steps)

    def open(self, path: Path, *, create: bool = False) -> int:
        self._notice_the_rest()
        fd = super().open(path, create=create)
        if create:
            if path in self._names:
                self.steps.append(Content(self._names[path], 0, b"", cut=True))
            else:
                self._name(path, self._new_file(os.fstat(fd).st_ino))
        return fd

    def pwrite(self, fd: int, data: bytes, offset: int) -> int:
        torn = "pwrite" in self.failing
        taken = super().pwrite(fd, data[: len(data) // 2] if torn else data, offset)
        self.steps.append(Content(self._file(fd), offset, data[:taken]))
        if torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return taken

    def truncate(self, fd: int, length: int) -> None:
        super().truncate(fd, length)
        self.steps.append(Content(self._file(fd), length, b"", cut=True))

    def fdatasync(self, fd: int) -> None:
        self._sync(fd, "fdatasync")

    def fsync(self, fd: int) -> None:
        self._sync(fd, "fsync")

    def rename(self, source: Path, target: Path) -> None:
        super().rename(source, target)
        file = self._names.pop(source)
        self._names[target] = file
        self.steps.append(Named(target, file, source))

    def link(self, source: Path, target: Path) -> None:
        super().link(source, target)
        self._name(target, self._names[source])

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        self._notice_the_rest()

    def fsync_folder(self, folder: Path) -> None:
        self._notice_the_rest()
        if "fsync_folder" in self.failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self.steps.append(FolderSynced(folder))

    def _sync(self, fd: int, operation: str) -> None:
        failed = operation in self.failing
        self.steps.append(Synced(self._file(fd), failed))
        if failed:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def _file(self, fd: int) -> int:
        return self._files[os.fstat(fd).st_ino]

    def _new_file(self, inode: int) -> int:
        self._files[inode] = file = len(self.steps) + len(self._files)
        return file

    def _name(self, path: Path, file: int) -> None:
        self._names[path] = file
        self.steps.append(Named(path, file))

    def _notice_the_rest(self) -> None:
        """Take in what did not come through here: names that are gone, and at the start those that are there."""
        for gone in [name for name in self._names if not name.exists()]:
            del self._names[gone]
            self.steps.append(Named(gone, None))
        if not self.steps:
            for path in sorted(one for one in self._folder.rglob("*") if one.is_file() and one.suffix != ".lock"):
                self._name(path, self._new_file(path.stat().st_ino))
