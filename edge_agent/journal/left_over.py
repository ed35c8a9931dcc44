"""Finds files of deleted sessions: a disk may refuse to remove one, or a kill come between commit and removal."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from edge_agent.journal.retention import detail_path
from edge_agent.journal.session_files import file_digits


class _Named(msgspec.Struct):
    """Whose file it is: a session file has `_id`, one with reps `session_id`."""

    id: str = msgspec.field(default="", name="_id")
    session_id: str = ""


_decoder = msgspec.json.Decoder(_Named)


def left_over(folder: Path, deleted: Sequence[str]) -> list[Path]:
    """Return the files of deleted sessions; `folder` is that of the session files. Reads only what is named alike."""
    digits = {one for session_id in deleted for one in file_digits(session_id)}
    keys = set(deleted)
    places = (folder, detail_path(folder, "")) if digits else ()
    return [path for place in places for path in _named(place, digits) if _owner(path) in keys]


def _named(folder: Path, digits: set[str]) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(one.name for one in entries if one.name[-13:-5] in digits and one.name.endswith(".json"))
    except OSError:
        return
    yield from (folder / name for name in found)


def _owner(path: Path) -> str:
    try:
        named = _decoder.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return ""
    return named.id or named.session_id
