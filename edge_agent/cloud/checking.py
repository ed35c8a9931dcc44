"""What a worker demands of a change before it goes into a database, the same for every database. Pure."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import msgspec

from edge_agent import canonical, wire
from edge_agent.cloud.documents import KINDS, Document, own_id, program_of, times_of
from edge_agent.cloud.store import Delivery
from edge_agent.errors import PermanentError
from edge_agent.keys import is_key
from edge_agent.records import PackedChange, Session

_LONGEST_USER_ID = 255
_LONGEST_DEVICE_ID = 64
_LARGEST_BYTES = 4 * 1024 * 1024
"""Of a document. MariaDB takes statements of 16 MB by default, and ends the connection at longer ones; quoting may
double what is in them.
"""
_DEEPEST = 50
"""Levels of lists and objects; MongoDB takes 100."""
_EARLIEST_YEAR = 1000
"""Of MySQL's DATETIME."""
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LARGE_NUMBER = b"0" * 19

_decoders = {entity: msgspec.json.Decoder(kind) for entity, kind in KINDS.items()}


def check(change: PackedChange, device_id: str) -> Delivery:
    """Return the change as it may be stored. Raises `PermanentError` with the reason to refuse it."""
    if change.entity not in KINDS:
        raise PermanentError(f"unknown kind of record {change.entity!r}: upgrade the cloud worker")
    if not is_key(change.key):
        raise PermanentError(f"{change.key!r} is no key")
    sent = bytes(change.doc)
    if len(sent) > _LARGEST_BYTES:
        raise PermanentError(f"the database cannot take it: {len(sent)} bytes are more than {_LARGEST_BYTES}")
    if (change.op == "delete") != (sent == canonical.NOTHING):
        raise PermanentError(f"a {change.op} {'without' if sent == canonical.NOTHING else 'with'} a document")
    document = None if change.op == "delete" else _read(change.entity, sent)
    text = _canonical(sent, document)
    if hashlib.sha256(text).hexdigest() != change.hash:
        raise PermanentError("the document does not match its hash")
    if document:
        _check_document(change, document, text)
    if text is not sent:
        change = msgspec.structs.replace(change, doc=msgspec.Raw(text))
    return Delivery(device_id=device_id, change=change, document=document)


def _read(entity: str, text: bytes) -> Document:
    try:
        return _decoders[entity].decode(text)
    except wire.UNREADABLE as error:
        raise PermanentError(f"not a {entity.replace('_', '-')}: {error}") from error


def _canonical(text: bytes, document: Document | None) -> bytes:
    """Return a document's canonical JSON. A kiosk's is that already, which its record proves in half the time."""
    try:
        if canonical.encode(document) == text:
            return text
    except OverflowError:
        pass  # only the document as it was sent has such a number
    return canonical.encode(msgspec.json.decode(text))


def _check_document(change: PackedChange, document: Document, text: bytes) -> None:
    kind = change.entity.replace("_", "-")
    if own_id(document) != change.key:
        raise PermanentError(f"the {kind}'s own id is {own_id(document)!r}, not its key")
    # Where it was measured. Who may send it the database knows (versions.foreign): members edit it elsewhere, too.
    if isinstance(document, Session) and not wire.is_device_id(document.device_id):
        raise PermanentError(f"{document.device_id[:_LONGEST_DEVICE_ID]!r} is no device id")
    _check_owners(document)
    for time in times_of(document):
        if not _is_instant(time):
            raise PermanentError(f"{time!r} is not a time in ISO 8601 with offset")
    # Sessions have a fixed shape: only their numbers can be out of bounds.
    if change.entity != "session" or _LARGE_NUMBER in text.translate(_DIGITS):
        _check_bounds(msgspec.json.decode(text), _DEEPEST)


def _check_owners(document: Document) -> None:
    user_id = document.user_id
    if not 0 < len(user_id) <= _LONGEST_USER_ID or not user_id.isprintable() or user_id != user_id.strip():
        raise PermanentError(f"{user_id[:_LONGEST_USER_ID]!r} is no user id")
    program_id = program_of(document)
    if program_id is not None and not is_key(program_id):
        raise PermanentError(f"{program_id[:_LONGEST_USER_ID]!r} is no program's key")


def _is_instant(text: str) -> bool:
    try:
        time = datetime.fromisoformat(text)
        return time.tzinfo is not None and time.astimezone(UTC).year >= _EARLIEST_YEAR
    except (ValueError, OverflowError):
        return False


def _check_bounds(value: Any, levels: int) -> None:
    """Refuse what one of the databases cannot keep."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise PermanentError(f"the database cannot take it: {str(value)[:40]} is too large a number")
    if isinstance(value, dict):
        if any("\0" in key for key in value):
            raise PermanentError("the database cannot take it: a field's name has a NUL in it")
        value = list(value.values())
    if isinstance(value, list):
        if not levels:
            raise PermanentError(f"the database cannot take it: nested deeper than {_DEEPEST} levels")
        for part in value:
            _check_bounds(part, levels - 1)
