import json

import pytest

from edge_agent import wire
from edge_agent.errors import ConfigError, PermanentError
from edge_agent.sync.clock import HybridClock
from tests.sync_parts import make_change, make_receipt, unpacked


def message(*changes: object) -> bytes:
    return json.dumps(changes).encode()


def as_json(number: int, **fields: object) -> dict[str, object]:
    plain: dict[str, object] = json.loads(wire.encode_change(make_change(number)))
    return plain | fields


def test_topics_hold_the_device() -> None:
    assert wire.up_topic("kiosk-1") == "edge/v1/up/kiosk-1"
    assert wire.down_topic("kiosk-1") == "edge/v1/down/kiosk-1"
    assert wire.state_topic("kiosk-1") == "edge/v1/state/kiosk-1"
    assert wire.sender("edge/v1/up/kiosk-1") == "kiosk-1"


@pytest.mark.parametrize("device_id", ["", "a/b", "a+", "#", "a b", "-a", "a" * 65, "ä"])
def test_a_device_id_that_is_no_level_of_a_topic_is_refused(device_id: str) -> None:
    with pytest.raises(ConfigError, match="device id"):
        wire.up_topic(device_id)
    with pytest.raises(PermanentError, match="topic"):
        wire.sender(f"edge/v1/up/{device_id}")


def test_a_message_of_another_topic_has_no_sender() -> None:
    with pytest.raises(PermanentError):
        wire.sender("edge/v1/down/kiosk-1")


def test_changes_come_out_as_they_went_in() -> None:
    changes = [make_change(1), make_change(2, op="delete", doc=None)]
    payload = wire.join(wire.encode_change(one) for one in changes)
    came, rejected = wire.decode_changes(payload, wire.PROPERTIES)
    assert ([unpacked(one) for one in came], rejected) == (changes, [])


def test_receipts_come_out_as_they_went_in() -> None:
    receipts = [make_receipt(make_change(1)), make_receipt(make_change(2), status="rejected", reason="no")]
    assert wire.decode_receipts(wire.encode_receipts(receipts)[0], wire.PROPERTIES) == receipts


def test_many_receipts_go_in_several_messages() -> None:
    receipts = [make_receipt(make_change(number), reason="no " * 100) for number in range(2000)]
    messages = wire.encode_receipts(receipts)
    assert len(messages) > 1
    assert max(map(len, messages)) <= 256 * 1024 + 2
    assert [one for message in messages for one in wire.decode_receipts(message, wire.PROPERTIES)] == receipts


def test_a_part_that_is_no_change_is_refused_alone() -> None:
    changes, rejected = wire.decode_changes(message(as_json(1), as_json(2, op="burn"), as_json(3)), wire.PROPERTIES)
    assert [unpacked(one) for one in changes] == [make_change(1), make_change(3)]
    (receipt,) = rejected
    assert receipt == make_receipt(make_change(2), status="rejected", reason=receipt.reason)
    assert "burn" in receipt.reason


def test_a_part_without_a_name_is_refused_without_a_name() -> None:
    changes, (receipt,) = wire.decode_changes(message(as_json(1), {"entity": 7}), wire.PROPERTIES)
    assert [unpacked(one) for one in changes] == [make_change(1)]
    assert (receipt.entity, receipt.status) == ("", "rejected")


@pytest.mark.parametrize(
    "rev",
    [
        "zzzz",
        "9" * 14 + "-0000-kiosk-1",
        "9" * 13 + "-ffff-kiosk-1",
        "1771281290000-0000-",
        "1771281290000-00-kiosk-1",
    ],
)
def test_a_rev_that_is_no_clock_reading_is_refused(rev: str) -> None:
    changes, (receipt,) = wire.decode_changes(message(as_json(1, rev=rev)), wire.PROPERTIES)
    assert not changes
    assert "clock" in receipt.reason


def test_the_clocks_readings_are_accepted() -> None:
    rev = HybridClock("kiosk-1").tick(1_771_281_290_000)
    changes, rejected = wire.decode_changes(message(as_json(1, rev=rev)), wire.PROPERTIES)
    assert [one.rev for one in changes] == [rev]
    assert not rejected


DEEP = pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep")


@pytest.mark.parametrize("payload", [b"", b"{", b"{}", b"\xff\xfe", b"null", b'[{"entity":', DEEP])
def test_a_message_that_is_no_list_is_refused_as_a_whole(payload: bytes) -> None:
    with pytest.raises(PermanentError, match="not a list"):
        wire.decode_changes(payload, wire.PROPERTIES)


@pytest.mark.parametrize("properties", [{}, {"schema": "2"}])
def test_a_message_of_another_format_is_refused(properties: dict[str, str]) -> None:
    with pytest.raises(PermanentError, match="format"):
        wire.decode_changes(b"[]", properties)
    with pytest.raises(PermanentError, match="upgrade"):
        wire.decode_receipts(b"[]", properties)


def test_receipts_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(PermanentError, match="cannot be read"):
        wire.decode_receipts(b"[{}]", wire.PROPERTIES)


def test_a_long_reason_is_cut() -> None:
    assert len(wire.refuse_message("x" * 10_000).reason) == 500


@pytest.mark.parametrize("online", [True, False])
def test_presence_says_whether_a_device_is_connected(online: bool) -> None:
    payload = wire.encode_presence(wire.Presence(online=online))
    assert wire.read_presence(wire.state_topic("kiosk-1"), payload) == ("kiosk-1", online)


def test_what_is_no_presence_is_refused() -> None:
    with pytest.raises(PermanentError, match="not a presence"):
        wire.read_presence("edge/v1/state/kiosk-1", b"")
