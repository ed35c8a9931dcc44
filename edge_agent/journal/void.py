"""Files of sessions that are deleted: named in the commit that deletes them, so that a kill in between leaves none.

What can't be removed is tried again at the next start. A file that a session refers to again stays.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from edge_agent.journal.session_table import SessionTable
from edge_agent.journal.table import JournalDB, open_table


class _Names(msgspec.Struct, frozen=True):
    files: list[str]


class _Session(msgspec.Struct, frozen=True):
    session_id: str = msgspec.field(name="_id")


class VoidFiles:
    """Belongs to one folder of session files."""

    def __init__(self, db: JournalDB, sessions: SessionTable) -> None:
        self._sessions = sessions
        self._table = open_table(db, "void")

    def note(self, paths: Iterable[Path]) -> None:
        """Have files removed that the present transaction makes void."""
        files = [path.relative_to(self._sessions.folder).as_posix() for path in paths]
        if files:
            self._table.insert({"files": files})

    def remove(self) -> None:
        """Remove all that is noted and not referred to; after the commit."""
        for doc_id in self._table.ids():
            names = self._table.read_as(_Names, doc_id)
            paths = [self._sessions.folder / name for name in (names.files if names else ())]
            if self._sessions.remove(path for path in paths if not self._is_present(path.name)):
                self._table.remove(doc_ids=[doc_id])

    def _is_present(self, name: str) -> bool:
        try:
            content = (self._sessions.folder / name).read_bytes()
            return self._sessions.find(msgspec.json.decode(content, type=_Session).session_id) is not None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return False
