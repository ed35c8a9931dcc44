"""Kiosks of one gym share their records through a real broker, a real worker and a real database."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge_agent import feed, wire
from edge_agent.cli import main
from edge_agent.cloud import gym_feed
from edge_agent.cloud.gym_feed import gym_of, page_for
from edge_agent.cloud.store import RecordStore
from edge_agent.mqtt import ClientOptions
from edge_agent.records import FeedPlace
from tests.brokers import Broker
from tests.cloud_parts import Database, gone, member, one_of_each, session, write
from tests.gym_parts import WALL_MS, assign, at_work, kiosk
from tests.sync_parts import DEVICE, connecting, until

pytestmark = pytest.mark.process

SKEW_MS = 5 * 60_000


@pytest.fixture
def cloud(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path}/cloud.db")


@pytest.fixture
def store(cloud: Database) -> Iterator[RecordStore]:
    with cloud.opened() as store:
        yield store


def pages(store: RecordStore, device_id: str = "kiosk-2", **request: object) -> list[feed.Page]:
    """All pages a device gets, as it reads them."""
    found: list[feed.Page] = []
    asked = msgspec.convert(request, feed.Request)
    while not found or found[-1].more:
        payload = page_for(store, asked, device_id, {DEVICE, "kiosk-2"})
        found.append(feed.decode_page(payload, wire.PROPERTIES))
        asked = msgspec.structs.replace(asked, after=found[-1].cursor)
    return found


# Pages


def test_all_pages_together_hold_each_record_as_it_was_sent(store: RecordStore) -> None:
    write(store, *one_of_each())
    found = pages(store, limit=4)
    assert [len(page.changes) for page in found] == [4, 2]
    assert sorted((change for page in found for change in page.changes), key=lambda one: one.rev) == one_of_each()


def test_a_device_s_own_changes_come_only_when_it_wants_them(store: RecordStore) -> None:
    write(store, session(1, "one"))
    (without,) = pages(store, DEVICE)
    assert without.changes == ()
    assert without.cursor
    (with_own,) = pages(store, DEVICE, own=True)
    assert with_own.changes == (session(1, "one"),)


def test_deletions_come_even_under_a_device_s_own_rev(store: RecordStore) -> None:
    write(store, session(1, "one"), gone(9, "member", "ann"))
    (page,) = pages(store, DEVICE)
    assert {(one.key, one.op) for one in page.changes} == {("one", "delete"), ("ann", "delete")}


def test_a_page_ends_before_it_is_too_large(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, *(session(number, f"s{number}") for number in range(6)))
    size = len(wire.encode_change(session(0, "s0")))
    monkeypatch.setattr(feed, "PAGE_BYTES", 2 * size + size // 2)
    assert [[one.key for one in page.changes] for page in pages(store)] == [["s0", "s1"], ["s2", "s3"], ["s4", "s5"]]


def test_a_change_larger_than_a_page_comes_alone(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, session(1, "one"), session(2, "two"))
    monkeypatch.setattr(feed, "PAGE_BYTES", 10)
    assert [len(page.changes) for page in pages(store)] == [1, 1]


def test_a_place_of_another_database_is_answered_with_a_new_beginning(store: RecordStore) -> None:
    (page,) = pages(store, after="17:0123abcd")
    assert page.restart
    assert feed.next_place(page, FeedPlace(cursor="17:0123abcd", filled=True)) == FeedPlace()


def test_a_wiped_database_is_known_by_the_cursor(cloud: Database, store: RecordStore) -> None:
    write(store, session(1, "one"))
    (page,) = pages(store)
    cloud.empty()
    assert pages(store, after=page.cursor)[0].restart


def test_whoever_s_gym_has_changed_begins_again(store: RecordStore) -> None:
    write(store, session(1, "one"))
    alone = feed.decode_page(page_for(store, feed.Request(own=True), DEVICE, {DEVICE}), wire.PROPERTIES)
    assert alone.cursor
    assert pages(store, DEVICE, after=alone.cursor)[0].restart


def test_a_device_without_a_gym_is_alone() -> None:
    gyms = {"a": "north", "b": "north", "c": "south"}
    assert [gym_of(one, gyms) for one in ("a", "c", "d")] == [{"a", "b"}, {"c"}, {"d"}]


# Through the broker


def test_what_one_kiosk_saves_reaches_the_other_at_once(broker: Broker, cloud: Database, tmp_path: Path) -> None:
    async def play() -> None:
        assign(cloud, "north", tmp_path / "one", tmp_path / "two")
        async with (
            at_work(broker.url, cloud.url),
            kiosk(tmp_path / "one", broker.url) as one,
            kiosk(tmp_path / "two", broker.url) as two,
        ):
            await until(lambda: two.inbox.fetched_at)
            await one.member("ann")
            # Long before it asks again.
            await until(lambda: two.members == {"ann": "ann"})
            await two.delete("ann")
            await until(lambda: one.members == {})

    asyncio.run(play())


def test_a_kiosk_gets_nothing_of_another_gym(broker: Broker, cloud: Database, tmp_path: Path) -> None:
    async def play() -> None:
        assign(cloud, "north", tmp_path / "one", tmp_path / "two")
        assign(cloud, "south", tmp_path / "three")
        async with at_work(broker.url, cloud.url), kiosk(tmp_path / "one", broker.url) as one:
            await one.member("ann")
            await one.confirmed()
            for name, members in (("two", {"ann": "ann"}), ("three", {}), ("four", {})):
                async with kiosk(tmp_path / name, broker.url) as other:
                    await until(lambda: other.inbox.fetched_at)
                    assert other.members == members

    asyncio.run(play())


def test_a_kiosk_that_joins_a_gym_gets_all_and_gives_all(
    broker: Broker, cloud: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gym_feed, "_GYMS_KEPT_S", 0.0)

    async def play() -> None:
        async with (
            at_work(broker.url, cloud.url),
            kiosk(tmp_path / "one", broker.url) as one,
            kiosk(tmp_path / "two", broker.url) as two,
        ):
            for kiosk_, name in ((one, "ann"), (two, "ben")):
                await kiosk_.member(name)
                await kiosk_.confirmed()
                kiosk_.inbox.hurry()
                await until(lambda: kiosk_.journal.feed_place().filled)  # noqa: B023 - called at once
            await asyncio.to_thread(assign, cloud, "north", one.journal.device_id, two.journal.device_id)
            for kiosk_ in (one, two):
                kiosk_.inbox.hurry()
                await until(lambda: set(kiosk_.members) == {"ann", "ben"})  # noqa: B023 - called at once

    asyncio.run(play())


def test_a_new_kiosk_fills_itself_while_workers_come_and_go(broker: Broker, cloud: Database, tmp_path: Path) -> None:
    async def play() -> None:
        assign(cloud, "north", DEVICE, tmp_path / "new")
        with cloud.opened() as store:
            for start in range(0, 900, 100):
                write(store, *(member(start + number, f"m{start + number}") for number in range(100)))
        async with kiosk(tmp_path / "new", broker.url) as new:
            for goal in (1, 400, 900):
                async with at_work(broker.url, cloud.url), at_work(broker.url, cloud.url):
                    new.inbox.hurry()
                    await until(lambda: len(new.members) >= goal)  # noqa: B023 - called at once
            assert len(new.members) == 900

    asyncio.run(play())


@pytest.mark.parametrize("later", [SKEW_MS, -SKEW_MS])
def test_kiosks_whose_clocks_differ_converge(broker: Broker, cloud: Database, tmp_path: Path, later: int) -> None:
    """Whoever changes a record after it has seen another's change wins, whatever its clock shows."""

    async def play() -> None:
        assign(cloud, "north", tmp_path / "one", tmp_path / "two")
        async with (
            at_work(broker.url, cloud.url),
            at_work(broker.url, cloud.url),
            kiosk(tmp_path / "one", broker.url, WALL_MS) as one,
            kiosk(tmp_path / "two", broker.url, WALL_MS + later) as two,
        ):
            await one.member("ann", name="first")
            await until(lambda: two.members == {"ann": "first"})
            await two.member("ann", name="second")
            await until(lambda: one.members == {"ann": "second"})
            await one.member("ann", name="third")
            await until(lambda: two.members == {"ann": "third"})
            await one.confirmed()
        assert [row["name"] for row in cloud.readable("member")] == ["third"]

    asyncio.run(play())


def test_a_member_edits_at_one_kiosk_what_another_measured(broker: Broker, cloud: Database, tmp_path: Path) -> None:
    async def play() -> None:
        assign(cloud, "north", tmp_path / "one", tmp_path / "two")
        async with (
            at_work(broker.url, cloud.url),
            kiosk(tmp_path / "one", broker.url) as one,
            kiosk(tmp_path / "two", broker.url) as two,
        ):
            measured = session(1, "squats", device_id=one.journal.device_id).doc
            assert measured
            await one.session(measured)
            await until(lambda: "squats" in two.journal.record_keys("session"))
            await two.session(measured | {"notes": "felt heavy"})
            await two.confirmed()
            await until(lambda: one.journal.session("squats").notes == "felt heavy")
            assert not two.journal.counts().refused
        (row,) = cloud.readable("session")
        assert (row["notes"], row["device_id"]) == ("felt heavy", one.journal.device_id)

    asyncio.run(play())


def test_a_wiped_cloud_has_the_kiosk_begin_again(broker: Broker, cloud: Database, tmp_path: Path) -> None:
    async def play() -> None:
        assign(cloud, "north", DEVICE, tmp_path / "two")
        with cloud.opened() as store:
            write(store, member(1, "ann"))
        async with at_work(broker.url, cloud.url), kiosk(tmp_path / "two", broker.url) as two:
            await until(lambda: two.journal.feed_place().filled)
        cloud.empty()
        assign(cloud, "north", DEVICE, tmp_path / "two")
        with cloud.opened() as store:
            write(store, member(2, "ben"))
        async with at_work(broker.url, cloud.url), kiosk(tmp_path / "two", broker.url) as two:
            await until(lambda: set(two.members) == {"ann", "ben"})

    asyncio.run(play())


def test_a_request_that_cannot_be_read_is_refused_and_holds_up_nothing(broker: Broker, cloud: Database) -> None:
    async def play() -> None:
        options = ClientOptions(client_id=DEVICE, subscribe=wire.down_topic(DEVICE))
        async with at_work(broker.url, cloud.url), connecting(broker.url, options) as (connection, heard):
            await until(lambda: connection.connected)
            for payload in (
                b'{"kind": "nonsense"}',
                b'{"kind": "request", "limit": 0}',
                feed.encode_request(feed.Request()),
            ):
                connection.publish(wire.up_topic(DEVICE), payload, b"7")
            await until(lambda: len(heard.messages) == 3)
            answers = sorted(message.payload[:1] for message in heard.messages)
            assert answers == [b"[", b"[", b"{"]

    asyncio.run(play())


def test_a_kiosk_that_is_restored_gets_back_what_it_made_since_the_backup(
    broker: Broker, cloud: Database, tmp_path: Path
) -> None:
    folder, backup = tmp_path / "one", tmp_path / "backup.zip"

    async def work(name: str) -> None:
        async with at_work(broker.url, cloud.url), kiosk(folder, broker.url) as one:
            await one.member(name)
            await one.confirmed()
            await until(lambda: one.journal.feed_place().filled)

    async def start() -> None:
        async with at_work(broker.url, cloud.url), kiosk(folder, broker.url) as one:
            await until(lambda: one.members == {"ann": "ann", "ben": "ben"}, 20)

    asyncio.run(work("ann"))
    assert main(["backup", str(backup), "--folder", str(folder)]) == 0
    asyncio.run(work("ben"))
    assert main(["restore", str(backup), "--folder", str(folder), "--force"]) == 0
    asyncio.run(start())
