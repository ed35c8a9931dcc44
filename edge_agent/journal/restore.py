"""Restore: a backup is unpacked and checked in a folder of its own before anything is touched; nothing is deleted."""

import hashlib
import os
import re
import shutil
import zipfile
from pathlib import Path

import msgspec

from edge_agent.errors import ConfigError
from edge_agent.journal.backup import MANIFEST, UNREADABLE, VERSION, FileSum, Manifest, read_manifest
from edge_agent.journal.files import lock
from edge_agent.journal.placing import finish_placing, put_in_place
from edge_agent.journal.tables import Journal
from edge_agent.records import FeedPlace, Record

_CHUNK = 1 << 20
_SAFE_NAME = re.compile(r"journal|sessions/(detail/)?[^/\0]+\.json")


class Restored(Record, frozen=True, kw_only=True):
    """What became of it; `set_aside` are the new names of what was there, `damage` is what the backup brought."""

    made_at: str
    sessions: int
    set_aside: tuple[str, ...]
    damage: tuple[str, ...]


def restore(source: Path, folder: Path, *, force: bool) -> Restored:
    """Put a backup in place. Raises `ConfigError`, and then what was in the folder is as it was.

    Refuses a damaged backup, a folder whose journal is in use and, without `force`, one that holds a journal or
    session files; with it they are set aside.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        holding = lock(folder / "journal")
        fresh = folder / "restoring"
        try:
            finish_placing(folder)
            if not force and _holds_something(folder):
                raise ConfigError(f"{folder}: holds a journal or session files already; --force sets them aside")
            shutil.rmtree(fresh, ignore_errors=True)
            manifest = _unpack(source, fresh)
            restored = _checked(fresh, manifest)
            aside = put_in_place(fresh, folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            os.close(holding)
    except OSError as error:
        raise ConfigError(f"{folder}: not restored: {error.strerror or error}") from error
    return msgspec.structs.replace(restored, set_aside=aside)


def _holds_something(folder: Path) -> bool:
    sessions = folder / "sessions"
    return (folder / "journal").exists() or (sessions.is_dir() and any(sessions.iterdir()))


def _unpack(source: Path, fresh: Path) -> Manifest:
    """Unpack into a new folder, comparing each file with the manifest."""
    if not source.is_file():
        raise ConfigError(f"{source}: no such file")
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = read_manifest(archive)
            if manifest.version > VERSION:
                raise ConfigError(f"{source}: written by a newer edge-agent; upgrade this one")
            if sorted([*manifest.files, MANIFEST]) != sorted(archive.namelist()) or "journal" not in manifest.files:
                raise ConfigError(
                    f"{source}: damaged: its manifest names other files than it holds; nothing was changed"
                )
            for name, expected in manifest.files.items():
                if not _SAFE_NAME.fullmatch(name) or _unpack_one(archive, name, fresh, expected.size) != expected:
                    raise ConfigError(f"{source}: damaged: {name!r} is not what was backed up; nothing was changed")
    except UNREADABLE as error:
        raise ConfigError(f"{source}: damaged or no backup ({error}); nothing was changed") from error
    return manifest


def _unpack_one(archive: zipfile.ZipFile, name: str, fresh: Path, size: int) -> FileSum:
    path = fresh / name
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, read = hashlib.sha256(), 0
    with archive.open(name) as entry, os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o640), "wb") as target:
        while read <= size and (piece := entry.read(_CHUNK)):
            target.write(piece)
            digest.update(piece)
            read += len(piece)
    return FileSum(size=read, sha256=digest.hexdigest())


def _checked(fresh: Path, manifest: Manifest) -> Restored:
    """Open the unpacked journal, and write the session files that were being replaced while the backup was made.

    From the cloud it will fetch all there is: from its place then, what this kiosk has made since would stay away.
    """
    with Journal.open(fresh) as journal:
        journal.write_missing_files()
        journal.merge((), FeedPlace(), manifest.made_at)
        restored = Restored(
            made_at=manifest.made_at, sessions=journal.session_count, set_aside=(), damage=journal.damage
        )
    os.sync()
    return restored
