"""Sessions as one of the kinds of records: beside its document each has a readable file, and maybe one with its reps.

A file is written before the commit that tells of it, and what a commit makes void is removed after it.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import msgspec
from tinydb.table import Document

from edge_agent.errors import PermanentError, TemporaryError
from edge_agent.journal.files import Files
from edge_agent.journal.indexes import SessionIndexes
from edge_agent.journal.kept import Kept, checked, sync_row
from edge_agent.journal.kinds import Void, check_key, note_deletion, unmatched
from edge_agent.journal.outbox import Outbox, SyncRow
from edge_agent.journal.retention import detail_path, read_detail
from edge_agent.journal.session_files import write_session_file
from edge_agent.journal.storage import Fields
from edge_agent.journal.table import JournalTable
from edge_agent.journal.versions import Name
from edge_agent.records import Session


class SessionKind:
    """Implements `kinds.Kind`. `folder` holds the session files."""

    def __init__(
        self, table: JournalTable, indexes: SessionIndexes, outbox: Outbox, folder: Path, files: Files
    ) -> None:
        self.outbox = outbox
        self._table = table
        self._indexes = indexes
        self._folder = folder
        self._files = files

    def checked(self, key: str, doc: Fields) -> Fields:
        check_key(key)
        try:
            session = msgspec.convert(doc, Session)
        except msgspec.ValidationError as error:
            raise PermanentError(f"session {key} is not sound: {error}") from error
        if session.session_id != key:
            raise PermanentError(f"session {key} calls itself {session.session_id}")
        return checked(session)

    def keys(self) -> list[str]:
        return list(self._indexes.ids)

    def document(self, doc_id: int) -> Fields:
        """Return the session as it was saved, with its reps, wherever they are kept."""
        kept = self._kept(doc_id)
        return read_detail(detail_path(self._folder, kept.file), kept.detail) if kept.detail else kept.session

    def put(self, row: SyncRow, doc: Fields) -> Void:
        return self.put_with_file(row, doc)[1]

    def put_with_file(self, row: SyncRow, doc: Fields) -> tuple[Path, Void]:
        """Keep a session; also return its file."""
        known = self._indexes.ids.get(row.key)
        old_file = "" if known is None else self._kept(known).file
        file = self.write_file(msgspec.convert(doc, Session), old_file)
        fields = msgspec.to_builtins(Kept(rev=row.rev, saved_at=row.saved_at, file=file, session=doc))
        doc_id = self.outbox.id_of(row.key) or self.outbox.new_id(self._table)
        self._table.upsert(Document(fields, doc_id))
        self.outbox.note(doc_id, row)
        return self._folder / file, tuple(
            path for path in self._files_of(old_file) if path.name != file or _is_detail(path)
        )

    def delete(self, row: SyncRow) -> Void:
        known = self._indexes.ids.get(row.key)
        void = () if known is None else self._files_of(self._kept(known).file)
        note_deletion(self._table, self.outbox, row)
        return void

    def owned_by(self, owner: Name) -> list[str]:
        if owner[0] != "member":
            return []
        ids = {doc_id for _, doc_id in self._indexes.newest.before(owner[1], None, len(self._indexes.ids))[0]}
        return [key for key, doc_id in self._indexes.ids.items() if doc_id in ids]

    def unmatched(self) -> tuple[Iterator[tuple[int, SyncRow]], Iterator[tuple[int, SyncRow]]]:
        ids = set(self._indexes.ids.values())
        return unmatched(ids, self.outbox, lambda doc_id: sync_row(self._kept(doc_id)))

    def _kept(self, doc_id: int) -> Kept:
        return msgspec.convert(cast("Any", self._table.get(doc_id=doc_id)), Kept)

    def _files_of(self, file: str) -> Void:
        return (self._folder / file, detail_path(self._folder, file)) if file else ()

    def write_file(self, session: Session, known_name: str) -> str:
        """Write the readable file and return its name; `known_name` is the one it has. Raises `TemporaryError`."""
        write = partial(write_session_file, self._files, self._folder, session, known_name)
        try:
            return write()
        except OSError as error:
            raise TemporaryError(f"{self._folder}: the session's file was not written: {error}") from error


def _is_detail(path: Path) -> bool:
    return path.parent.name == "detail"
