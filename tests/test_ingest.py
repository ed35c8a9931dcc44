"""Workers against real brokers: what they write, what they answer, and what is left when they are killed."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from edge_agent import wire
from edge_agent.cloud.ingest import run_ingest
from edge_agent.config import SyncConfig
from edge_agent.errors import ConfigError
from edge_agent.mqtt import ClientOptions, Connection
from edge_agent.records import Change, Receipt
from tests.brokers import BROKERS, Broker, Mosquitto, broker_named
from tests.patience import patience_s
from tests.ports import free_port
from tests.sync_parts import (
    DEVICE,
    Heard,
    MemoryStore,
    connecting,
    forwarding,
    huge_session,
    make_change,
    make_receipt,
    make_rev,
    rows,
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
def cloud(tmp_path: Path) -> Path:
    return tmp_path / "cloud.db"


class Kiosk:
    """Sends what a test tells it to, and keeps the receipts."""

    def __init__(self, connection: Connection, heard: Heard) -> None:
        self._connection = connection
        self._heard = heard

    def send(self, *changes: Change, topic: str = f"edge/v1/up/{DEVICE}") -> None:
        self.send_raw(wire.join(wire.encode_change(one) for one in changes), topic=topic)

    def send_raw(self, payload: bytes, topic: str = f"edge/v1/up/{DEVICE}") -> None:
        assert self._connection.publish(topic, payload, b"42") is not None

    @property
    def sent(self) -> int:
        """How many messages the broker has taken."""
        return len(self._heard.answers)

    @property
    def receipts(self) -> list[Receipt]:
        messages = self._heard.messages
        assert all(message.correlation == b"42" for message in messages)
        return [one for message in messages for one in wire.decode_receipts(message.payload, message.properties)]


@asynccontextmanager
async def kiosk_at(broker: Broker) -> AsyncIterator[Kiosk]:
    options = ClientOptions(client_id=DEVICE, subscribe=wire.down_topic(DEVICE))
    async with connecting(broker.url, options) as (connection, heard):
        await until(lambda: connection.connected)
        yield Kiosk(connection, heard)


def test_each_change_gets_its_receipt_after_the_commit(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        async with working(broker.url, cloud), kiosk_at(broker) as kiosk:
            kiosk.send(make_change(1), make_change(2))
            await until(lambda: kiosk.receipts)
            assert rows(cloud) == [("session-0001", make_rev(1)), ("session-0002", make_rev(2))]
            assert kiosk.receipts == [make_receipt(make_change(1)), make_receipt(make_change(2))]

    asyncio.run(play())


def test_messages_twice_and_out_of_order_leave_the_newest(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        async with working(broker.url, cloud), kiosk_at(broker) as kiosk:
            for number in (2, 1, 3, 3, 1, 2):
                kiosk.send(make_change(number, key="one"))
            await until(lambda: len(kiosk.receipts) == 6)
            assert rows(cloud) == [("one", make_rev(3))]
            assert {one.status for one in kiosk.receipts if one.rev == make_rev(3)} == {"stored"}
            assert kiosk.receipts[4].status == "stale"

    asyncio.run(play())


def test_what_is_wrong_is_refused_alone(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        async with working(broker.url, cloud), kiosk_at(broker) as kiosk:
            kiosk.send(make_change(1), make_change(2, hash="0" * 64), make_change(3))
            await until(lambda: len(kiosk.receipts) == 3)
            assert {one.key: one.status for one in kiosk.receipts} == {
                "session-0001": "stored",
                "session-0002": "rejected",
                "session-0003": "stored",
            }

    asyncio.run(play())


def test_what_the_database_cannot_take_is_refused_alone(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        async with working(broker.url, cloud), kiosk_at(broker) as kiosk:
            kiosk.send(make_change(2), huge_session(), make_change(3))
            await until(lambda: len(kiosk.receipts) == 3)
            (refused,) = [one for one in kiosk.receipts if one.status == "rejected"]
            assert refused.key == huge_session().key
            assert "database cannot take it" in refused.reason
            assert len(rows(cloud)) == 2

    asyncio.run(play())


@pytest.mark.parametrize("payload", [b"\xff\x00garbage", b"{}", b"[1]", b"[" * 2000, b'{"a":' * 2000])
def test_a_message_that_cannot_be_read_is_answered_by_its_id(broker: Broker, cloud: Path, payload: bytes) -> None:
    async def play() -> None:
        async with working(broker.url, cloud), kiosk_at(broker) as kiosk:
            kiosk.send_raw(payload)
            await until(lambda: kiosk.receipts)
            (receipt,) = kiosk.receipts
            assert (receipt.entity, receipt.status) == ("", "rejected")
            kiosk.send(make_change(1))
            await until(lambda: len(kiosk.receipts) == 2)

    asyncio.run(play())


def test_parts_without_number_are_answered_in_messages_that_the_broker_takes(tmp_path: Path, cloud: Path) -> None:
    """Else the broker would end the connection, give the message to the next worker, and so on for ever."""
    nameless = b"[" + b",".join([b"1"] * 100_000) + b"]"
    named = b"[" + b",".join([b'{"entity":"a","key":"b","rev":"","hash":""}'] * 4000) + b"]"

    async def play(broker: Broker) -> None:
        async with working(broker.url, cloud), kiosk_at(broker) as kiosk:
            kiosk.send_raw(nameless)
            kiosk.send_raw(named)
            kiosk.send(make_change(1))
            await until(lambda: len(kiosk.receipts) == 1 + 4000 + 1)
            assert {one.entity for one in kiosk.receipts} == {"", "a", "session"}

    broker = Mosquitto(tmp_path, "allow_anonymous true\nmax_packet_size 1048576")
    broker.start()
    try:
        asyncio.run(play(broker))
    finally:
        broker.kill()


def test_a_topic_without_a_device_holds_up_nothing(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        async with working(broker.url, cloud), kiosk_at(broker) as kiosk:
            kiosk.send(make_change(1), topic="edge/v1/up/a b")
            kiosk.send(make_change(2))
            await until(lambda: kiosk.receipts)
            assert rows(cloud) == [("session-0002", make_rev(2))]

    asyncio.run(play())


def test_a_session_of_a_kiosk_in_no_gym_with_it_is_refused(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(1)])  # of kiosk-1
        async with working(broker.url, cloud), forwarding(broker.url, store, "kiosk-2"):
            await until(lambda: store.parked)
        assert "in another gym" in store.parked["session-0001"]

    asyncio.run(play())


def test_while_the_database_is_away_nothing_is_acknowledged(
    broker: Broker, cloud: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> None:
        async with working(broker.url, cloud), kiosk_at(broker) as kiosk:
            with locked(cloud):
                kiosk.send(make_change(1))
                kiosk.send(make_change(2))
                await until(lambda: "nothing is acknowledged" in caplog.text)
                assert not kiosk.receipts
            await until(lambda: len(kiosk.receipts) == 2)

    asyncio.run(play())


def test_a_worker_that_is_held_up_takes_only_so_many(
    broker: Broker, cloud: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> None:
        async with working(broker.url, cloud) as worker, kiosk_at(broker) as kiosk:
            with locked(cloud):
                for number in range(250):
                    kiosk.send(make_change(number))
                await until(lambda: kiosk.sent == 250 and "nothing is acknowledged" in caplog.text)
                assert len(worker._arrived) <= 100
            await until(lambda: len(kiosk.receipts) == 250)

    asyncio.run(play())


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Somebody holds the database's write lock."""
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("begin immediate")
    try:
        yield
    finally:
        other.close()


def test_workers_share_the_work(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(number) for number in range(400)])
        async with working(broker.url, cloud), working(broker.url, cloud), forwarding(broker.url, store):
            await until(lambda: not store.waiting)
        assert len(rows(cloud)) == 400

    asyncio.run(play())


# Killed workers

_MORTAL = """
import asyncio, os, signal, sys
from edge_agent.cloud.ingest import Ingest
from edge_agent.cloud.sql import SqlStore
from edge_agent.config import SyncConfig

broker, database, moment = sys.argv[1:]

class Mortal(SqlStore):
    def write(self, deliveries, received_at, *, copied=False):
        if moment == "before the commit":
            os.kill(os.getpid(), signal.SIGKILL)
        outcomes = super().write(deliveries, received_at, copied=copied)
        os.kill(os.getpid(), signal.SIGKILL)

worker = Ingest(SyncConfig(broker=broker), Mortal(database))
worker.connected = lambda: print("connected", flush=True)
asyncio.run(worker.run())
"""


@pytest.mark.parametrize("moment", ["before the commit", "between commit and receipt"])
def test_a_killed_worker_leaves_each_record_exactly_once(broker: Broker, cloud: Path, moment: str) -> None:
    command = [sys.executable, "-c", _MORTAL, broker.url, f"sqlite:///{cloud}", moment]

    async def play(mortal: subprocess.Popen[str]) -> None:
        store = MemoryStore([make_change(number) for number in range(3)])
        async with forwarding(broker.url, store) as forwarder:
            await until(lambda: mortal.poll() is not None)
            assert bool(rows(cloud)) == (moment == "between commit and receipt")
            assert not store.confirmed
            async with working(broker.url, cloud):
                forwarder.hurry()
                await until(lambda: not store.waiting)
        assert rows(cloud) == [(f"session-{number:04d}", make_rev(number)) for number in range(3)]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as mortal:
        assert mortal.stdout is not None
        assert mortal.stdout.readline() == "connected\n"
        asyncio.run(play(mortal))
    assert mortal.returncode == -signal.SIGKILL


# Starting and stopping


def ingest_command(broker_url: str, store_url: str) -> list[str]:
    return [sys.executable, "-m", "edge_agent", "ingest", "--broker", broker_url, "--store", store_url]


def test_the_command_works_and_stops_on_sigterm(broker: Broker, cloud: Path) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(1)])
        async with forwarding(broker.url, store) as forwarder:
            await until(cloud.exists)
            while not store.confirmed:
                forwarder.hurry()
                await asyncio.sleep(0.2)

    with subprocess.Popen(ingest_command(broker.url, f"sqlite:///{cloud}"), stderr=subprocess.PIPE) as worker:
        asyncio.run(asyncio.wait_for(play(), 30))
        begun_s = time.monotonic()
        worker.terminate()
        assert worker.wait(10) == 0
        assert time.monotonic() - begun_s < patience_s(3)


def test_it_stops_quickly_while_the_broker_is_away(cloud: Path) -> None:
    async def play() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(
            run_ingest(SyncConfig(broker=f"mqtt://127.0.0.1:{free_port()}"), f"sqlite:///{cloud}", stop)
        )
        await until(cloud.exists)
        stop.set()
        await asyncio.wait_for(running, patience_s(3))

    asyncio.run(play())


@pytest.mark.parametrize(
    ("broker_url", "store_url", "reason"),
    [
        ("nonsense", "sqlite:///x.db", "mqtt://"),
        ("mqtt://127.0.0.1", "nonsense", "sqlite:///"),
        ("mqtt://127.0.0.1", "sqlite:////no/such/folder/x.db", "unable to open"),
    ],
)
def test_what_cannot_work_ends_it_at_once(broker_url: str, store_url: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        asyncio.run(run_ingest(SyncConfig(broker=broker_url), store_url, asyncio.Event()))
