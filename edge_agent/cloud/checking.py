"""What a worker demands of a change before it goes into the database. Pure."""

import re
from datetime import datetime

import msgspec

from edge_agent import canonical
from edge_agent.cloud.store import Delivery
from edge_agent.errors import PermanentError
from edge_agent.records import Change, Session

_KEY = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def check(change: Change, device_id: str) -> Delivery:
    """Return the change as it may be stored. Raises `PermanentError` with the reason to refuse it."""
    if change.entity != "session":
        raise PermanentError(f"unknown kind of record {change.entity!r}: upgrade the cloud worker")
    if not _KEY.fullmatch(change.key):
        raise PermanentError(f"{change.key!r} is no key")
    if (change.op == "delete") != (change.doc is None):
        raise PermanentError(f"a {change.op} {'without' if change.doc is None else 'with'} a document")
    if canonical.digest(change.doc) != change.hash:
        raise PermanentError("the document does not match its hash")
    return Delivery(device_id=device_id, change=change, session=_session(change, device_id))


def _session(change: Change, device_id: str) -> Session | None:
    if change.doc is None:
        return None
    try:
        session = msgspec.convert(change.doc, Session)
    except msgspec.ValidationError as error:
        raise PermanentError(f"not a session: {error}") from error
    if session.session_id != change.key:
        raise PermanentError(f"the session's own id is {session.session_id!r}, not its key")
    if session.device_id != device_id:
        raise PermanentError(f"a session of device {session.device_id!r}, sent by {device_id!r}")
    for time in (session.start_time, session.end_time):
        if not _is_instant(time):
            raise PermanentError(f"{time!r} is not a time in ISO 8601 with offset")
    return session


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
