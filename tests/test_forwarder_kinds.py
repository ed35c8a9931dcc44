"""Every kind of record from the journal through a real broker and a real worker into a database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import ENTITIES
from edge_agent.sync.clock import HybridClock
from edge_agent.sync.forwarder import Forwarder
from tests.brokers import Broker
from tests.journal_parts import START, make_session
from tests.record_parts import NOW
from tests.sync_parts import forwarding, rows, until, working

pytestmark = pytest.mark.process

_TIME = {"user_id": "ann", "created_at": START}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "member": {"user_id": "ann", "name": "Ann"},
    "program": {"id": "plan", "user_id": "ann", "title": "Strength", "program_json": {"weeks": []}},
    "progress": {"id": "day", "user_id": "ann", "program_id": "plan", "week_number": 1, "day_number": 2},
    "readiness": {"id": "fresh", **_TIME},
    "check_in": {"id": "look", **_TIME},
    "session": msgspec.to_builtins(make_session("s1", user_id="ann")),
}
KEYS = {entity: doc.get("session_id") or doc.get("id") or doc["user_id"] for entity, doc in DOCUMENTS.items()}


class Kiosk:
    """A journal with its clock and forwarder."""

    def __init__(self, journal: Journal, worker: JournalWorker, forwarder: Forwarder) -> None:
        self.journal = journal
        self._worker = worker
        self.forwarder = forwarder
        self._clock = HybridClock(journal.device_id, journal.last_rev())

    async def save(self, entity: str, **fields: Any) -> None:
        doc = DOCUMENTS[entity] | fields
        if entity == "session":
            doc |= {"device_id": self.journal.device_id}
        await self._worker.put_record(entity, KEYS[entity], doc, self._clock.tick(0), NOW)
        self.forwarder.nudge()

    async def delete(self, entity: str) -> None:
        await self._worker.delete_record(entity, KEYS[entity], self._clock.tick(0), NOW)
        self.forwarder.nudge()

    async def settled(self) -> None:
        await until(lambda: not self.journal.counts().pending)


@asynccontextmanager
async def kiosk(folder: Path, url: str) -> AsyncIterator[Kiosk]:
    with Journal.open(folder) as journal, JournalWorker(journal) as worker:
        async with forwarding(url, worker, journal.device_id) as forwarder:
            yield Kiosk(journal, worker, forwarder)


def test_each_kind_is_known_here() -> None:
    assert set(DOCUMENTS) == set(ENTITIES)


def test_records_of_each_kind_are_confirmed_and_their_deletions_too(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        cloud = tmp_path / "cloud.db"
        async with working(broker.url, cloud), kiosk(tmp_path / "kiosk", broker.url) as one:
            for entity in DOCUMENTS:
                await one.save(entity)
            await one.settled()
            assert one.journal.refusals() == []
            query = "select entity, key from records where op = 'put' order by entity"
            assert rows(cloud, query) == sorted(KEYS.items())
            for entity in reversed(DOCUMENTS):
                await one.delete(entity)
            await one.settled()
            assert one.journal.refusals() == []
            assert rows(cloud, query) == []

    asyncio.run(play())


def test_what_was_saved_and_deleted_offline_arrives_after_a_restart(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        async with kiosk(tmp_path / "kiosk", "mqtt://127.0.0.1:1") as one:
            for entity in DOCUMENTS:
                await one.save(entity)
            await one.delete("readiness")
        cloud = tmp_path / "cloud.db"
        async with working(broker.url, cloud), kiosk(tmp_path / "kiosk", broker.url) as one:
            await one.settled()
            assert rows(cloud, "select entity from records where op = 'delete'") == [("readiness",)]
            assert rows(cloud, "select count(*) from records where op = 'put'") == [(len(DOCUMENTS) - 1,)]

    asyncio.run(play())


def test_a_refused_record_is_parked_alone_with_its_reason_until_it_is_mended(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        cloud = tmp_path / "cloud.db"
        async with working(broker.url, cloud), kiosk(tmp_path / "kiosk", broker.url) as one:
            await one.save("member", name=17)
            await one.save("readiness")
            await one.settled()
            (refusal,) = one.forwarder.status(one.journal.counts(), one.journal.refusals()).refusals
            assert (refusal.entity, refusal.key) == ("member", "ann")
            assert "name" in refusal.reason
            assert one.journal.counts().confirmed == 1
            await one.save("member", name="Ann")
            await one.settled()
            assert one.journal.refusals() == []
            assert rows(cloud, "select key from records where entity = 'member'") == [("ann",)]

    asyncio.run(play())


def test_a_refused_record_is_sent_again_when_asked_for(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        async with working(broker.url, tmp_path / "cloud.db"), kiosk(tmp_path / "kiosk", broker.url) as one:
            await one.save("member", name=17)
            await until(one.journal.refusals)
            assert one.journal.retry_refused([KEYS["member"]]) == 1
            assert one.journal.refusals() == []
            one.forwarder.hurry()
            await until(one.journal.refusals)

    asyncio.run(play())
