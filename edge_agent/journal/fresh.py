"""The new file of a compaction: each change a transaction of its own, written in large blocks, durable at the end."""

from collections.abc import Callable

from edge_agent.errors import PermanentError
from edge_agent.journal.files import Files, write_all
from edge_agent.journal.lines import Change, encode, header
from edge_agent.journal.replay import Contents

_BLOCK = 1 << 20


class FreshLog:
    """The new file of a compaction, written in large blocks."""

    def __init__(self, files: Files, fd: int, epoch: int, sequence: int) -> None:
        self.contents = Contents()
        self.epoch, self.sequence = epoch, sequence
        self.end = len(header())
        self._files, self._fd = files, fd
        self._block, self._block_start = bytearray(header()), 0

    def add(self, change: Change) -> None:
        self.sequence += 1
        line = encode(change, self.epoch, self.sequence)
        self.contents.apply(change.op, change.table, change.doc_id, self.end, len(line))
        self.end += len(line)
        self._block += line
        if len(self._block) >= _BLOCK:
            self._flush()

    def copy_all(
        self,
        contents: Contents,
        read: Callable[[str, int], bytes | None],
        lost: Callable[[PermanentError, int, int], None],
    ) -> None:
        """Take in all that is live; `lost` is told of what can't be read, with its offset and length."""
        for table, high in contents.highs.items():
            self.add(Change("table", table, high))
            if table not in contents.places:
                self.add(Change("drop", table, high))
        for table, places in contents.places.items():
            for doc_id in places:
                try:
                    document = read(table, doc_id)
                except PermanentError as error:
                    place = contents.place(table, doc_id)
                    assert place is not None
                    lost(error, *place)
                    continue
                assert document is not None
                self.add(Change("put", table, doc_id, document))
        self.finish()

    def finish(self) -> None:
        self._flush()
        self._files.fsync(self._fd)

    def _flush(self) -> None:
        write_all(self._files, self._fd, bytes(self._block), self._block_start)
        self._block_start += len(self._block)
        self._block.clear()
