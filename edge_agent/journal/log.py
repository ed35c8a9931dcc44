"""The append-only file: (table, id) -> document, with transactions that are durable when `append` returns.

A transaction is one `pwrite` and one `fdatasync`. In memory are only the places of the documents. Nothing that was
committed is overwritten, and damage is set aside by name, never deleted. The format is told in docs/journal.md.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from edge_agent.errors import ConfigError, PermanentError, TemporaryError
from edge_agent.journal.damage import Damage
from edge_agent.journal.files import Files, is_at, lock, refusal, told, write_all, write_whole
from edge_agent.journal.fresh import FreshLog
from edge_agent.journal.lines import FORMAT, Change, document_of, encode, header, put_head, read_header, scan
from edge_agent.journal.replay import LENGTH_BITS, LENGTH_MASK, Contents, replay
from edge_agent.journal.sound import read_sound
from edge_agent.phrase import Phrase

_CHUNK = 1 << 20
_BLOCK = 1 << 16
_HEADER_ROOM = 64
_WORTH_COMPACTING = 1 << 20


class Log:
    """An open journal file, held exclusively. `damage` tells in words what opening it found."""

    def __init__(self, path: Path, files: Files | None = None) -> None:
        """Open or create. Raises `ConfigError` when the file is in use, newer than this program, or no journal, and
        `TemporaryError` when there is no room for a new one.
        """
        self.path = path
        self._files = files or Files()
        self._damage = Damage(self._files, path)
        self._fault = ""
        self._fd = -1
        self._lock = lock(path)
        try:
            self._open()
        except OSError as error:
            self.close()
            raise refusal(f"{path}: cannot be opened", error, "check the disk and its owner") from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the file and the lock back; everything committed is on disk already."""
        for fd in (self._fd, self._lock):
            if fd >= 0:
                os.close(fd)
        self._fd = self._lock = -1

    # Reading

    @property
    def damage(self) -> tuple[str, ...]:
        """What opening it found, in words."""
        return self._damage.told

    @property
    def fault(self) -> str:
        """Why the log takes no changes until it is opened again; empty when it does."""
        return self._fault

    @property
    def tables(self) -> dict[str, dict[int, int]]:
        """Table -> live ids, in the order of their first writing; only to be read."""
        return self._contents.places

    def high(self, table: str) -> int:
        """Return the highest id the table ever had, 0 for none."""
        return self._contents.highs.get(table, 0)

    def read(self, table: str, doc_id: int) -> bytes | None:
        """Return a document's JSON text, its CRC checked; None when there is none.

        Raises `PermanentError` when it has rotted on disk, `TemporaryError` when the disk does not answer.
        """
        place = self._contents.place(table, doc_id)
        if place is None:
            return None
        offset, length = place
        document = document_of(self._answer(length, offset), put_head(table), doc_id, 0, length)
        if document is None:
            raise PermanentError(
                "{path}: {table} {doc_id} at byte {offset} is damaged on disk",
                path=self.path,
                table=table,
                doc_id=doc_id,
                offset=offset,
            )
        return document

    def documents(self, table: str) -> Iterator[tuple[int, bytes | None]]:
        """Yield ids and JSON texts of all documents of a table, in few reads; None for what has rotted on disk.

        Nothing may be changed meanwhile. Raises `TemporaryError` when the disk does not answer.
        """
        block, start = b"", 0
        head = put_head(table)
        for doc_id, place in self.tables.get(table, {}).items():
            offset, length = place >> LENGTH_BITS, place & LENGTH_MASK  # without a call, as opening spends time here
            at = offset - start
            if not 0 <= at <= len(block) - length:
                block, start, at = self._answer(max(length, _BLOCK), offset), offset, 0
            yield doc_id, document_of(block, head, doc_id, at, length)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._end

    @property
    def dead_bytes(self) -> int:
        """Bytes that nothing needs any more."""
        return self._end - self._contents.live_bytes

    # Writing

    def append(self, changes: Sequence[Change]) -> None:
        """Commit the changes together: when this returns they are on disk, when it raises none of them is.

        Raises `TemporaryError` (disk full, failed write, refused since then) or `PermanentError` (too large).
        """
        if self._fault:
            raise TemporaryError(self._fault)
        lines = [
            encode(change, self._epoch, self._sequence + 1, number, len(changes))
            for number, change in enumerate(changes, 1)
        ]
        self._commit(b"".join(lines))
        self._sequence += 1
        for change, line in zip(changes, lines, strict=True):
            self._contents.apply(change.op, change.table, change.doc_id, self._end, len(line))
            self._end += len(line)

    def _commit(self, block: bytes) -> None:
        try:
            write_all(self._files, self._fd, block, self._end)
        except OSError as error:
            self._take_back()
            raise TemporaryError("{path}: nothing was saved: {cause}", path=self.path, cause=told(error)) from error
        try:
            self._files.fdatasync(self._fd)
        except OSError as error:
            # The kernel may have dropped the pages and call the next fsync a success: only reading again is safe.
            self._fault = Phrase(
                "{path}: the disk failed to store ({cause}); the journal must be opened again",
                path=self.path,
                cause=told(error),
            )
            raise TemporaryError(self._fault) from error

    def _take_back(self) -> None:
        """End the file at its last whole transaction again. What is left behind it bears a lower epoch."""
        self._epoch += 1
        try:
            self._files.truncate(self._fd, self._end)
        except OSError as error:
            self._fault = Phrase(
                "{path}: a failed write could not be taken back ({cause})", path=self.path, cause=told(error)
            )

    # Opening

    def _open(self) -> None:
        self._fresh_path.unlink(missing_ok=True)
        if not self.path.exists():
            write_whole(self._files, self.path, [header()])
        self._fd = self._files.open(self.path)
        start = self._after_header()
        size = os.fstat(self._fd).st_size
        sound = read_sound(self._read, start, size)
        found = replay(scan(self._read, sound.end, size), start, sound)
        if self._damage.unreadable and not found.sequence:
            raise ConfigError(f"{self.path}: the disk can't read it; check the disk, nothing was changed")
        if start == 0 and not found.sequence:
            self._begin_again(size)
            return
        self._contents, self._end = found.contents, found.end
        self._epoch, self._sequence = found.epoch + 1, found.sequence
        try:
            for piece in found.damage:
                name = self._damage.set_aside(self._fd, piece.offset, piece.length)
                self._damage.tell(
                    f"{piece.length:,} bytes in the middle are damaged; kept as {name}, the rest is in use"
                )
            if self._damage.unreadable:
                self._leave_alone()
                return
            self._settle_end(found.last_start, size)
            if found.damage:
                self.compact()
        except OSError as error:
            self._fault = Phrase("{path}: nothing can be saved: {cause}", path=self.path, cause=told(error))
            self._damage.tell(self._fault)
        except TemporaryError as error:
            self._damage.tell(str(error))

    def _after_header(self) -> int:
        """Return where the lines begin: 0 when the header is damaged and must be passed over like other damage."""
        known = read_header(self._read(_HEADER_ROOM, 0))
        if known and known[0] > FORMAT:
            raise ConfigError(
                f"{self.path}: written by a newer edge-agent (format {known[0]}, this one knows {FORMAT}); upgrade it"
            )
        return known[1] if known else 0

    def _begin_again(self, size: int) -> None:
        """Start anew where creation was cut short; refuse whatever was never a journal."""
        content = self._files.pread(self._fd, min(size, _CHUNK), 0)
        if size > _CHUNK or (not header().startswith(content) and content.strip(b"\0")):
            raise ConfigError(f"{self.path}: not a journal of this program; move it away or choose another folder")
        if size:
            self._damage.tell(
                f"it was cut short when it was created; kept as {self._damage.set_aside(self._fd, 0, size)}"
            )
        os.close(self._fd)
        write_whole(self._files, self.path, [header()])
        self._fd = self._files.open(self.path)
        self._contents, self._end = Contents(), len(header())
        self._epoch, self._sequence = 1, 0

    def _settle_end(self, last_start: int, size: int) -> None:
        """Cut off a torn tail, and make sure that what was read is on the disk and not only in the page cache.

        The last transaction is written once more, because a writer may have been killed, or its fsync have failed,
        after its bytes had reached the cache.
        """
        if size > self._end:
            name = self._damage.set_aside(self._fd, self._end, size - self._end)
            self._damage.tell(
                f"the last write was cut short or damaged; its {size - self._end:,} bytes are kept as {name}"
            )
            self._files.truncate(self._fd, self._end)
        last = self._files.pread(self._fd, self._end - last_start, last_start)
        write_all(self._files, self._fd, last, last_start)
        self._files.fsync(self._fd)
        self._files.fsync_folder(self.path.parent)

    def _leave_alone(self) -> None:
        """Go on in a new file: what can't be read now may be readable later, so nothing in the old one is touched."""
        try:
            self.compact()
        except TemporaryError as error:
            self._fault = error.phrase
            raise

    def _keep_rotted(self, error: PermanentError, offset: int, length: int) -> None:
        self._damage.tell(f"{error}; kept as {self._damage.set_aside(self._fd, offset, length)}")

    def _read(self, length: int, offset: int) -> bytes:
        return self._damage.read(self._fd, length, offset)

    def _answer(self, length: int, offset: int) -> bytes:
        try:
            return self._read(length, offset)
        except OSError as error:
            raise TemporaryError("{path}: cannot be read: {cause}", path=self.path, cause=told(error)) from error

    # Compaction

    @property
    def wants_compaction(self) -> bool:
        """Whether more than half of the file is dead, and it is worth the wear."""
        return self.dead_bytes > max(self._contents.live_bytes, _WORTH_COMPACTING)

    def compact(self) -> None:
        """Write what is live to a new file and put it in place of the old one. Raises `TemporaryError`, all kept."""
        if self._fault:
            raise TemporaryError(self._fault)
        try:
            fd = self._files.open(self._fresh_path, create=True)
            try:
                copy = FreshLog(self._files, fd, self._epoch + 1, self._sequence)
                copy.copy_all(self._contents, self.read, self._keep_rotted)
                self._damage.keep_unreadable(self._fd)
                self._files.rename(self._fresh_path, self.path)
            except BaseException:
                os.close(fd)
                self._fresh_path.unlink(missing_ok=True)
                raise
        except OSError as error:
            words = Phrase("{path}: could not be compacted: {cause}", path=self.path, cause=told(error))
            # A rename may happen and be called a failure all the same: what goes to the old file then is lost.
            if not is_at(self._fd, self.path):
                self._fault = Phrase("{fault}; the journal must be opened again", fault=words)
            raise TemporaryError(words) from error
        os.close(self._fd)
        self._damage.unreadable = False
        self._fd, self._contents, self._end = fd, copy.contents, copy.end
        self._epoch, self._sequence = copy.epoch, copy.sequence
        try:
            self._files.fsync_folder(self.path.parent)
        except OSError as error:
            self._fault = Phrase(
                "{path}: the disk failed to rename ({cause}); the journal must be opened again",
                path=self.path,
                cause=told(error),
            )
            raise TemporaryError(self._fault) from error

    @property
    def _fresh_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.compacting")
