"""Setting files aside by name instead of deleting them."""

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


def _names(path: Path, reason: str) -> Iterator[Path]:
    return (path.with_name(f"{path.name}.before-{reason}-{number}") for number in count(1))
