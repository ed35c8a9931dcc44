"""Real workers are killed while kiosks fill themselves, mirrors catch up and stores are refilled."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.cloud.reconcile import Reconciliation
from edge_agent.config import SyncConfig
from tests.brokers import Broker
from tests.cloud_parts import Database, member, write
from tests.gym_parts import assign, kiosk, same
from tests.sync_parts import DEVICE, running, until

pytestmark = pytest.mark.process

_LIFE_S = 0.3


@pytest.fixture
def store(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path}/store.db")
    with database.opened():
        return database


@pytest.fixture
def mirror(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path}/mirror.db")


class Workers:
    """Two worker processes, of which the older one is killed and replaced as soon as both work."""

    def __init__(self, *arguments: str) -> None:
        self._command = [sys.executable, "-m", "edge_agent", "ingest", *arguments]
        self._processes: list[asyncio.subprocess.Process] = []
        self.kills = 0

    async def run(self) -> None:
        try:
            while True:
                while len(self._processes) < 2:
                    await self._start()
                await asyncio.sleep(_LIFE_S)
                await self._kill()
                self.kills += 1
        finally:
            while self._processes:
                await self._kill()

    async def _start(self) -> None:
        process = await asyncio.create_subprocess_exec(*self._command, stderr=subprocess.PIPE)
        self._processes.append(process)
        assert process.stderr is not None
        while b"waiting for workouts" not in await process.stderr.readline():
            assert process.returncode is None

    async def _kill(self) -> None:
        process = self._processes.pop(0)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def killed_workers(broker: Broker, store: Database, mirror: Database | None = None) -> AsyncIterator[Workers]:
    more = ("--mirror", mirror.url) if mirror else ()
    workers = Workers("--broker", broker.url, "--store", store.url, *more)
    async with running(workers.run()):
        yield workers


def test_a_new_kiosk_has_everything_once(broker: Broker, store: Database, tmp_path: Path) -> None:
    async def play() -> None:
        assign(store, "north", DEVICE, tmp_path / "new")
        with store.opened() as opened:
            for start in range(0, 600, 100):
                write(opened, *(member(start + number, f"m{start + number}") for number in range(100)))
        async with killed_workers(broker, store) as workers, kiosk(tmp_path / "new", broker.url) as new:
            while len(new.members) < 600 or workers.kills < 2:
                new.inbox.hurry()
                await asyncio.sleep(0.2)
            assert sorted(new.members) == sorted(f"m{number}" for number in range(600))

    asyncio.run(asyncio.wait_for(play(), 100))


def test_kiosks_store_and_mirror_end_alike(broker: Broker, store: Database, mirror: Database, tmp_path: Path) -> None:
    async def play() -> None:
        assign(store, "north", tmp_path / "one", tmp_path / "two")
        async with (
            killed_workers(broker, store, mirror) as workers,
            kiosk(tmp_path / "one", broker.url) as one,
            kiosk(tmp_path / "two", broker.url, wall_ms=1_771_281_290_000 + 300_000) as two,
        ):
            number = 0
            while workers.kills < 3:
                number += 1
                await one.member(f"one{number}")
                await two.member(f"two{number}")
                await one.member("both", name=f"one's {number}")
                await two.member("both", name=f"two's {number}")
                await asyncio.sleep(0.05)
            while one.members != two.members or len(one.members) < 2 * number + 1:
                for each in (one, two):
                    each.forwarder.hurry()
                await asyncio.sleep(0.5)
            await one.confirmed(60)
            await two.confirmed(60)
            await same(store, mirror, within_s=60)
            assert {row["userId"]: row["name"] for row in mirror.readable("member")} == one.members

    asyncio.run(asyncio.wait_for(play(), 120))


def test_a_wiped_store_is_refilled(broker: Broker, store: Database, tmp_path: Path) -> None:
    async def play() -> None:
        async with killed_workers(broker, store) as workers, kiosk(tmp_path / "one", broker.url) as one:
            for number in range(300):
                await one.member(f"m{number}")
            while one.journal.counts().pending:
                one.forwarder.hurry()
                await asyncio.sleep(0.5)
            store.empty()
            kills = workers.kills
            with store.opened() as opened:
                result = await Reconciliation(opened, None, lambda _line: None).run(SyncConfig(broker=broker.url))
            assert (result.found, result.left) == (300, 0)
            await until(lambda: workers.kills > kills)
        assert len(store.records()) == 300

    asyncio.run(asyncio.wait_for(play(), 120))
