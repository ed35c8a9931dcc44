"""Members who come and go, with all that concerns them in one commit."""

from edge_agent.errors import ConflictError, PermanentError
from edge_agent.journal.accounts import Access, Farewell
from edge_agent.journal.documents import Fields
from edge_agent.journal.opened import Opened
from edge_agent.journal.outbox import SyncRow


def add(tables: Opened, row: SyncRow, doc: Fields, access: Access, *, wait_for_cloud: bool) -> None:
    """Save a new member, also as somebody who signs in here.

    Raises `ConflictError` for one who has left while the cloud still has their data, if there is a cloud.
    """
    deletion = tables.records.deletion("member", row.key)
    if wait_for_cloud and deletion and deletion.state != "confirmed":
        raise ConflictError("{key} has left, and not everything is deleted in the cloud yet; wait for it", key=row.key)
    with tables.transaction():
        tables.records.put(row, doc)
        tables.accounts.put(access)


def delete(tables: Opened, row: SyncRow, code_hash: str) -> Farewell:
    """Delete a member with all that is theirs and return the receipt. Raises `PermanentError` when there is none."""
    member = tables.accounts.members.get(row.key)
    farewell = Farewell(
        code_hash=code_hash,
        user_id=row.key,
        name=str(member.name) if member else row.key,
        left_at=row.saved_at,
        rev=row.rev,
        deleted=tables.records.owned(("member", row.key)) | {"member": 1},
    )
    with tables.transaction():
        tables.void.note(tables.records.delete(row))
        tables.running.discard_of(row.key)
        tables.accounts.remove_member(row.key)
        tables.accounts.put(farewell)
    return farewell


def refuse_departed(tables: Opened, user_id: object, session_id: str) -> None:
    """Raise `PermanentError` for a workout of somebody who has left; what is kept of it while it runs is dropped."""
    if isinstance(user_id, str) and tables.records.deletion("member", user_id):
        with tables.transaction():
            tables.running.discard(session_id)
        raise PermanentError("session {session_id} is not kept: its member has left", session_id=session_id)
