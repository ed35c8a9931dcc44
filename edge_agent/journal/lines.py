"""One line of the journal: `CRC length [epoch, sequence, part, parts, operation, table, id, document]`.

Pure: bytes in, lines out. The CRC-32 covers everything from the length to the closing bracket. The payload is JSON, so
a line holds no other newline and anybody can read a journal with a text editor.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Literal

import msgspec

from edge_agent.errors import PermanentError

FORMAT = 1
LONGEST = (1 << 24) - 1
"""Bytes of the longest line, so that a length fits into 24 bits; a session with 500 reps has about 150,000."""

Operation = Literal["put", "delete", "table", "drop"]
"""`table` says that a table exists and that its ids go on after `id`; `drop` removes a table but not that mark."""

OPERATIONS: dict[bytes, Operation] = {b"put": "put", b"delete": "delete", b"table": "table", b"drop": "drop"}
"""As they stand in a line, between quotation marks."""

_HEADER_WORDS = b"edge-agent-journal %d "
_HEADER = re.compile(rb"(edge-agent-journal (\d{1,9}) )([0-9a-f]{8})\n")
_HEAD = re.compile(rb"([0-9a-f]{8}) (\d{1,8}) \[")
_FIELDS = re.compile(
    rb'\[(\d{1,18}),(\d{1,18}),(\d{1,18}),(\d{1,18}),"(put|delete|table|drop)",("(?:[^"\\]|\\.)*"),(-?\d{1,99}),'
)
_LONGEST_HEAD = 19
_CHUNK = 1 << 20


class Line(msgspec.Struct, frozen=True):
    """One change. `part` of `parts` counts the lines of one transaction, which share epoch and sequence."""

    epoch: int
    sequence: int
    part: int
    parts: int
    op: Operation
    table: str
    doc_id: int
    document: bytes


class Change(msgspec.Struct, frozen=True):
    """One change before it has a place; `document` is its JSON text."""

    op: Operation
    table: str
    doc_id: int
    document: bytes = b"null"


class Piece(msgspec.Struct, frozen=True):
    """A stretch of the file: a line, or bytes that are none (`line` is None)."""

    offset: int
    length: int
    line: Line | None

    @property
    def end(self) -> int:
        return self.offset + self.length


def header(version: int = FORMAT) -> bytes:
    """Return a journal's first line."""
    words = _HEADER_WORDS % version
    return b"%s%08x\n" % (words, zlib.crc32(words))


def read_header(start: bytes) -> tuple[int, int] | None:
    """Return format version and length of the first line; None when there is no sound one."""
    match = _HEADER.match(start)
    if match is None or zlib.crc32(match[1]) != int(match[3], 16):
        return None
    return int(match[2]), match.end()


def encode(change: Change, epoch: int, sequence: int, part: int = 1, parts: int = 1) -> bytes:
    """Return the change's line as it stands in the file. Raises `PermanentError` when it is too long."""
    table, document = _quoted(change.table), change.document
    head = b'[%d,%d,%d,%d,"%s",%s,%d,' % (epoch, sequence, part, parts, change.op.encode(), table, change.doc_id)
    length = len(head) + len(document) + 1
    if length + 20 > LONGEST:
        raise PermanentError("a document of {length:,} bytes is too large for the journal; split it", length=length)
    body = b"%d %s%s]" % (length, head, document)
    return b"%08x %s\n" % (zlib.crc32(body), body)


@lru_cache
def _quoted(table: str) -> bytes:
    return msgspec.json.encode(table)


def parse(buffer: bytes, at: int = 0) -> tuple[Line, int] | None:
    """Return the sound line that begins at `at`, and its length; None when none does."""
    head = _HEAD.match(buffer, at)
    if head is None:
        return None
    start = head.end() - 1
    end = start + int(head[2])
    if buffer[end : end + 1] != b"\n" or zlib.crc32(buffer[head.start(2) : end]) != int(head[1], 16):
        return None
    line = _line(buffer, start, end)
    return (line, end + 1 - at) if line else None


def put_head(table: str) -> bytes:
    """Return what stands in each line that puts a document into the table, before its id."""
    return b',"put",%s,' % _quoted(table)


def document_of(buffer: bytes, head: bytes, doc_id: int, at: int, length: int) -> bytes | None:
    """Return the document that the line at `at`, with its newline, puts there; None when it does not or is not sound.

    `head` is the table's `put_head`.
    """
    end = at + length
    head = b"%s%d," % (head, doc_id)
    start = buffer.find(head, at, end)
    if start < 0 or buffer[at : at + 9] != b"%08x " % zlib.crc32(buffer[at + 9 : end - 1]):
        return None
    return buffer[start + len(head) : end - 2]


def _line(buffer: bytes, start: int, end: int) -> Line | None:
    fields = _FIELDS.match(buffer, start, end)
    if fields is None:
        return None
    *numbers, operation, table, doc_id = fields.groups()
    epoch, sequence, part, parts = map(int, numbers)
    try:
        name = msgspec.json.decode(table, type=str)
    except msgspec.MsgspecError:
        return None
    op = OPERATIONS[operation]
    return Line(epoch, sequence, part, parts, op, name, int(doc_id), buffer[fields.end() : end - 1])


def scan(read: Callable[[int, int], bytes], start: int, end: int) -> Iterator[Piece]:
    """Yield all pieces between two offsets in their order; `read(length, offset)` reads the file.

    After bytes that are no line it looks for the next line, wherever it begins. It can't be fooled by a line quoted in
    a document: there every quotation mark is escaped.
    """
    buffer, base, at = b"", start, 0
    gap: int | None = None
    while base + at < end:
        unread = end - base - len(buffer)
        if unread and _needed(buffer, at) > len(buffer) - at:
            more = read(min(_CHUNK, unread), base + len(buffer))
            if not more:
                break
            buffer, base, at = buffer[at:] + more, base + at, 0
            continue
        found = parse(buffer, at)
        if found is None:
            gap = base + at if gap is None else gap
            at = _next_candidate(buffer, at, last=unread == 0)
            continue
        if gap is not None:
            yield Piece(gap, base + at - gap, None)
            gap = None
        yield Piece(base + at, found[1], found[0])
        at += found[1]
    if gap is not None:
        yield Piece(gap, end - gap, None)


def _needed(buffer: bytes, at: int) -> int:
    """How many bytes the line at `at` wants, as far as its head tells."""
    head = _HEAD.match(buffer, at)
    return head.end() + int(head[2]) - at if head and int(head[2]) <= LONGEST else _LONGEST_HEAD


def _next_candidate(buffer: bytes, at: int, *, last: bool) -> int:
    match = _HEAD.search(buffer, at + 1)
    if match:
        return match.start()
    return len(buffer) if last else max(at + 1, len(buffer) - _LONGEST_HEAD + 1)
