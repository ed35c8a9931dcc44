"""Setting files aside by name instead of deleting them, and giving new ones to the folder's owner."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path


def keep_aside(path: Path, reason: str) -> Path:
    """Give a file a second name, such as `journal.before-rebuild-1`; the first may then be taken. Raises `OSError`."""
    for aside in _names(path, reason):
        try:
            os.link(path, aside)
        except FileExistsError:
            continue
        return aside
    raise AssertionError("there is always a next name")


def move_aside(path: Path, reason: str) -> Path:
    """Rename a file or a folder to such a name. Raises `OSError`."""
    aside = next(name for name in _names(path, reason) if not name.exists())
    return path.rename(aside)


def hand_over(path: Path, folder: Path) -> None:
    """When root did the work, give a file, or a folder with all that is in it, to whoever owns `folder`."""
    if os.geteuid() != 0:
        return
    owner = folder.stat()
    for each in (path, *(path.rglob("*") if path.is_dir() else ())):
        os.chown(each, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _names(path: Path, reason: str) -> Iterator[Path]:
    return (path.with_name(f"{path.name}.before-{reason}-{number}") for number in count(1))
