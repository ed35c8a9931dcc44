"""How the cloud's changes come down to a kiosk: it asks from a cursor on, a worker answers with a page. Pure.

Both are one JSON object, where batches of changes and receipts are lists, so they share their topics. The cursor is the
database's, and means nothing to the kiosk. A page may come twice, late or unasked: its changes can be merged at any
time, and the cursor moves only where the page begins at the kiosk's own place (`next_place`).
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from edge_agent import canonical, wire
from edge_agent.errors import PermanentError
from edge_agent.records import Change, FeedPlace, Record

logger = logging.getLogger(__name__)

PAGE_LENGTH = 200
"""Changes in one page at most; a worker also keeps to `PAGE_BYTES`, unless a single change is larger."""
PAGE_BYTES = 256 * 1024

_Cursor = Annotated[str, msgspec.Meta(max_length=200)]

_encoder = msgspec.json.Encoder(order="sorted")


class Request(Record, frozen=True, kw_only=True, tag="request", tag_field="kind"):
    """Asks for the changes of the device's gym behind a cursor; the empty one means all there are."""

    after: _Cursor = ""
    own: bool = False
    """Whether to include the changes whose rev names the asking device: for one that lost its journal, or is new."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_LENGTH)] = PAGE_LENGTH


class Page(Record, frozen=True, kw_only=True):
    """Changes in the database's order, from behind `after` up to `cursor`; of each record the newest version only.

    `more`: there are further ones at this moment. `restart`: the database does not know the cursor that was asked for,
    because it was wiped or restored; the kiosk begins again.
    """

    after: str
    cursor: str
    more: bool = False
    restart: bool = False
    changes: tuple[Change, ...] = ()


class _RawPage(Record, frozen=True, kw_only=True, tag="page", tag_field="kind"):
    after: _Cursor
    cursor: _Cursor
    more: bool = False
    restart: bool = False
    changes: tuple[msgspec.Raw, ...] = ()


_request_decoder = msgspec.json.Decoder(Request)
_page_decoder = msgspec.json.Decoder(_RawPage)


def is_feed(payload: bytes) -> bool:
    """Tell a request or a page from a list of changes or receipts."""
    return payload.lstrip()[:1] == b"{"


def encode_request(request: Request) -> bytes:
    """Return the message a kiosk sends on its `up` topic."""
    return _encoder.encode(request)


def decode_request(payload: bytes, properties: Mapping[str, str]) -> Request:
    """Return a kiosk's request. Raises `PermanentError` when it cannot be read."""
    _check_format(properties, "this worker")
    try:
        return _request_decoder.decode(payload)
    except wire.UNREADABLE as error:
        raise PermanentError(f"the request cannot be read: {error}") from error


def encode_page(
    after: str, cursor: str, changes: Sequence[bytes], *, more: bool = False, restart: bool = False
) -> bytes:
    """Return the message a worker sends on the asking kiosk's `down` topic; `changes` are of `wire.encode_change`."""
    raw = tuple(msgspec.Raw(one) for one in changes)
    return _encoder.encode(_RawPage(after=after, cursor=cursor, more=more, restart=restart, changes=raw))


def decode_page(payload: bytes, properties: Mapping[str, str]) -> Page:
    """Return a worker's page without the changes that cannot be read. Raises `PermanentError`."""
    _check_format(properties, "this kiosk")
    try:
        raw = _page_decoder.decode(payload)
    except wire.UNREADABLE as error:
        raise PermanentError(f"the page of changes cannot be read: {error}") from error
    changes = tuple(change for one in raw.changes if (change := _readable(one)))
    return Page(after=raw.after, cursor=raw.cursor, more=raw.more, restart=raw.restart, changes=changes)


def next_place(page: Page, place: FeedPlace) -> FeedPlace:
    """Return where a kiosk is once it has merged a page."""
    if page.restart:
        return FeedPlace()
    if page.after != place.cursor:
        return place
    return FeedPlace(cursor=page.cursor, filled=place.filled or not page.more)


def _check_format(properties: Mapping[str, str], who: str) -> None:
    there, here = properties.get("schema"), wire.PROPERTIES["schema"]
    if there != here:
        raise PermanentError(f"message format {there!r}; {who} reads {here!r}: upgrade edge-agent")


def _readable(raw: msgspec.Raw) -> Change | None:
    try:
        change = wire.read_change(raw)
        if canonical.digest(change.doc) != change.hash or (change.op == "delete") != (change.doc is None):
            raise PermanentError(f"{change.entity} {change.key}: the document does not match")
    except PermanentError as error:
        logger.error("a change of the cloud is left out: %s", error)
        return None
    return change
