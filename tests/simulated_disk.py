"""A disk that loses power: what was not yet synced may be there or not, in any order, torn at 512-byte sectors.

`SimulatedDisk` works on a real folder, which is what the running program sees, and records each operation. `PowerCut`
then makes up what such a disk may hold when the power fails at any moment: data is durable only by an fsync of its
file, a name only by an fsync of its folder.
"""

import errno
import os
import random
from collections.abc import Callable
from pathlib import Path

import msgspec

from edge_agent.journal.files import Files

SECTOR = 512
Image = dict[Path, bytes]


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


class PowerCut:
    """The disk at one moment of a record of steps: what is durable, and what is pending."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._versions: dict[int, list[bytes]] = {}
        self._names: dict[Path, int] = {}
        self._pending: list[Named] = []

    def take(self, step: Step) -> None:
        """Move on by one step."""
        if isinstance(step, Content):
            versions = self._versions.setdefault(step.file, [b""])
            versions.append(_changed(versions[-1], step))
        elif isinstance(step, Synced):
            versions = self._versions.get(step.file, [b""])
            self._versions[step.file] = [self._torn(step.file) if step.failed else versions[-1]]
        elif isinstance(step, Named):
            self._pending.append(step)
        else:
            durable = [one for one in self._pending if one.name.parent == step.folder]
            self._pending = [one for one in self._pending if one not in durable]
            _rename(self._names, durable)

    def images(self, random_ones: int) -> list[Image]:
        """Return what may be found: the four extremes and that many random mixtures, each image once."""
        images = []
        for named in ([], self._pending):
            images.append(self._image(lambda file: self._versions[file][0], named))
            images.append(self._image(lambda file: self._versions[file][-1], named))
        for _ in range(random_ones):
            named = [one for one in self._pending if self._chance.random() < 0.7]
            images.append(self._image(self._torn, named))
        return [image for number, image in enumerate(images) if image not in images[:number]]

    def _image(self, content: Callable[[int], bytes], named: list[Named]) -> Image:
        names = dict(self._names)
        _rename(names, named)
        return {name: content(file) if file in self._versions else b"" for name, file in names.items()}

    def _torn(self, file: int) -> bytes:
        """Each sector as it was at some time since the last fsync, and so is the length."""
        versions = self._versions[file]
        length = len(self._chance.choice(versions))
        if len(versions) == 1:
            return versions[0]
        sectors = []
        for start in range(0, length, SECTOR):
            size = min(SECTOR, length - start)
            sector = self._chance.choice(versions)[start : start + size]
            sectors.append(sector + self._never_written(start)[len(sector) : size])
        return b"".join(sectors)

    def _never_written(self, start: int) -> bytes:
        """What stands in a sector that belongs to the file but was not written: zeros, or what another file left."""
        if self._chance.random() < 0.5:
            return bytes(SECTOR)
        former = self._chance.choice(list(self._versions.values()))[-1]
        return former[start : start + SECTOR].ljust(SECTOR, b"\0")


def written(folder: Path, image: Image, known: Path) -> None:
    """Make the folder hold the image of the folder `known`, and nothing else."""
    folder.mkdir(exist_ok=True)
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    for name, content in image.items():
        path = folder / name.relative_to(known)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def _changed(content: bytes, step: Content) -> bytes:
    if step.cut:
        return content[: step.offset].ljust(step.offset, b"\0")
    return content[: step.offset].ljust(step.offset, b"\0") + step.data + content[step.offset + len(step.data) :]


def _rename(names: dict[Path, int], steps: list[Named]) -> None:
    for step in steps:
        if step.instead_of is not None and names.get(step.instead_of) == step.file:
            del names[step.instead_of]
        if step.file is None:
            names.pop(step.name, None)
        else:
            names[step.name] = step.file
