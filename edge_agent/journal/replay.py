"""What a journal holds, found by reading it from start to end. Pure: lines in, places of live documents out.

A transaction at the end is whole or absent. In the middle, where a later transaction proves that it had been committed,
whatever is readable of it is kept. Lines older than what stands before them are bytes of a former life and ignored.
"""

from collections.abc import Iterable

import msgspec

from edge_agent.journal.lines import Operation, Piece

LENGTH_BITS = 24
LENGTH_MASK = (1 << LENGTH_BITS) - 1


PlacedChange = tuple[Operation, str, int, int]
"""Operation, table, id, and the place of its line: offset and length, packed into one int to save memory."""


class Contents:
    """Where each live document's line stands: table -> id -> its packed place.

    `highs` remembers the highest id each table ever had, so that ids are never used again.
    """

    def __init__(self) -> None:
        self.places: dict[str, dict[int, int]] = {}
        self.highs: dict[str, int] = {}
        self.live_bytes = 0

    def place(self, table: str, doc_id: int) -> tuple[int, int] | None:
        """Return offset and length of a document's line."""
        place = self.places.get(table, {}).get(doc_id)
        return None if place is None else (place >> LENGTH_BITS, place & LENGTH_MASK)

    def apply(self, op: Operation, table: str, doc_id: int, offset: int, length: int) -> None:
        """Take in one line that stands at `offset`."""
        self.apply_all([(op, table, doc_id, offset << LENGTH_BITS | length)])

    def apply_all(self, changes: Iterable[PlacedChange]) -> None:
        """Take in lines; a loop without calls, since opening a journal spends its time here."""
        tables, highs = self.places, self.highs
        live_bytes = self.live_bytes
        for op, table, doc_id, place in changes:
            high = highs.get(table)
            if high is None or doc_id > high:
                highs[table] = max(doc_id, 0)
            if op == "drop":
                live_bytes -= sum(dropped & LENGTH_MASK for dropped in tables.pop(table, {}).values())
                continue
            places = tables.get(table)
            if places is None:
                places = tables[table] = {}
            if op == "put":
                live_bytes += (place & LENGTH_MASK) - (places.get(doc_id, 0) & LENGTH_MASK)
                places[doc_id] = place
            elif op == "delete":
                live_bytes -= places.pop(doc_id, 0) & LENGTH_MASK
        self.live_bytes = live_bytes


class Replay(msgspec.Struct, frozen=True):
    """The outcome. `end` is where the last whole transaction ends and `last_start` where it begins; `damage` are the
    stretches before `end` that are no lines; `epoch` is the highest seen anywhere.
    """

    contents: Contents
    end: int
    last_start: int
    epoch: int = 0
    sequence: int = 0
    damage: tuple[Piece, ...] = ()


class _Reader:
    def __init__(self, sofar: Replay) -> None:
        self.contents = sofar.contents
        self.end, self.last_start = sofar.end, sofar.last_start
        self.newest = (sofar.epoch, sofar.sequence)
        self.epoch = sofar.epoch
        self.damage: list[Piece] = []
        self._group: list[Piece] = []
        self._unproven: list[Piece] = []
        self._gaps: list[Piece] = []

    def take(self, piece: Piece) -> None:
        line = piece.line
        if line is None:
            self._gaps.append(piece)
            return
        self.epoch = max(self.epoch, line.epoch)
        stamp = (line.epoch, line.sequence)
        if self._group and stamp != self._stamp():
            if stamp < self._stamp():
                return
            self._unproven += self._group
            self._group = []
        if line.epoch < self.newest[0] or line.sequence <= self.newest[1]:
            return
        self._group.append(piece)
        if len(self._group) == line.parts:
            self._commit(stamp)

    def _stamp(self) -> tuple[int, int]:
        line = self._group[0].line
        assert line is not None
        return line.epoch, line.sequence

    def _commit(self, stamp: tuple[int, int]) -> None:
        for piece in self._unproven + self._group:
            line = piece.line
            assert line is not None
            self.contents.apply(line.op, line.table, line.doc_id, piece.offset, piece.length)
        self.last_start, self.end = self._group[0].offset, self._group[-1].end
        self.damage += self._gaps
        self.newest = stamp
        self._unproven, self._group, self._gaps = [], [], []


def replay(pieces: Iterable[Piece], start: int, sofar: Replay | None = None) -> Replay:
    """Read the pieces that follow the header, which ends at `start`, or those that follow what was read so far."""
    reader = _Reader(sofar or Replay(contents=Contents(), end=start, last_start=start))
    for piece in pieces:
        reader.take(piece)
    return Replay(
        contents=reader.contents,
        end=reader.end,
        last_start=reader.last_start,
        epoch=reader.epoch,
        sequence=reader.newest[1],
        damage=tuple(reader.damage),
    )
