"""A session as the table `sessions` keeps it, and what follows from it for the outbox. Pure."""

from typing import Any

import msgspec

from edge_agent import canonical
from edge_agent.errors import PermanentError
from edge_agent.history.sets import Measured
from edge_agent.journal.order import instant
from edge_agent.journal.outbox import SyncRow
from edge_agent.records import Record, Session


class Kept(Record, frozen=True, kw_only=True):
    """A document of the table `sessions`. `session` stays as it was stored, so that its digest stays the same."""

    rev: str
    saved_at: str
    file: str
    session: dict[str, Any]
    detail: str = ""
    """The digest of the whole session when its reps are in a file (retention.py)."""
    measured: tuple[Measured, ...] = ()
    """What trends need of those reps, of each set in order."""
    removed_at: str = ""
    """When its member threw it away; nobody sees it then, and until it is deleted for good it can be taken back."""


class Adoption(Record, frozen=True, kw_only=True):
    """A session that comes with its file, as a rebuilt journal takes it in."""

    session: Session
    rev: str
    saved_at: str
    file: str


def checked(session: Session) -> dict[str, Any]:
    """Return the session as JSON values that read back to the same, in the order of canonical JSON.

    So its text in the journal is what is sent. Raises `PermanentError`.
    """
    instant(session.start_time)
    try:
        read_back = msgspec.json.decode(msgspec.json.encode(session), type=Session)
        if read_back != session:
            raise PermanentError(
                "session {session_id} holds a number that JSON can't carry, such as NaN", session_id=session.session_id
            )
        return msgspec.json.decode(canonical.encode(read_back))  # type: ignore[no-any-return]
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise PermanentError(
            "session {session_id} is not sound: {cause}", session_id=session.session_id, cause=error
        ) from error


def sync_row(kept: Kept) -> SyncRow:
    """Return the row of a version that the cloud has not confirmed."""
    key, digest = kept.session["session_id"], kept.detail or canonical.digest(kept.session)
    return SyncRow(entity="session", key=key, rev=kept.rev, hash=digest, saved_at=kept.saved_at)
