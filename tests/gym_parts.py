"""Kiosks with journals and clocks of their own, and workers on any database, running."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from edge_agent.cloud.gym_feed import GymFeed
from edge_agent.cloud.ingest import Ingest
from edge_agent.cloud.mirror import Mirror
from edge_agent.cloud.opening import store_at
from edge_agent.cloud.store import RecordStore
from edge_agent.config import SyncConfig
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.sync.clock import HybridClock
from edge_agent.sync.forwarder import Forwarder
from edge_agent.sync.inbox import Inbox
from edge_agent.sync.stock import Stock
from tests.cloud_parts import NOW, Database
from tests.sync_parts import running, until

WALL_MS = 1_771_281_290_000


class Kiosk:
    """`wall_ms` is what its clock shows."""

    def __init__(self, journal: Journal, worker: JournalWorker, url: str, wall_ms: int) -> None:
        self.journal = journal
        self.worker = worker
        self.clock = HybridClock(journal.device_id, journal.last_rev())
        self.wall_ms = wall_ms
        self.inbox = Inbox(worker, lambda newest: self.clock.observe(newest, self.wall_ms), lambda: None)
        stock = Stock(journal.device_id, worker)
        settings = SyncConfig(broker=url)
        self.forwarder = Forwarder(settings, journal.device_id, worker, lambda: None, self.inbox, stock)

    async def member(self, key: str, **fields: Any) -> None:
        """Save a member's record."""
        document = {"user_id": key, "name": key} | fields
        self.wall_ms += 1
        await self.worker.put_record("member", key, document, self.clock.tick(self.wall_ms), NOW)
        self.forwarder.nudge()

    async def session(self, document: dict[str, Any]) -> None:
        """Save a version of a session."""
        self.wall_ms += 1
        await self.worker.put_record("session", document["session_id"], document, self.clock.tick(self.wall_ms), NOW)
        self.forwarder.nudge()

    async def delete(self, key: str) -> None:
        self.wall_ms += 1
        await self.worker.delete_record("member", key, self.clock.tick(self.wall_ms), NOW)
        self.forwarder.nudge()

    async def confirmed(self, within_s: float = 20.0) -> None:
        """Wait until the cloud has all."""
        await until(lambda: not self.journal.counts().pending, within_s)

    @property
    def members(self) -> dict[str, str]:
        """Names by key."""
        keys = self.journal.record_keys("member")
        return {key: self.journal.record("member", key)["name"] for key in keys}


@asynccontextmanager
async def kiosk(folder: Path, url: str, wall_ms: int = WALL_MS) -> AsyncIterator[Kiosk]:
    with Journal.open(folder, folder.name) as journal, JournalWorker(journal) as worker:
        one = Kiosk(journal, worker, url, wall_ms)
        async with running(one.forwarder.run()):
            yield one


@asynccontextmanager
async def at_work(broker: str, store_url: str, mirror_url: str = "") -> AsyncIterator[Ingest]:
    """A whole worker that is subscribed."""
    mirror = Mirror(store_at(store_url), store_at(mirror_url)) if mirror_url else None
    worker = Ingest(SyncConfig(broker=broker), store_at(store_url), lambda: None, GymFeed(store_at(store_url)), mirror)
    async with running(worker.run()):
        await until(lambda: worker._connection.connected)
        yield worker


def device(folder: Path) -> str:
    """The id of the kiosk in a folder, also before it runs there."""
    with Journal.open(folder, folder.name) as journal:
        return journal.device_id


def assign(database: Database, gym: str, *devices: Path | str) -> None:
    """Make kiosks, named by their folders or ids, those of a gym."""
    ids = [device(one) if isinstance(one, Path) else one for one in devices]
    with database.opened() as store:
        store.log.assign(gym, ids)


def contents(store: RecordStore, devices: Collection[str] = ()) -> list[Any]:
    """All that lives in a store: the versions of each device and day."""
    return [
        (device, store.versions(device, day.day))
        for device in devices or store.devices()
        for day in store.digests(device)
    ]


async def same(one: Database, other: Database, within_s: float = 30.0) -> None:
    """Wait until two databases hold the same, which is not nothing."""
    async with asyncio.timeout(within_s):
        while True:
            ours, theirs = await asyncio.to_thread(_contents, one), await asyncio.to_thread(_contents, other)
            if ours and ours == theirs:
                return
            await asyncio.sleep(0.1)


def _contents(database: Database) -> list[Any]:
    with database.opened() as store:
        return contents(store)
