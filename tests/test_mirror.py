"""A mirror gets everything, whatever happens to it, to the workers and to the first database."""

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from edge_agent.cloud import mirror, sql_connecting
from edge_agent.cloud.ingest import run_ingest
from edge_agent.cloud.mirror import copy
from edge_agent.config import SyncConfig
from edge_agent.errors import ConfigError, PermanentError
from tests.brokers import Broker
from tests.cloud_parts import Database, check, gone, member, one_of_each, session, write
from tests.databases import Server
from tests.gym_parts import at_work, same
from tests.sync_parts import DEVICE, MemoryStore, forwarding, make_change, until

pytestmark = pytest.mark.process


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "_LOOK_EVERY_S", 0.3)
    monkeypatch.setattr(mirror, "backoff_s", lambda _failures, _random: 0.2)


@pytest.fixture
def first(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path}/first.db")


@pytest.fixture
def second(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path}/second.db")


def fill(database: Database, count: int, begin: int = 0) -> None:
    with database.opened() as store:
        for start in range(begin, begin + count, 100):
            numbers = range(start, min(start + 100, begin + count))
            write(store, *(member(number, f"m{number}") for number in numbers))


def count(database: Database) -> int:
    with suppress(Exception):
        return len(database.rows("records"))
    return 0


# Any database beside any other


def test_everything_is_copied_into_any_database(broker: Broker, first: Database, database: Database) -> None:
    async def play() -> None:
        with first.opened() as store:
            write(store, *one_of_each())
            write(store, *one_of_each("bob")[3:5], session(7, "two"), gone(8, "session", "two"))
        async with at_work(broker.url, first.url, database.url):
            await same(first, database)
        assert database.records() == first.records()

    asyncio.run(play())


def test_everything_is_copied_from_any_database(broker: Broker, second: Database, database: Database) -> None:
    async def play() -> None:
        fill(database, 450)
        async with at_work(broker.url, database.url, second.url), at_work(broker.url, database.url, second.url):
            await same(database, second)
            with database.opened() as store:
                write(store, gone(1000, "member", "m7"))
            await until(lambda: second.records()["m7"][1] == "delete")

    asyncio.run(play())


def test_the_mirror_s_outage_is_made_good(
    broker: Broker, first: Database, database: Database, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(number) for number in range(5)])
        async with at_work(broker.url, first.url, database.url):
            await until(lambda: count(database) == 0)
            await asyncio.to_thread(server.kill)
            async with forwarding(broker.url, store):
                # Nothing of the first waits for it.
                await until(lambda: len(store.confirmed) == 5)
                await until(lambda: "the mirror waits" in caplog.text)
            await asyncio.to_thread(server.start)
            await same(first, database, within_s=60)
            await until(lambda: "the mirror goes on" in caplog.text)

    asyncio.run(play())


# Kills, wipes and backups


def test_a_worker_killed_while_it_catches_up_leaves_the_rest_to_others(
    broker: Broker, first: Database, second: Database
) -> None:
    fill(first, 2000)
    command = [sys.executable, "-m", "edge_agent", "ingest", "--broker", broker.url, "--store", first.url]
    for goal in (1, 800):
        with subprocess.Popen([*command, "--mirror", second.url], stderr=subprocess.DEVNULL) as worker:
            asyncio.run(until(lambda: count(second) >= goal, within_s=60))  # noqa: B023 - called at once
            worker.send_signal(signal.SIGKILL)
    assert count(second) < 2000

    async def play() -> None:
        async with at_work(broker.url, first.url, second.url), at_work(broker.url, first.url, second.url):
            await same(first, second)

    asyncio.run(play())


def test_a_mirror_restored_from_an_old_backup_is_brought_up_to_date(
    broker: Broker, first: Database, second: Database, tmp_path: Path
) -> None:
    async def play(number: int) -> None:
        fill(first, 10, begin=number)
        async with at_work(broker.url, first.url, second.url):
            await same(first, second)

    asyncio.run(play(0))
    shutil.copy(tmp_path / "second.db", tmp_path / "backup.db")
    asyncio.run(play(10))
    shutil.copy(tmp_path / "backup.db", tmp_path / "second.db")
    assert count(second) == 10
    asyncio.run(play(20))


def test_a_wiped_mirror_is_filled_again(broker: Broker, first: Database, second: Database) -> None:
    async def play() -> None:
        fill(first, 10)
        async with at_work(broker.url, first.url, second.url):
            await same(first, second)
            second.empty()
            fill(first, 1, begin=20)
            await same(first, second)

    asyncio.run(play())


def test_the_mirror_follows_a_first_database_that_was_wiped(
    broker: Broker, first: Database, second: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> None:
        fill(first, 10)
        async with at_work(broker.url, first.url, second.url):
            await same(first, second)
            first.empty()
            fill(first, 3, begin=50)
            # What it had stays: it is what the first can be repaired from.
            await until(lambda: count(second) == 13)
            assert "wiped or restored" in caplog.text

    asyncio.run(play())


# The first is not held up


def test_a_mirror_that_blocks_delays_no_receipt(
    broker: Broker, first: Database, second: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with second.opened():
        pass
    monkeypatch.setattr(sql_connecting, "_LOCK_TIMEOUT_MS", 600_000)  # the mirror's patience with the lock

    async def play() -> None:
        with second.engine() as engine, engine.connect() as connection:
            connection.exec_driver_sql("begin immediate")
            store = MemoryStore([make_change(number) for number in range(3)])
            async with at_work(broker.url, first.url, second.url), forwarding(broker.url, store):
                await until(lambda: len(store.confirmed) == 3)
                connection.exec_driver_sql("rollback")
                await same(first, second)

    asyncio.run(play())


def test_a_mirror_that_cannot_be_opened_stops_nothing(broker: Broker, first: Database, tmp_path: Path) -> None:
    async def play() -> None:
        store = MemoryStore([make_change(1)])
        later = tmp_path / "later"
        second = Database(f"sqlite:///{later}/second.db")
        async with at_work(broker.url, first.url, second.url):
            async with forwarding(broker.url, store):
                await until(lambda: store.confirmed)
            later.mkdir()
            await same(first, second)

    asyncio.run(play())


def test_what_the_mirror_cannot_take_is_left_out_alone(second: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    deliveries = [check(member(number, f"m{number}"), DEVICE) for number in range(3)]
    with second.opened() as store:
        whole: Callable[..., object] = store.write

        def picky(some: list[object], now: str, *, copied: bool) -> object:
            if deliveries[1] in some:
                raise PermanentError("too large")
            return whole(some, now, copied=copied)

        monkeypatch.setattr(store, "write", picky)
        assert copy(deliveries, store) == [deliveries[1]]
    assert set(second.records()) == {"m0", "m2"}


def test_a_store_is_no_mirror_of_itself(first: Database) -> None:
    broker = SyncConfig(broker="mqtt://127.0.0.1")
    with pytest.raises(ConfigError, match="the store itself"):
        asyncio.run(run_ingest(broker, first.url, asyncio.Event(), mirror_url=first.url))
