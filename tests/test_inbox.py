"""The cloud's changes come down through a real broker into a real journal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent import feed, wire
from edge_agent.config import SyncConfig
from edge_agent.journal.files import Files
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.mqtt import ClientOptions
from edge_agent.records import FeedPlace
from edge_agent.sync.clock import HybridClock
from edge_agent.sync.forwarder import Forwarder
from edge_agent.sync.inbox import Inbox
from tests.brokers import Broker
from tests.feed_parts import feeding
from tests.journal_parts import FailingFiles
from tests.record_parts import NOW, delete, put, rev
from tests.sync_parts import connecting, running, until

pytestmark = pytest.mark.process

WALL_MS = 1_771_281_290_000


class Kiosk:
    """A journal with its clock, forwarder and inbox."""

    def __init__(self, journal: Journal, worker: JournalWorker, url: str) -> None:
        self.journal = journal
        self.worker = worker
        self.clock = HybridClock(journal.device_id, journal.last_rev())
        self.inbox = Inbox(worker, lambda newest: self.clock.observe(newest, WALL_MS), lambda: None)
        self.forwarder = Forwarder(SyncConfig(broker=url), journal.device_id, worker, lambda: None, self.inbox)

    async def save(self, entity: str, key: str, **doc: object) -> None:
        await self.worker.put_record(entity, key, doc, self.clock.tick(WALL_MS), NOW)
        self.forwarder.nudge()

    async def delete(self, entity: str, key: str) -> None:
        await self.worker.delete_record(entity, key, self.clock.tick(WALL_MS), NOW)
        self.forwarder.nudge()


@asynccontextmanager
async def kiosk(folder: Path, url: str, files: Files | None = None) -> AsyncIterator[Kiosk]:
    with Journal.open(folder, folder.name, files) as journal, JournalWorker(journal) as worker:
        one = Kiosk(journal, worker, url)
        async with running(one.forwarder.run()):
            yield one


def test_a_new_kiosk_fills_itself_page_by_page(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        changes = [put(number, key=f"m{number}") for number in range(25)]
        async with feeding(broker.url, changes, page_length=10) as cloud, kiosk(tmp_path / "new", broker.url) as one:
            await until(lambda: one.inbox.fetched_at)
            assert len(one.journal.record_keys("member")) == 25
            assert [(asked.after, asked.own) for asked in cloud.requests] == [
                ("", True),
                ("a:10", True),
                ("a:20", True),
            ]
            assert {asked.limit for asked in cloud.requests} == {20}
            assert one.journal.feed_place() == FeedPlace(cursor="a:25", filled=True)
            assert one.clock.tick(0) > rev(24)

    asyncio.run(play())


def test_after_a_restart_it_goes_on_where_it_was(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        async with feeding(broker.url, [put(1)]) as cloud:
            async with kiosk(tmp_path / "one", broker.url) as one:
                await until(lambda: one.inbox.fetched_at)
            cloud.add(put(2, key="ben"))
            async with kiosk(tmp_path / "one", broker.url) as one:
                await until(lambda: one.inbox.fetched_at)
                assert sorted(one.journal.record_keys("member")) == ["ann", "ben"]
            assert [(asked.after, asked.own) for asked in cloud.requests] == [("", True), ("a:1", False)]

    asyncio.run(play())


def test_what_one_kiosk_saves_and_deletes_reaches_the_other(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            feeding(broker.url),
            kiosk(tmp_path / "one", broker.url) as one,
            kiosk(tmp_path / "two", broker.url) as two,
        ):
            await one.save("member", "ann", name="Ann")
            await one.save("member", "ben", name="Ben")
            await until(lambda: one.journal.counts().confirmed == 2)
            two.inbox.hurry()
            await until(lambda: two.journal.record_keys("member") == ["ann", "ben"])
            await two.delete("member", "ben")
            await two.save("member", "ann", name="Anna")
            await until(lambda: not two.journal.counts().pending)
            one.inbox.hurry()
            await until(lambda: one.journal.record_keys("member") == ["ann"])
            assert one.journal.record("member", "ann") == {"name": "Anna"}
            assert [change.doc for change in one.journal.record_history("member", "ann")] == [{"name": "Ann"}]
            assert one.journal.pending(9) == two.journal.pending(9) == []

    asyncio.run(play())


def test_a_kiosk_that_lost_its_journal_gets_its_own_records_again(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        async with feeding(broker.url, [put(1, device="kiosk-1")]), kiosk(tmp_path / "kiosk-1", broker.url) as one:
            await until(lambda: one.journal.record_keys("member") == ["ann"])

    asyncio.run(play())


def test_a_database_that_was_wiped_is_read_from_its_beginning(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        async with feeding(broker.url, [put(1)]) as cloud, kiosk(tmp_path / "one", broker.url) as one:
            await until(lambda: one.inbox.fetched_at)
            cloud.life, cloud.arrived = "b", {1: put(2, key="ben")}
            one.inbox.hurry()
            await until(lambda: one.journal.feed_place().cursor == "b:1")
            assert sorted(one.journal.record_keys("member")) == ["ann", "ben"]

    asyncio.run(play())


def test_pages_nobody_asked_for_are_merged_and_leave_the_cursor(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        async with feeding(broker.url, [put(1)]) as cloud, kiosk(tmp_path / "one", broker.url) as one:
            await until(lambda: one.inbox.fetched_at)
            page = feed.encode_page("x", "y", [wire.encode_change(one) for one in (put(3), delete(2, key="ben"))])
            for _ in range(2):
                cloud._connection.publish(wire.down_topic(one.journal.device_id), page)
            await until(lambda: one.journal.record("member", "ann") == {"version": 3})
            assert one.journal.feed_place().cursor == "a:1"

    asyncio.run(play())


def test_that_nobody_answers_is_told_and_asking_goes_on(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        async with kiosk(tmp_path / "one", broker.url) as one:
            await until(lambda: "no cloud worker is listening" in one.forwarder.connection)
            assert not one.forwarder.status(one.journal.counts()).alarm
            async with feeding(broker.url, [put(1)]):
                await until(lambda: one.inbox.fetched_at)
                assert one.forwarder.connection.startswith("Connected to 127.0.0.1")
                assert one.forwarder.status(one.journal.counts()).fetched_at

    asyncio.run(play())


def test_a_full_disk_only_delays_what_comes_down(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        files = FailingFiles()
        async with feeding(broker.url) as cloud, kiosk(tmp_path / "one", broker.url, files) as one:
            await until(lambda: one.inbox.fetched_at)
            files.failing, before = {"pwrite"}, one.journal.feed_place()
            files.calls.clear()
            cloud.add(put(1))
            one.inbox.hurry()
            await until(lambda: "pwrite" in files.calls)
            assert one.journal.feed_place() == before
            files.failing = set()
            one.inbox.hurry()
            await until(lambda: one.journal.record_keys("member") == ["ann"])

    asyncio.run(play())


def test_an_older_worker_that_knows_no_requests_does_no_harm(broker: Broker, tmp_path: Path) -> None:
    async def play() -> None:
        options = ClientOptions(client_id="old", subscribe=wire.SHARED_UP_FILTER)
        async with connecting(broker.url, options) as (worker, heard):
            await until(lambda: worker.connected)
            async with kiosk(tmp_path / "one", broker.url) as one:
                await until(lambda: heard.messages)
                refusal = wire.encode_receipts([wire.refuse_message("not a list")])[0]
                worker.publish(wire.down_topic(one.journal.device_id), refusal, heard.messages[0].correlation)
                await one.save("member", "ann")
                await until(lambda: len(heard.messages) > 1)
                assert one.journal.counts().refused == 0

    asyncio.run(play())
