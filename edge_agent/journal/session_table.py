"""The table of the finished sessions, with its indexes and the files that belong to it."""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from tinydb.table import Document

from edge_agent import canonical
from edge_agent.errors import PermanentError, TemporaryError
from edge_agent.journal.files import Files
from edge_agent.journal.indexes import Indexed, SessionIndexes
from edge_agent.journal.kept import Kept
from edge_agent.journal.order import Key
from edge_agent.journal.retention import detail_path, read_detail, write_detail
from edge_agent.journal.session_files import write_session_file
from edge_agent.journal.table import JournalDB, open_table
from edge_agent.records import Session, SessionPage

logger = logging.getLogger(__name__)

T = TypeVar("T")

_LONGEST_PAGE = 200


class _Packed(msgspec.Struct, frozen=True):
    """A session that is not looked into."""

    session: msgspec.Raw
    detail: str = ""


class _Shown(msgspec.Struct, frozen=True):
    """What a list shows of a document; the rest of it is passed over."""

    session: Session


class SessionTable:
    """Finds sessions and puts them in; a change joins the transaction it is made in."""

    def __init__(self, db: JournalDB, folder: Path, files: Files) -> None:
        """`folder` is that of the session files."""
        self.folder = folder
        self.indexes = SessionIndexes()
        self._files = files
        self.documents = open_table(db, "sessions")
        self.documents.watch(Indexed, self.indexes.changed)

    def __len__(self) -> int:
        return len(self.indexes.ids)

    def find(self, session_id: str) -> int | None:
        """Return the id of a session's document."""
        return self.indexes.ids.get(session_id)

    def id_of(self, session_id: str) -> int:
        """Return the id of a session's document. Raises `PermanentError` when there is none, or it is removed."""
        doc_id = self.find(session_id)
        if doc_id is None or session_id in self.indexes.removed:
            raise PermanentError("no session {session_id!r}", session_id=session_id)
        return doc_id

    def ids_of(self, key: Key) -> list[int]:
        """Return the ids of the documents of an index, newest first."""
        return [doc_id for _, doc_id in self.indexes.by_key.before(key, None, len(self))[0]]

    def ids(self) -> set[int]:
        """Return the ids of all documents."""
        return set(self.indexes.ids.values())

    def put(self, doc_id: int, kept: Kept) -> None:
        """Insert a document, or replace the one of that id."""
        self.documents.put(Document(msgspec.to_builtins(kept), doc_id))

    def mark_removed(self, session_id: str, removed_at: str) -> None:
        """Take a session out of all lists, or with an empty time back into them. Raises `PermanentError`."""
        doc_id = self.find(session_id)
        if doc_id is None or (session_id in self.indexes.removed) == bool(removed_at):
            raise PermanentError("no session {session_id!r}", session_id=session_id)
        self.put(doc_id, msgspec.structs.replace(self.kept(doc_id), removed_at=removed_at))

    def removed(self) -> dict[str, str]:
        """Return when which sessions were removed."""
        return {session_id: one.removed_at for session_id, one in self.indexes.removed.items()}

    def kept(self, doc_id: int) -> Kept:
        """Return a document that is there. Raises `PermanentError` when it has rotted on disk."""
        kept = self.documents.read_as(Kept, doc_id)
        assert kept is not None
        return kept

    def packed(self, doc_id: int) -> msgspec.Raw:
        """Return the JSON of a session as it was saved. Raises `PermanentError` when it has rotted on disk."""
        found = self.documents.read_as(_Packed, doc_id)
        assert found is not None
        return msgspec.Raw(canonical.encode(self.whole(self.kept(doc_id)))) if found.detail else found.session

    def readable(self, doc_id: int) -> Kept | None:
        """Return a document, or None, logged, when it has rotted on disk."""
        return _unless_rotted(self.kept, doc_id)

    def readable_as(self, kind: type[T], doc_id: int) -> T | None:
        """Return a document as a `kind`, or None, logged, when it has rotted on disk."""
        return _unless_rotted(partial(self.documents.read_as, kind), doc_id)

    def session(self, session_id: str) -> Session:
        """Return a session, without its reps when they can't be read. Raises `PermanentError` when it is not known."""
        return self._session(self.id_of(session_id))

    def removed_session(self, session_id: str) -> Session:
        """Return a removed session as `session` does. Raises `PermanentError` when it is not removed."""
        if session_id not in self.indexes.removed:
            raise PermanentError("no session {session_id!r} was deleted a moment ago", session_id=session_id)
        return self._session(self.indexes.ids[session_id])

    def _session(self, doc_id: int) -> Session:
        kept = self.kept(doc_id)
        try:
            return msgspec.convert(self.whole(kept), Session)
        except PermanentError as error:
            logger.error("%s", error)
            return msgspec.convert(kept.session, Session)

    def page(self, key: Key, limit: int, cursor: str | None) -> SessionPage:
        """Return up to `limit` (at most 200) sessions of an index, newest first; rotted ones are left out.

        Raises `PermanentError` for a cursor that is none.
        """
        places, further = self.indexes.by_key.before(key, cursor, max(1, min(limit, _LONGEST_PAGE)))
        found = [shown for _, doc_id in places if (shown := _unless_rotted(self._shown, doc_id))]
        return SessionPage(sessions=tuple(shown.session for shown in found), next_cursor=further)

    def _shown(self, doc_id: int) -> _Shown | None:
        return self.documents.read_as(_Shown, doc_id)

    # Files

    def whole(self, kept: Kept) -> dict[str, Any]:
        """Return the session as it was saved. Raises `PermanentError` when the file with its reps is not sound."""
        return read_detail(self._detail_path(kept.file), kept.detail) if kept.detail else kept.session

    def write_file(self, session: Session, known_name: str = "") -> str:
        """Write the session's file, which had this name so far, and return its name. Raises `TemporaryError`."""
        return self._write(partial(write_session_file, self._files, self.folder, session, known_name))

    def write_missing_files(self) -> int:
        """Write the session files that are not there, under their names; returns how many. Raises `TemporaryError`."""
        missing = 0
        for doc_id in self.ids():
            kept = self.readable(doc_id)
            if kept and not (self.folder / kept.file).exists():
                self.write_file(msgspec.convert(kept.session, Session), kept.file)
                missing += 1
        return missing

    def write_detail(self, kept: Kept) -> None:
        """Write the file of a session's reps. Raises `TemporaryError`."""
        self._write(partial(write_detail, self._files, self._detail_path(kept.file), kept.session))

    def files_of(self, name: str, replaced_by: str = "") -> tuple[Path, ...]:
        """Return the files that are void once a version in the file `name` is replaced or deleted."""
        detail = self._detail_path(name)
        return (detail,) if name == replaced_by else (self.folder / name, detail)

    def remove(self, void: Iterable[Path]) -> bool:
        """Remove files that no session in the journal refers to; returns whether all are gone.

        What was committed stays so when one can't be removed; those of deleted sessions are tried again (`void`).
        """
        all_gone = True
        for path in void:
            try:
                self._files.unlink(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                logger.warning("%s: void, but could not be removed: %s", path, error)
                all_gone = False
        return all_gone

    def _detail_path(self, name: str) -> Path:
        return detail_path(self.folder, name)

    def _write(self, write: Callable[[], T]) -> T:
        try:
            return write()
        except OSError as error:
            raise TemporaryError(
                "{folder}: the session's file was not written: {cause}", folder=self.folder, cause=error
            ) from error


def _unless_rotted(read: Callable[[int], T | None], doc_id: int) -> T | None:
    try:
        return read(doc_id)
    except PermanentError as error:
        logger.error("left out: %s", error)
        return None
