import msgspec
import pytest

from edge_agent import feed, wire
from edge_agent.errors import PermanentError
from edge_agent.records import FeedPlace
from tests.record_parts import delete, put

PROPERTIES = dict(wire.PROPERTIES)


def page(**fields: object) -> feed.Page:
    return msgspec.convert({"after": "", "cursor": "7"} | fields, feed.Page)


def test_a_request_arrives_as_it_was_sent() -> None:
    request = feed.Request(after="a:7", own=True, limit=50)
    assert feed.decode_request(feed.encode_request(request), PROPERTIES) == request


def test_a_page_arrives_as_it_was_sent() -> None:
    changes = [put(1), delete(2)]
    message = feed.encode_page("a:1", "a:7", [wire.encode_change(one) for one in changes], more=True)
    assert feed.decode_page(message, PROPERTIES) == feed.Page(
        after="a:1", cursor="a:7", more=True, changes=tuple(changes)
    )


def test_the_format_is_what_is_written_down() -> None:
    assert feed.encode_request(feed.Request()) == b'{"after":"","kind":"request","limit":200,"own":false}'
    assert (
        feed.encode_page("1", "2", [])
        == b'{"after":"1","changes":[],"cursor":"2","kind":"page","more":false,"restart":false}'
    )


def test_pages_and_requests_are_told_from_receipts_and_changes() -> None:
    assert feed.is_feed(b' {"kind":"page"}')
    assert not feed.is_feed(b"[]")
    assert not feed.is_feed(b"")


@pytest.mark.parametrize(
    "payload",
    [
        b"\xff",
        b'{"kind":"page"}',
        b'{"kind":"request","limit":0}',
        b'{"kind":"request","limit":201}',
        b'{"kind":"request","surprise":1}',
        b'{"kind":"request","after":"' + b"x" * 201 + b'"}',
    ],
)
def test_a_request_that_is_none_is_refused(payload: bytes) -> None:
    with pytest.raises(PermanentError, match="cannot be read"):
        feed.decode_request(payload, PROPERTIES)


@pytest.mark.parametrize("payload", [b"{}", b"\xff", b'{"kind":"page","after":"","cursor":1}'])
def test_a_page_that_is_none_is_refused(payload: bytes) -> None:
    with pytest.raises(PermanentError, match="cannot be read"):
        feed.decode_page(payload, PROPERTIES)


def test_another_format_asks_for_an_upgrade() -> None:
    with pytest.raises(PermanentError, match="upgrade edge-agent"):
        feed.decode_page(feed.encode_page("", "", []), {"schema": "2"})


@pytest.mark.parametrize(
    "wrong",
    [{"hash": "0" * 64}, {"rev": "soon"}, {"op": "delete"}, {"doc": None}, {"surprise": 1}],
)
def test_a_change_that_is_wrong_is_left_out_and_the_others_are_not(wrong: dict[str, object]) -> None:
    broken = msgspec.json.encode(msgspec.to_builtins(put(1)) | wrong)
    message = feed.encode_page("", "7", [broken, wire.encode_change(put(2))])
    assert feed.decode_page(message, PROPERTIES).changes == (put(2),)


@pytest.mark.parametrize(
    ("fields", "place", "following"),
    [
        ({}, FeedPlace(), FeedPlace(cursor="7", filled=True)),
        ({"more": True}, FeedPlace(), FeedPlace(cursor="7")),
        ({"after": "3"}, FeedPlace(cursor="3", filled=True), FeedPlace(cursor="7", filled=True)),
        ({"after": "3", "more": True}, FeedPlace(cursor="3", filled=True), FeedPlace(cursor="7", filled=True)),
        ({"after": "3"}, FeedPlace(cursor="5"), FeedPlace(cursor="5")),
        ({"restart": True}, FeedPlace(cursor="5", filled=True), FeedPlace()),
    ],
)
def test_only_the_page_that_follows_moves_the_cursor(
    fields: dict[str, object], place: FeedPlace, following: FeedPlace
) -> None:
    assert feed.next_place(page(**fields), place) == following
