"""What crosses the broker: topics, and batches of changes (up) and receipts (down) as JSON. Pure.

A message carries its content type and, as the MQTT 5 user property `schema`, the version of this format. The id that
an agent gives a message as correlation data comes back with its receipts, so a worker can refuse even a message it
cannot read.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from edge_agent.errors import ConfigError, PermanentError
from edge_agent.records import Change, PackedChange, Receipt, Record

CONTENT_TYPE = "application/json"
PROPERTIES: Mapping[str, str] = {"schema": "1"}
"""User properties of each message."""

UP_FILTER = "edge/v1/up/+"
SHARED_UP_FILTER = f"$share/ingest/{UP_FILTER}"
"""Of the cloud's workers: the broker gives each message to one of them."""

STATE_FILTER = "edge/v1/state/+"
"""Which devices are connected."""

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises; the last for what is nested some 1,000 levels deep."""

_UP = "edge/v1/up/"
_STATE = "edge/v1/state/"
_LONGEST_REASON = 500
_RECEIPTS_BYTES = 256 * 1024
_DEVICE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_REV = re.compile(r"[0-8][0-9]{12}-[0-9a-f]{4}-[A-Za-z0-9._-]{1,64}")

C = TypeVar("C", Change, PackedChange)

_encoder = msgspec.json.Encoder(order="sorted")
_parts_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_change_decoder = msgspec.json.Decoder(Change)
_packed_decoder = msgspec.json.Decoder(PackedChange)
_batch_decoder = msgspec.json.Decoder(list[PackedChange])
_receipts_decoder = msgspec.json.Decoder(list[Receipt])


class Presence(Record, frozen=True, kw_only=True):
    """Birth message and last will of an agent, retained."""

    online: bool
    version: str = ""


_presence_decoder = msgspec.json.Decoder(Presence)


class _Name(msgspec.Struct):
    """As much of a change as a receipt must repeat."""

    entity: str
    key: str
    rev: str
    hash: str


_name_decoder = msgspec.json.Decoder(_Name)


def is_device_id(text: str) -> bool:
    """Whether it can be one level of a topic and an MQTT client id."""
    return _DEVICE_ID.fullmatch(text) is not None


def check_device_id(device_id: str) -> str:
    """Return the id if it is one, else raise `ConfigError`."""
    if not is_device_id(device_id):
        raise ConfigError(f"device id {device_id!r}: use 1 to 64 letters, digits, '.', '_' or '-', a letter first")
    return device_id


def up_topic(device_id: str) -> str:
    """Return where a device's changes and requests go."""
    return f"{_UP}{check_device_id(device_id)}"


def down_topic(device_id: str) -> str:
    """Return where a device's receipts and pages of changes go."""
    return f"edge/v1/down/{check_device_id(device_id)}"


def state_topic(device_id: str) -> str:
    """Return where a device's presence is retained."""
    return f"{_STATE}{check_device_id(device_id)}"


def sender(topic: str) -> str:
    """Return the device that a message on an `up` topic is from. Raises `PermanentError` for any other topic."""
    device_id = topic.removeprefix(_UP)
    if device_id == topic or not is_device_id(device_id):
        raise PermanentError(f"topic {topic!r} is not {_UP} and a device id")
    return device_id


def encode_change(change: Change | PackedChange) -> bytes:
    """Return one change as JSON; `join` makes a message of several."""
    return _encoder.encode(change)


def join(parts: Iterable[bytes]) -> bytes:
    """Return a message of encoded changes."""
    return b"[" + b",".join(parts) + b"]"


def pack(change: Change) -> PackedChange:
    """Return a change as it looks on the wire."""
    doc = msgspec.Raw(_encoder.encode(change.doc))
    return PackedChange(entity=change.entity, key=change.key, rev=change.rev, op=change.op, hash=change.hash, doc=doc)


def decode_changes(payload: bytes, properties: Mapping[str, str]) -> tuple[list[PackedChange], list[Receipt]]:
    """Return the changes of a message, and a rejected receipt for each part that is none, one for all without a name.

    Raises `PermanentError` when the message as a whole cannot be read.
    """
    if properties.get("schema") != PROPERTIES["schema"]:
        raise PermanentError(f"message format {properties.get('schema')!r}; this worker reads {PROPERTIES['schema']!r}")
    try:
        changes = _batch_decoder.decode(payload)
    except UNREADABLE:
        return _decode_each(payload)
    return (changes, []) if all(_REV.fullmatch(one.rev) for one in changes) else _decode_each(payload)


def _decode_each(payload: bytes) -> tuple[list[PackedChange], list[Receipt]]:
    """Tell what is sound in a message from what is not."""
    try:
        parts = _parts_decoder.decode(payload)
    except UNREADABLE as error:
        raise PermanentError(f"the message is not a list in JSON: {error}") from error
    changes, rejected, nameless = [], [], False
    for part in parts:
        try:
            changes.append(_read(_packed_decoder, part))
        except PermanentError as error:
            receipt = _refuse_part(part, str(error))
            # It says which message it was, which need not be said a hundred thousand times.
            if receipt.entity or not nameless:
                rejected.append(receipt)
            nameless |= not receipt.entity
    return changes, rejected


def read_change(part: msgspec.Raw) -> Change:
    """Return an encoded change. Raises `PermanentError`."""
    return _read(_change_decoder, part)


def _read(decoder: msgspec.json.Decoder[C], part: msgspec.Raw) -> C:
    try:
        change = decoder.decode(part)
    except UNREADABLE as error:
        raise PermanentError(f"not a change: {error}") from error
    # A rev that sorts above all real ones could never be replaced again. The last in 13 digits would be worse: a clock
    # that has seen it goes on with 14, so it ends in 2255.
    if not _REV.fullmatch(change.rev):
        raise PermanentError(f"rev {change.rev!r} is not a clock reading")
    return change


def _refuse_part(part: msgspec.Raw, reason: str) -> Receipt:
    try:
        return refuse(_name_decoder.decode(part), reason)
    except UNREADABLE:
        return refuse_message(reason)


def refuse(change: PackedChange | _Name, reason: str) -> Receipt:
    """Return the receipt that refuses one change for good."""
    return Receipt(
        entity=change.entity,
        key=change.key,
        rev=change.rev,
        hash=change.hash,
        status="rejected",
        reason=reason[:_LONGEST_REASON],
    )


def refuse_message(reason: str) -> Receipt:
    """Return the receipt for what cannot be told apart into changes; the message's id says which message it was."""
    return refuse(_Name(entity="", key="", rev="", hash=""), reason)


def encode_receipts(receipts: Iterable[Receipt]) -> list[bytes]:
    """Return messages of receipts, each of a size that brokers take, unless one receipt alone is larger."""
    messages: list[list[bytes]] = []
    room = 0
    for part in map(_encoder.encode, receipts):
        if not messages or len(part) > room:
            messages.append([])
            room = _RECEIPTS_BYTES
        messages[-1].append(part)
        room -= len(part) + 1
    return [join(parts) for parts in messages]


def decode_receipts(payload: bytes, properties: Mapping[str, str]) -> list[Receipt]:
    """Return the receipts of a message. Raises `PermanentError` when it cannot be read."""
    if properties.get("schema") != PROPERTIES["schema"]:
        raise PermanentError(f"receipts of format {properties.get('schema')!r}; upgrade edge-agent")
    try:
        return _receipts_decoder.decode(payload)
    except UNREADABLE as error:
        raise PermanentError(f"the receipts cannot be read: {error}") from error


def encode_presence(presence: Presence) -> bytes:
    """Return a birth message or will."""
    return _encoder.encode(presence)


def read_presence(topic: str, payload: bytes) -> tuple[str, bool]:
    """Return a device and whether it is connected. Raises `PermanentError` for what is no presence."""
    device_id = topic.removeprefix(_STATE)
    try:
        return device_id, _presence_decoder.decode(payload).online
    except UNREADABLE as error:
        raise PermanentError(f"{topic}: not a presence: {error}") from error
