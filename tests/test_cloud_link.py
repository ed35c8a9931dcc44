"""The kiosk's own sync with its real journal: what the pages may ask and do."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.agent.cloud_link import CloudLink
from edge_agent.config import SyncConfig
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.sync.clock import HybridClock
from tests.brokers import Broker, broker_named
from tests.feed_parts import feeding
from tests.record_parts import NOW, put, rev
from tests.sync_parts import make_receipt, running, until

pytestmark = pytest.mark.process


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with broker_named("mosquitto", tmp_path) as broker:
        broker.start()
        yield broker


@asynccontextmanager
async def linked(folder: Path, url: str) -> AsyncIterator[tuple[CloudLink, Journal, HybridClock]]:
    with Journal.open(folder) as journal, JournalWorker(journal) as worker:
        clock = HybridClock(journal.device_id)
        link = CloudLink(SyncConfig(broker=url), journal.device_id, worker, clock, lambda: None)
        async with running(link.forwarder.run()):
            yield link, journal, clock


def test_what_comes_down_sets_the_clock_before_it_is_merged(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        future = put(3_000_000_000_000 - 1_771_281_290_000)
        async with feeding(broker.url, [future]), linked(tmp_path / "one", broker.url) as (_, journal, clock):
            await until(lambda: journal.record_keys("member"))
            assert clock.tick(0) > future.rev

    asyncio.run(play())


def test_a_refused_record_is_told_and_sent_again_at_once(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        with Journal.open(tmp_path / "one") as journal:
            journal.put_record("member", "ann", {}, rev(1), NOW)
            refused = make_receipt(journal.pending(1)[0], status="rejected", reason="no name")
            journal.apply_receipts([refused], NOW)
        async with feeding(broker.url) as cloud, linked(tmp_path / "one", broker.url) as (link, journal, _):
            await until(lambda: link.forwarder.connection.startswith("Connected"))
            (refusal,) = (await link.status()).refusals
            assert (refusal.key, refusal.reason) == ("ann", "no name")
            assert await link.retry_refused("nobody") == 0
            assert await link.retry_refused("ann") == 1
            await until(lambda: journal.counts().confirmed == 1)
            assert [one.key for one in cloud.arrived.values()] == ["ann"]
            assert (await link.status()).refused == 0

    asyncio.run(play())
