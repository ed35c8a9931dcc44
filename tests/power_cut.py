"""What a disk may hold after the power failed: all that was synced, and whatever mixture of what was not.

Data is durable only by an fsync of its file, a name only by an fsync of its folder. Until then each write may be there
or not, torn at 512-byte sectors, in any order, and so may each name; a sector that was never written may hold anything.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.simulated_disk import Content, Named, SimulatedDisk, Step, Synced

SECTOR = 512
Image = dict[Path, bytes]


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


def crashes(disk: SimulatedDisk, known: Path, chance: random.Random, random_ones: int) -> Iterator[tuple[int, Path]]:
    """Write each image of the folder `known` beside it, and yield the moment it is from and its folder."""
    cut, folder = PowerCut(chance), known.with_name(f"{known.name}-image")
    for moment, step in enumerate(disk.steps, 1):
        cut.take(step)
        for image in cut.images(random_ones) if moment >= disk.beginning else ():
            written(folder, image, known)
            yield moment, folder


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
