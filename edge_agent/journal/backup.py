"""Backup: journal, session files and a manifest with their SHA-256 in one zip file, written whole.

It is made beside a running agent, without its lock: the journal only grows, so what was whole once stays whole.
"""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal

import msgspec

from edge_agent import __version__
from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.journal.files import Files
from edge_agent.journal.lines import FORMAT, read_header, scan
from edge_agent.journal.replay import replay
from edge_agent.records import Record

VERSION = 1
MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_LONGEST_MANIFEST = 64 << 20
_FAST = 1
"""Compression that leaves the processor to the camera."""
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, ValueError, msgspec.MsgspecError)


class FileSum(Record, frozen=True, kw_only=True):
    """Bytes and SHA-256 of a file."""

    size: int
    sha256: str


class Manifest(Record, frozen=True, kw_only=True):
    """What a backup holds."""

    format: Literal["edge-agent-backup"] = "edge-agent-backup"
    version: int = VERSION
    made_at: str
    program: str = __version__
    files: dict[str, FileSum]


def back_up(folder: Path, target: Path, made_at: str) -> Manifest:
    """Write a folder's backup to `target`, whole or not at all; an older backup there is replaced.

    Raises `ConfigError` (no journal, `target` is something else) and `TemporaryError` (it can't be written).
    """
    if not (folder / "journal").exists():
        raise ConfigError(f"{folder}: holds no journal; name the right folder with --folder")
    if target.exists() and not _is_backup(target):
        raise ConfigError(f"{target}: is there and is no backup; choose another name")
    temporary = target.with_name(f".{target.name}.new")
    try:
        try:
            with os.fdopen(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
                manifest = _write(folder, file, made_at)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        Files().fsync_folder(target.parent)
    except OSError as error:
        raise TemporaryError(
            "{target}: the backup was not written: {cause}", target=target, cause=error.strerror or error
        ) from error
    return manifest


def _write(folder: Path, file: IO[bytes], made_at: str) -> Manifest:
    sums: dict[str, FileSum] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST) as archive:
        sums["journal"] = _add(archive, "journal", _whole_part(folder / "journal"))
        for path in sorted([*folder.glob("sessions/*.json"), *folder.glob("sessions/detail/*.json")]):
            name = path.relative_to(folder).as_posix()
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue  # replaced by a newer version a moment ago
            sums[name] = _add(archive, name, iter([content]))
        manifest = Manifest(made_at=made_at, files=sums)
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _add(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes]) -> FileSum:
    digest, size = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as entry:
        for piece in pieces:
            entry.write(piece)
            digest.update(piece)
            size += len(piece)
    return FileSum(size=size, sha256=digest.hexdigest())


def _whole_part(path: Path) -> Iterator[bytes]:
    """Yield a journal up to the end of its last whole transaction; its writer may go on or put a new file in place."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:

        def read(length: int, offset: int) -> bytes:
            return os.pread(fd, length, offset)

        known = read_header(read(_CHUNK, 0))
        if known is None or known[0] != FORMAT:
            raise ConfigError(f"{path}: not a journal that this program knows; nothing was backed up")
        end = replay(scan(read, known[1], os.fstat(fd).st_size), known[1]).end
        for start in range(0, end, _CHUNK):
            yield read(min(_CHUNK, end - start), start)
    finally:
        os.close(fd)


def _is_backup(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            read_manifest(archive)
    except (OSError, *UNREADABLE):
        return False
    return True


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """Return a backup's manifest. Raises one of `UNREADABLE`."""
    with archive.open(MANIFEST) as entry:
        return msgspec.json.decode(entry.read(_LONGEST_MANIFEST), type=Manifest)
