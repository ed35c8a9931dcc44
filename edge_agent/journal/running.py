"""Sessions that are not finished yet, kept against a kill of the agent.

A row for the session without its sets and a row for each set: keeping the session every few seconds writes the running
set, not the whole workout, which an SD card feels. Each session has a slot of its own, since one may wait for a full
disk while the next has begun.
"""

import logging
from collections.abc import Iterator
from typing import Any

import msgspec
from tinydb.table import Document

from edge_agent.errors import PermanentError
from edge_agent.journal.table import JournalDB, open_table
from edge_agent.records import Record, Session, WorkoutSet

logger = logging.getLogger(__name__)


class Anchor(Record, frozen=True, kw_only=True):
    """When a session began and when it was last kept, in seconds of the system's monotonic clock.

    That clock is the same for all processes of one boot, so a program that comes later can date what it finds.
    """

    started_s: float
    kept_s: float


class LeftBehind(Record, frozen=True, kw_only=True):
    """An unfinished session as it was last kept."""

    session: Session
    anchor: Anchor | None


class _Row(Record, frozen=True, kw_only=True):
    """`part` 0 is the session without sets; set n of exercise m has `exercise` m and `part` n, both from 1."""

    session_id: str
    exercise: int = 0
    part: int = 0
    content: dict[str, Any]
    anchor: Anchor | None = None
    """Of part 0 only."""


_Slot = dict[tuple[int, int], int]


class Running:
    """The unfinished sessions, oldest first."""

    def __init__(self, db: JournalDB) -> None:
        self._slots: dict[str, _Slot] = {}
        self._table = open_table(db, "running")
        self._table.watch(_Row, self._changed)

    def keep(self, session: Session, anchor: Anchor | None = None) -> None:
        """Keep the session as it is now; only rows that differ are written."""
        slot = self._slots.get(session.session_id, {})
        rows = list(_rows(session, anchor))
        parts = {(row.exercise, row.part) for row in rows}
        self._table.remove(doc_ids=[doc_id for part, doc_id in slot.items() if part not in parts])
        for row in rows:
            doc_id = slot.get((row.exercise, row.part))
            fields = msgspec.to_builtins(row)
            if doc_id is None:
                self._table.insert(fields)
            else:
                self._table.upsert(Document(fields, doc_id))

    def left(self) -> list[LeftBehind]:
        """Return the sessions, oldest first; one that has rotted on disk is left where it is, and told."""
        found = []
        for session_id, slot in self._slots.items():
            try:
                rows = [self._table.get(doc_id=doc_id) for doc_id in slot.values()]
                left = _assembled([msgspec.convert(row, _Row) for row in rows if row is not None])
            except (PermanentError, msgspec.ValidationError) as error:
                logger.error("unfinished session %s cannot be read: %s", session_id, error)
                continue
            if left:
                found.append(left)
        return found

    def discard(self, session_id: str | None = None) -> None:
        """Forget one session, or all."""
        slots = self._slots.values() if session_id is None else [self._slots.get(session_id, {})]
        doc_ids = [doc_id for slot in slots for doc_id in slot.values()]
        if doc_ids:
            self._table.remove(doc_ids=doc_ids)

    def discard_of(self, user_id: str) -> None:
        """Forget a member's sessions."""
        for left in self.left():
            if left.session.user_id == user_id:
                self.discard(left.session.session_id)

    def _changed(self, doc_id: int, old: _Row | None, new: _Row | None) -> None:
        row = new or old
        assert row is not None
        if new is not None:
            self._slots.setdefault(row.session_id, {})[row.exercise, row.part] = doc_id
            return
        slot = self._slots[row.session_id]
        del slot[row.exercise, row.part]
        if not slot:
            del self._slots[row.session_id]


def _rows(session: Session, anchor: Anchor | None) -> Iterator[_Row]:
    bare = tuple(msgspec.structs.replace(entry, sets=()) for entry in session.exercises)
    head = msgspec.structs.replace(session, exercises=bare)
    yield _Row(session_id=session.session_id, content=msgspec.to_builtins(head), anchor=anchor)
    for exercise, entry in enumerate(session.exercises, 1):
        for part, one in enumerate(entry.sets, 1):
            content = msgspec.to_builtins(one)
            yield _Row(session_id=session.session_id, exercise=exercise, part=part, content=content)


def _assembled(rows: list[_Row]) -> LeftBehind | None:
    """Put a session together again; None when damage took its head."""
    heads = [row for row in rows if row.part == 0]
    if not heads:
        return None
    head = msgspec.convert(heads[0].content, Session)
    sets: dict[int, list[WorkoutSet]] = {}
    for row in sorted(rows, key=lambda row: (row.exercise, row.part)):
        if row.part:
            sets.setdefault(row.exercise, []).append(msgspec.convert(row.content, WorkoutSet))
    entries = tuple(
        msgspec.structs.replace(entry, sets=tuple(sets.get(exercise, ())))
        for exercise, entry in enumerate(head.exercises, 1)
    )
    return LeftBehind(session=msgspec.structs.replace(head, exercises=entries), anchor=heads[0].anchor)
