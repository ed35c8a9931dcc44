"""Whether a film's file is all there, as its container tells: a copy that broke off would be counted short.

How long a film says it lasts is no measure: a trimmed film of a phone keeps pictures that it never shows.
"""

from pathlib import Path
from typing import BinaryIO

_MP4_FIRST = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_NOT_TOLD = 0xFFFFFFFF


def told_size(path: Path) -> int:
    """Return how many bytes long the file of an MP4, MOV, MKV, WebM or AVI should be at least; 0 when it tells nothing.

    Formats: ISO/IEC 14496-12 (boxes), RFC 8794 and 9559 (EBML, Matroska), RIFF. Raises `OSError`.
    """
    with path.open("rb") as file:
        start = file.read(12)
        file.seek(0)
        if start[4:8] in _MP4_FIRST:
            return _mp4_size(file, path.stat().st_size)
        if start[:4] == _EBML:
            return _matroska_size(file)
        if start[:4] == b"RIFF" and start[8:12] == b"AVI ":
            size = int.from_bytes(start[4:8], "little")
            return 8 + size if 0 < size < _NOT_TOLD else 0
    return 0


def _mp4_size(file: BinaryIO, there: int) -> int:
    """Return where the last of the boxes should end."""
    end = 0
    while end + 8 <= there:
        file.seek(end)
        header = file.read(16)
        size = int.from_bytes(header[:4])
        if size == 1:
            size = int.from_bytes(header[8:])
        # 0: up to the end of the file; what is less is no box.
        if size < 8:
            break
        end += size
    return end


def _matroska_size(file: BinaryIO) -> int:
    """Return where the segment that holds the film should end; a live recording does not tell."""
    file.seek(len(_EBML))
    size = _vint(file)
    if size is None:
        return 0
    file.seek(size, 1)
    if file.read(len(_SEGMENT)) != _SEGMENT:
        return 0
    size = _vint(file)
    return 0 if size is None else file.tell() + size


def _vint(file: BinaryIO) -> int | None:
    """Read a number of 1 to 8 bytes, the zeros before its first one bit telling how many; None for "not known"."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    length = 9 - first[0].bit_length()
    value = int.from_bytes(first + file.read(length - 1)) & ((1 << 7 * length) - 1)
    return None if value == (1 << 7 * length) - 1 else value
