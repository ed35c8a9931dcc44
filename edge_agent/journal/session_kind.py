"""Sessions as one of the kinds of records: beside its document each has a readable file, and maybe one with its reps.

A file is written before the commit that tells of it, and what a commit makes void is removed after it.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from edge_agent import canonical
from edge_agent.errors import PermanentError
from edge_agent.history.sets import done_sets
from edge_agent.journal.documents import Fields
from edge_agent.journal.indexes import of_user
from edge_agent.journal.kept import Adoption, Kept, checked, sync_row
from edge_agent.journal.kinds import Void, check_key, note_deletion, unmatched
from edge_agent.journal.order import instant
from edge_agent.journal.outbox import Outbox, SyncRow
from edge_agent.journal.retention import Retention, without_detail
from edge_agent.journal.session_table import SessionTable
from edge_agent.journal.versions import Name
from edge_agent.records import Session, Whereabouts


class SessionKind:
    """Implements `kinds.Kind`; what else concerns both a session and its way to the cloud is here too."""

    def __init__(self, table: SessionTable, outbox: Outbox) -> None:
        self.outbox = outbox
        self._table = table

    def checked(self, key: str, doc: Fields) -> Fields:
        check_key(key)
        try:
            session = msgspec.convert(doc, Session)
        except msgspec.ValidationError as error:
            raise PermanentError("session {session_id} is not sound: {cause}", session_id=key, cause=error) from error
        if session.session_id != key:
            raise PermanentError("session {key} calls itself {session_id}", key=key, session_id=session.session_id)
        return checked(session)

    def keys(self) -> list[str]:
        return list(self._table.indexes.ids)

    def document(self, doc_id: int) -> Fields:
        """Return the session as it was saved, with its reps, wherever they are kept."""
        return self._table.whole(self._table.kept(doc_id))

    def packed(self, doc_id: int) -> msgspec.Raw:
        return self._table.packed(doc_id)

    def put(self, row: SyncRow, doc: Fields) -> Void:
        return self.put_with_file(row, doc, msgspec.convert(doc, Session))[1]

    def put_with_file(self, row: SyncRow, doc: Fields, session: Session) -> tuple[Path, Void]:
        """Keep a session, given in both forms; also return its file."""
        known = self._table.find(row.key)
        old_file = "" if known is None else self._table.kept(known).file
        file = self._table.write_file(session, old_file)
        self._keep(row, Kept(rev=row.rev, saved_at=row.saved_at, file=file, session=doc))
        return self._table.folder / file, self._table.files_of(old_file, file) if old_file else ()

    def adopt(self, one: Adoption) -> None:
        """Take in a new session whose file is there already."""
        kept = Kept(rev=one.rev, saved_at=one.saved_at, file=one.file, session=checked(one.session))
        self._keep(sync_row(kept), kept)

    def _keep(self, row: SyncRow, kept: Kept) -> None:
        doc_id = self.outbox.id_of(row.key) or self.outbox.new_id(self._table.documents)
        self._table.put(doc_id, kept)
        self.outbox.note(doc_id, row)

    def delete(self, row: SyncRow) -> Void:
        known = self._table.find(row.key)
        void = () if known is None else self._table.files_of(self._table.kept(known).file)
        note_deletion(self._table.documents, self.outbox, row)
        return void

    def owned_by(self, owner: Name) -> list[str]:
        if owner[0] != "member":
            return []
        ids, by_key = self._table.indexes.ids, self._table.indexes.by_key
        owned = {doc_id for _, doc_id in by_key.before(of_user(owner[1]), None, len(ids))[0]}
        removed = [key for key, one in self._table.indexes.removed.items() if one.session.user_id == owner[1]]
        return [*(key for key, doc_id in ids.items() if doc_id in owned), *removed]

    def unmatched(self) -> tuple[Iterator[tuple[int, SyncRow]], Iterator[tuple[int, SyncRow]]]:
        return unmatched(self._table.ids(), self.outbox, lambda doc_id: sync_row(self._table.kept(doc_id)))

    def whereabouts(self, session_id: str) -> Whereabouts:
        """Return where a session is. Raises `PermanentError` when it is not known."""
        doc_id = self._table.id_of(session_id)
        kept = self._table.kept(doc_id)
        row = self.outbox.row(doc_id) or sync_row(kept)
        return Whereabouts(
            session_id=session_id,
            state=row.state,
            rev=row.rev,
            hash=row.hash,
            saved_at=row.saved_at,
            file=str(self._table.folder / kept.file),
            confirmed_at=row.confirmed_at if row.state == "confirmed" else None,
            reason=row.refused or "",
        )

    def move_detail(self, retention: Retention, limit: int) -> int:
        """Move the reps of up to `limit` old sessions to files; returns how many. Raises `TemporaryError`."""
        moved = 0
        for doc_id in self._table.indexes.detailed.beyond(instant(retention.since), retention.newest):
            if moved == limit:
                break
            row = self.outbox.row(doc_id)
            if row and (row.state == "confirmed" or not retention.confirmed) and (kept := self._table.readable(doc_id)):
                self._table.write_detail(kept)
                bare, detail = without_detail(kept.session), canonical.digest(kept.session)
                measured = tuple(one.measured for one in done_sets(msgspec.convert(kept.session, Session)))
                changes = {"session": bare, "detail": detail, "measured": measured}
                self._table.put(doc_id, msgspec.structs.replace(kept, **changes))
                moved += 1
        return moved
