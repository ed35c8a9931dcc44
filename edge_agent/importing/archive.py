"""A zip of files to import: opened without trusting what it says about itself."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from edge_agent.errors import PermanentError
from edge_agent.importing import own_export
from edge_agent.importing.told import Refused
from edge_agent.phrase import Phrase

ZIP_START = b"PK\x03\x04"
_MOST_FILES = 20_000
_MOST_BYTES = 100_000_000
"""Of all files together, unpacked: each is in memory whole."""
_MOST_OF_EXPORT = 1_000_000_000
"""Read line by line."""
_END, _ZIP64 = b"PK\x05\x06", b"PK\x06\x07"
_LONGEST_END = 65_557 + 20
_LONGEST_DIRECTORY = 200 * _MOST_FILES
_READABLE = (".csv", ".json", ".jsonl", ".md", ".markdown", ".txt", ".text")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Of the others a few hundred bytes may become gigabytes in one step, which `zipfile` does not bound."""
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, ValueError, OSError, NotImplementedError,
)  # fmt: skip


def files_of(content: bytes) -> Iterator[tuple[str, bytes] | Refused]:
    """Yield name and content of each file, and what can't be read. Raises `PermanentError` for what is no sound zip."""
    with _opened(content) as archive:
        entries = [one for one in archive.infolist() if not one.is_dir()]
        if len(entries) > _MOST_FILES:
            raise PermanentError("more than {most} files in the zip", most=_MOST_FILES)
        left = _MOST_BYTES
        for entry in entries:
            if _is_passed_over(entry.filename):
                continue
            one = _read(archive, entry, left)
            if isinstance(one, bytes):
                yield entry.filename[-160:], one
            else:
                yield one
            if entry.file_size <= left:  # no more than that was unpacked, also of one that is damaged
                left -= entry.file_size


def is_own_export(content: bytes) -> bool:
    """Tell whether a zip is our own export. Raises `PermanentError` for what is no sound zip."""
    with _opened(content) as archive:
        return own_export.FILE in archive.namelist()


def lines_of_own_export(content: bytes) -> Iterator[bytes]:
    """Yield the workouts of our own export; all else in it is there for people, or tells the same again.

    Nothing but the present line is in memory. Raises `PermanentError` where the zip is damaged, or goes on too long.
    """
    left = _MOST_OF_EXPORT
    with _opened(content) as archive:
        try:
            with _unpacked(archive, archive.getinfo(own_export.FILE)) as file:
                while line := file.readline(own_export.LONGEST_LINE + 1):
                    left -= len(line)
                    if left < 0:
                        raise PermanentError(
                            "more than {megabytes} MB of workouts; split the export",
                            megabytes=_MOST_OF_EXPORT // 1000000,
                        )
                    yield line
        except _UNREADABLE as error:
            raise PermanentError(
                "{file} can't be unpacked any further: {cause}", file=own_export.FILE, cause=error
            ) from error


def _opened(content: bytes) -> zipfile.ZipFile:
    _check_directory(content)
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except _UNREADABLE as error:
        raise PermanentError("the zip can't be opened: {cause}", cause=error) from error


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    if entry.compress_type not in _METHODS:
        raise NotImplementedError(f"compression method {entry.compress_type}; only Deflate is read")
    return archive.open(entry)


def _check_directory(content: bytes) -> None:
    """Raise `PermanentError` for a list of files that would take much memory to read, before it is read.

    Whatever may be taken for its end record is looked at: size at 12, and before it nothing of the larger Zip64.
    """
    tail = content[-_LONGEST_END:]
    at = tail.find(_END)
    while at >= 0:
        size = int.from_bytes(tail[at + 12 : at + 16], "little")
        if size > _LONGEST_DIRECTORY or tail[max(0, at - 20) : at].startswith(_ZIP64):
            raise PermanentError("more than {most} files in the zip", most=_MOST_FILES)
        at = tail.find(_END, at + 1)


def _is_passed_over(name: str) -> bool:
    return name.casefold().startswith("__macosx/") or name.rpartition("/")[2].startswith(".")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | Refused:
    """Read no more than allowed: never more is unpacked than the size that the zip states."""
    where = entry.filename[-160:]
    if not entry.filename.casefold().endswith(_READABLE):
        return Refused(where=where, reason=Phrase("not one of {endings}", endings=", ".join(_READABLE)))
    if entry.file_size > most:
        words = "unpacks to more than {megabytes} MB in all; split the zip"
        return Refused(where=where, reason=Phrase(words, megabytes=_MOST_BYTES // 1000000))
    try:
        with _unpacked(archive, entry) as file:
            return file.read(most + 1)
    except _UNREADABLE as error:
        return Refused(where=where, reason=Phrase("can't be unpacked: {cause}", cause=error))
