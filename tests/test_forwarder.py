"""The forwarder against real brokers and a real worker with a SQLite database."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from edge_agent import wire
from edge_agent.config import SyncConfig
from edge_agent.errors import ConfigError
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.mqtt import ClientOptions, Connection
from edge_agent.sync import receipt_time, window
from edge_agent.sync.clock import HybridClock
from edge_agent.sync.forwarder import Forwarder
from tests.brokers import BROKERS, Broker, Mosquitto, broker_named
from tests.journal_parts import make_session
from tests.patience import patience_s
from tests.ports import free_port
from tests.sync_parts import (
    DEVICE,
    Heard,
    MemoryStore,
    connecting,
    forwarding,
    make_change,
    make_receipt,
    make_rev,
    rows,
    running,
    until,
    working,
)

pytestmark = pytest.mark.process


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with broker_named(request.param, tmp_path) as broker:
        broker.start()
        yield broker


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    with broker_named("mosquitto", tmp_path) as broker:
        broker.start()
        yield broker


@pytest.fixture
def cloud(tmp_path: Path) -> Path:
    return tmp_path / "cloud.db"


def test_what_was_saved_is_confirmed(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(1)])
        async with working(broker.url, cloud), forwarding(broker.url, store) as forwarder:
            await until(lambda: store.confirmed == ["session-0001"])
            store.save(make_change(2))
            forwarder.nudge()
            await until(lambda: store.confirmed == ["session-0001", "session-0002"])
        assert rows(cloud) == [("session-0001", make_rev(1)), ("session-0002", make_rev(2))]

    asyncio.run(play())


def test_the_journals_own_outbox_is_emptied(mosquitto: Broker, cloud: Path, tmp_path: Path) -> None:
    async def play() -> None:
        with Journal.open(tmp_path / "kiosk") as journal, JournalWorker(journal) as worker:
            session = msgspec.structs.replace(make_session(), device_id=journal.device_id)
            rev = HybridClock(journal.device_id).tick(1_771_281_290_000)
            await worker.save_session(session, rev, "2026-02-16T23:34:50+01:00")
            async with working(mosquitto.url, cloud), forwarding(mosquitto.url, worker, journal.device_id):
                await until(lambda: journal.whereabouts(session.session_id).state == "confirmed")
        assert rows(cloud) == [(session.session_id, rev)]

    asyncio.run(play())


def test_a_backlog_larger_than_the_window_is_confirmed(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(number) for number in range(501)])
        async with working(broker.url, cloud), forwarding(broker.url, store):
            await until(lambda: not store.waiting)
        assert [key for key, _ in rows(cloud)] == [f"session-{number:04d}" for number in range(501)]

    asyncio.run(play())


def test_a_broker_that_comes_later_is_found(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        broker.kill()
        store = MemoryStore([make_change(1)])
        async with forwarding(broker.url, store) as forwarder:
            await until(lambda: "unreachable" in forwarder.connection)
            assert not forwarder.status(await store.counts()).connected
            broker.start()
            async with working(broker.url, cloud):
                await until(lambda: store.confirmed)

    asyncio.run(play())


def test_a_restarted_broker_loses_nothing(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(1)])
        async with working(broker.url, cloud) as worker, forwarding(broker.url, store) as forwarder:
            await until(lambda: store.confirmed)
            broker.kill()
            store.save(make_change(2))
            forwarder.nudge()
            broker.start()
            await until(lambda: worker._connection.connected and len(store.confirmed) == 2)

    asyncio.run(play())


def test_what_the_broker_took_is_handed_over_not_confirmed(broker: Broker) -> None:
    async def play() -> None:
        change = make_change(1)
        store = MemoryStore([change])
        async with deaf_worker(broker.url) as heard, forwarding(broker.url, store) as forwarder:
            await until(lambda: forwarder.handed_over("session", change.key, change.rev))
            assert forwarder.status(await store.counts()).handed_over == 1
            await until(lambda: heard.messages)
            broker.kill()
            await until(lambda: not forwarder.handed_over("session", change.key, change.rev))
        assert not store.confirmed

    asyncio.run(play())


def test_without_a_receipt_it_is_sent_again(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipt_time, "SHORTEST_S", 0.5)

    async def play() -> None:
        store = MemoryStore([make_change(1)])
        async with deaf_worker(broker.url) as heard, forwarding(broker.url, store):
            await until(lambda: len(heard.messages) == 2)
            assert heard.messages[0].payload == heard.messages[1].payload

    asyncio.run(play())


def test_a_receipt_sent_while_the_kiosk_was_away_is_kept_for_it(broker: Broker) -> None:
    async def play() -> None:
        change = make_change(1)
        store = MemoryStore([change])
        async with deaf_worker(broker.url) as heard:
            async with forwarding(broker.url, store):
                await until(lambda: heard.messages)
            sender = ClientOptions(client_id="sender", subscribe="none")
            async with connecting(broker.url, sender) as (worker, answers):
                await until(lambda: worker.connected)
                worker.publish(wire.down_topic(DEVICE), wire.encode_receipts([make_receipt(change)])[0])
                await until(lambda: answers.answers == [0])
        async with forwarding(broker.url, store):
            await until(lambda: store.confirmed == [change.key])

    asyncio.run(play())


def test_one_without_a_receipt_holds_up_none_behind_it(mosquitto: Broker) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(number) for number in range(2 * window.FIRST)])
        options = ClientOptions(client_id="moody", subscribe=wire.SHARED_UP_FILTER)
        async with connecting(mosquitto.url, options) as (worker, heard):
            await until(lambda: worker.connected)
            async with forwarding(mosquitto.url, store), running(answer_all_but_the_first(worker, heard)):
                await until(lambda: len(store.waiting) == 1)

    asyncio.run(play())


async def answer_all_but_the_first(worker: Connection, heard: Heard) -> None:
    while True:
        await until(lambda: heard.messages)
        message = heard.messages.pop()
        changes, _ = wire.decode_changes(message.payload, message.properties)
        receipts = [make_receipt(one) for one in changes if one.key != "session-0000"]
        worker.publish(wire.down_topic(DEVICE), wire.encode_receipts(receipts)[0])


@asynccontextmanager
async def deaf_worker(url: str) -> AsyncIterator[Heard]:
    """Takes messages as workers do, and never says anything."""
    options = ClientOptions(client_id="deaf", subscribe=wire.SHARED_UP_FILTER)
    async with connecting(url, options) as (connection, heard):
        await until(lambda: connection.connected)
        yield heard


def test_a_refused_record_is_parked_and_holds_up_no_other(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        wrong_hash = make_change(2, hash="0" * 64)
        no_session = make_change(3, doc={"weight": 80})
        store = MemoryStore([make_change(1), wrong_hash, no_session, make_change(4)])
        async with working(broker.url, cloud), forwarding(broker.url, store):
            await until(lambda: not store.waiting)
        assert sorted(store.confirmed) == ["session-0001", "session-0004"]
        assert "hash" in store.parked["session-0002"]
        assert "session-0003" in store.parked

    asyncio.run(play())


def test_a_refused_record_can_be_tried_again(mosquitto: Broker, cloud: Path) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(5)])
        async with working(mosquitto.url, cloud), forwarding(mosquitto.url, store) as forwarder:
            await until(lambda: store.confirmed)
            store.save(make_change(1))  # its rev is below all that was sent
            forwarder.nudge()
            await until(lambda: len(store.confirmed) == 2)

    asyncio.run(play())


def test_a_message_no_worker_can_read_is_parked_in_the_end(
    mosquitto: Broker, cloud: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(1), make_change(2)])
        async with working(mosquitto.url, cloud), forwarding(mosquitto.url, store):
            await until(lambda: len(store.parked) == 2)
        assert "not a list" in store.parked["session-0001"]

    monkeypatch.setattr(wire, "encode_change", lambda _: b"{")
    asyncio.run(play())


@pytest.mark.parametrize("correlation", [b"", b"1", b"another-life-1", b"\xff-1"])
def test_an_answer_to_a_message_of_another_life_is_for_none_of_ours(correlation: bytes) -> None:
    dispatch = Forwarder(SyncConfig(broker="mqtt://127.0.0.1:1"), DEVICE, MemoryStore(), lambda: None)._dispatch
    assert dispatch
    assert dispatch._parcel_id(f"{dispatch._life}-1".encode()) == 1
    assert dispatch._parcel_id(correlation) == 0


def test_a_record_too_large_for_the_broker_is_parked(tmp_path: Path, cloud: Path) -> None:
    async def play(url: str) -> None:
        large = make_change(1, doc={"notes": "x" * 20_000})
        store = MemoryStore([large, make_change(2), make_change(3)])
        async with working(url, cloud), forwarding(url, store):
            await until(lambda: not store.waiting)
        assert sorted(store.confirmed) == ["session-0002", "session-0003"]
        assert "too many for the broker" in store.parked["session-0001"]

    broker = Mosquitto(tmp_path, "allow_anonymous true\nmax_packet_size 10000")
    broker.start()
    try:
        asyncio.run(play(broker.url))
    finally:
        broker.kill()


def test_that_no_worker_listens_is_told_in_words(mosquitto: Broker, cloud: Path) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(1)])
        async with forwarding(mosquitto.url, store) as forwarder:
            await until(lambda: "no cloud worker is listening" in forwarder.connection)
            status = forwarder.status(await store.counts())
            assert (status.connected, status.handed_over, status.attempts) == (True, 0, 1)
            assert status.next_try_s is not None
            assert status.next_try_s <= 1.25
            async with working(mosquitto.url, cloud):
                await until(lambda: store.confirmed)
                assert forwarder.connection.startswith("Connected to 127.0.0.1")

    asyncio.run(play())


def test_a_topic_it_may_not_write_is_an_alarm(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def play(url: str) -> None:
        store = MemoryStore([make_change(1)])
        async with forwarding(url, store) as forwarder:
            await until(lambda: "does not let us write edge/v1/up/kiosk-1" in forwarder.connection)
        assert not store.confirmed

    (tmp_path / "rules").write_text("pattern read edge/v1/down/%c\n")
    broker = Mosquitto(tmp_path, f"allow_anonymous true\nacl_file {tmp_path}/rules")
    broker.start()
    try:
        asyncio.run(play(broker.url))
    finally:
        broker.kill()
    assert [record.levelname for record in caplog.records if "let us write" in record.message] == ["ERROR"]


def test_a_full_disk_only_delays_the_receipts(mosquitto: Broker, cloud: Path) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(1)])
        async with forwarding(mosquitto.url, store) as forwarder:
            await until(lambda: "no cloud worker" in forwarder.connection)
            store.failing = True
            async with working(mosquitto.url, cloud):
                await until(lambda: cloud.exists() and rows(cloud))
                store.failing = False
                forwarder.hurry()
                await until(lambda: store.confirmed)

    asyncio.run(play())


def test_presence_is_seen_at_the_broker(broker: Broker) -> None:
    async def play() -> None:
        options = ClientOptions(client_id="watch", subscribe="edge/v1/state/+")
        async with connecting(broker.url, options) as (watch, heard):
            await until(lambda: watch.connected)
            async with forwarding(broker.url, MemoryStore()):
                await until(lambda: len(heard.messages) == 1)
            await until(lambda: len(heard.messages) == 2)
        assert {message.topic for message in heard.messages} == {f"edge/v1/state/{DEVICE}"}
        assert [b'"online":true' in message.payload for message in heard.messages] == [True, False]

    asyncio.run(play())


def test_changes_are_told() -> None:
    async def play() -> None:
        told: list[str] = []
        settings = SyncConfig(broker=f"mqtt://127.0.0.1:{free_port()}")
        forwarder = Forwarder(settings, DEVICE, MemoryStore(), lambda: told.append(forwarder.connection))
        async with running(forwarder.run()):
            await until(lambda: told)
        assert "unreachable" in told[0]

    asyncio.run(play())


def test_without_a_broker_it_is_disabled_and_says_so() -> None:
    async def play() -> None:
        store = MemoryStore([make_change(1)])
        async with forwarding("", store) as forwarder:
            status = forwarder.status(await store.counts())
            assert (status.enabled, status.connected, status.pending) == (False, False, 1)
            assert "everything stays here" in status.connection

    asyncio.run(play())


@pytest.mark.parametrize(
    ("settings", "device_id", "reason"),
    [(SyncConfig(broker="http://x"), DEVICE, "mqtt://"), (SyncConfig(), "a/b", "device id")],
)
def test_settings_that_cannot_work_are_refused(settings: SyncConfig, device_id: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        Forwarder(settings, device_id, MemoryStore(), lambda: None)


def test_stopping_is_quick_while_connected(broker: Broker) -> None:
    async def play() -> None:
        async with forwarding(broker.url, MemoryStore()) as forwarder:
            await until(lambda: forwarder.connection.startswith("Connected"))
            begun_s = time.monotonic()
        assert time.monotonic() - begun_s < patience_s(0.5)

    asyncio.run(play())
