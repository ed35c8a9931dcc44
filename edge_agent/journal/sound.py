"""The fast way through a journal: whole transactions without a fault, one after the other.

It stops where anything is not as this program writes it; from there on `replay` judges, piece by piece. Up to there
both find the same.
"""

import zlib
from collections.abc import Callable

import msgspec

from edge_agent.journal.lines import LONGEST, OPERATIONS
from edge_agent.journal.replay import LENGTH_BITS, Contents, PlacedChange, Replay

_CHUNK = 1 << 17
"""Fits into a processor's cache together with its lines."""
_QUOTED = {b'"%s"' % word: operation for word, operation in OPERATIONS.items()}


class _DoubtError(Exception):
    """Something is not as it should be."""


class _Sound:
    """Takes lines in; `end` is where the last whole transaction ends."""

    def __init__(self, start: int) -> None:
        self.contents = Contents()
        self.end = self.last_start = start
        self.epoch = self.sequence = 0
        self._ready: list[PlacedChange] = []
        self._group: list[PlacedChange] = []
        self._stamp = (b"", b"")
        self._epoch = self._number = 0
        self._names: dict[bytes, str] = {}

    def take(self, lines: list[bytes], offset: int) -> None:
        """Take in lines, without their newlines, that follow each other from `offset` on. Raises `_DoubtError`."""
        crc32, operations, names, group = zlib.crc32, _QUOTED, self._names, self._group
        for line in lines:
            body = line[9:]
            if line[:9] != b"%08x " % crc32(body):
                raise _DoubtError
            # A comma in a table's name makes two fields of one; the name is then no JSON.
            head, sequence, part, parts, operation, table, doc_id, _ = body.split(b",", 7)
            if part == b"1":
                self._begin(head, sequence)
            elif part != b"%d" % (len(group) + 1) or not head.endswith(self._stamp[0]) or sequence != self._stamp[1]:
                raise _DoubtError
            name = names.get(table) or self._name(table)
            length = len(line) + 1
            group.append((operations[operation], name, int(doc_id), offset << LENGTH_BITS | length))
            offset += length
            if part == parts:
                self._commit(offset)

    def _begin(self, head: bytes, sequence: bytes) -> None:
        epoch, number = head[head.index(b" [") :], int(sequence)
        if epoch != self._stamp[0]:
            self._epoch = int(epoch[2:])
        self._stamp, self._number = (epoch, sequence), number
        if self._group or number <= self.sequence or self._epoch < self.epoch:
            raise _DoubtError

    def _name(self, table: bytes) -> str:
        return self._names.setdefault(table, msgspec.json.decode(table, type=str))

    def _commit(self, end: int) -> None:
        self._ready += self._group
        self._group.clear()
        self.last_start, self.end = self.end, end
        self.epoch, self.sequence = self._epoch, self._number

    def settle(self) -> None:
        """Take into the contents what was committed so far."""
        self.contents.apply_all(self._ready)
        self._ready.clear()


def read_sound(read: Callable[[int, int], bytes], start: int, end: int) -> Replay:
    """Read from the header's end on, up to `end` or the first doubt; `read(length, offset)` reads the file."""
    sound = _Sound(start)
    at, rest = start, b""
    while (missing := end - at - len(rest)) > 0 and len(rest) <= LONGEST:
        chunk = read(min(_CHUNK, missing), at + len(rest))
        *lines, left = (rest + chunk).split(b"\n")
        try:
            sound.take(lines, at)
        except (_DoubtError, ValueError, KeyError, msgspec.MsgspecError):
            break
        finally:
            sound.settle()
        if not chunk:
            break
        at, rest = at + len(rest) + len(chunk) - len(left), left
    return Replay(
        contents=sound.contents, end=sound.end, last_start=sound.last_start, epoch=sound.epoch, sequence=sound.sequence
    )
