"""What was lost on one side comes back from the others."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from edge_agent.cli import main
from edge_agent.cloud import device_talk, reconcile
from edge_agent.cloud.reconcile import Reconciliation, Result
from edge_agent.config import SyncConfig
from edge_agent.records import Change
from tests.brokers import Broker
from tests.cloud_parts import Database, gone, member, one_of_each, session, write
from tests.gym_parts import assign, at_work, device, kiosk, same
from tests.sync_parts import until

pytestmark = pytest.mark.process


@pytest.fixture
def store(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path}/store.db")


@pytest.fixture
def mirror(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path}/mirror.db")


def fill(database: Database, changes: Sequence[Change]) -> None:
    with database.opened() as opened:
        if changes:
            write(opened, *changes)


async def mend(
    store: Database,
    mirror: Database | None = None,
    broker: Broker | None = None,
    *,
    devices: Sequence[str] = (),
    repair: bool = True,
) -> tuple[Result, list[str]]:
    lines: list[str] = []
    settings = SyncConfig(broker=broker.url) if broker else None
    with store.opened() as one:
        if mirror is None:
            return await Reconciliation(one, None, lines.append, repair=repair).run(settings, devices), lines
        with mirror.opened() as other:
            return await Reconciliation(one, other, lines.append, repair=repair).run(settings, devices), lines


# Store and mirror


def test_either_gets_what_only_the_other_has(store: Database, database: Database) -> None:
    fill(store, [*one_of_each(), session(10, "old"), session(11, "both")])
    bob = [member(20, "bob"), session(21, "bob-1", user_id="bob")]
    fill(database, [*one_of_each(), *bob, session(12, "old", reps=9), session(11, "both"), gone(13, "session", "one")])
    result, lines = asyncio.run(mend(store, database))
    assert result.found == len(lines) - 1 > 0
    assert result.left == 0
    assert store.records() == database.records()
    assert "session old of kiosk-1: older in the store, repaired" in lines
    assert "session one of kiosk-1: older in the store, repaired" in lines
    assert asyncio.run(mend(store, database))[0] == Result()


def test_a_wiped_store_is_filled_from_the_mirror(store: Database, mirror: Database) -> None:
    fill(mirror, [member(number, f"m{number}") for number in range(500)])
    fill(store, [])
    result, _ = asyncio.run(mend(store, mirror))
    assert result == Result(found=500)
    assert store.records() == mirror.records()


def test_what_nobody_can_settle_is_told_and_left(store: Database, mirror: Database) -> None:
    fill(store, [member(1)])
    fill(mirror, [member(1, name="Eve")])
    result, lines = asyncio.run(mend(store, mirror))
    assert result == Result(found=1, left=1)
    assert lines[0] == "member ann of kiosk-1: of other content under the same revision in the mirror"


def test_a_dry_run_only_lists(store: Database, mirror: Database) -> None:
    fill(store, one_of_each())
    fill(mirror, [])
    result, lines = asyncio.run(mend(store, mirror, repair=False))
    assert result == Result(found=6, left=6)
    assert "session one of kiosk-1: missing in the mirror" in lines
    assert mirror.records() == {}


# Devices


def test_a_wiped_store_is_refilled_from_the_device(broker: Broker, store: Database, tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            at_work(broker.url, store.url),
            at_work(broker.url, store.url),
            kiosk(tmp_path / "one", broker.url) as one,
        ):
            for number in range(30):
                await one.member(f"m{number}")
            await one.delete("m7")
            await one.confirmed()
            store.empty()
            result, lines = await mend(store, broker=broker)
            assert result == Result(found=29)
            assert f"member m3 of {one.journal.device_id}: missing in the store, repaired" in lines
            await one.confirmed()
            assert (await mend(store, broker=broker))[0] == Result()
        assert set(store.records()) == {f"m{number}" for number in range(30)} - {"m7"}

    asyncio.run(play())


def test_an_old_backup_is_brought_up_to_date(broker: Broker, store: Database, tmp_path: Path) -> None:
    async def play() -> None:
        async with kiosk(tmp_path / "one", broker.url) as one:
            async with at_work(broker.url, store.url):
                for name in ("ann", "ben", "eve"):
                    await one.member(name)
                await one.confirmed()
            shutil.copy(tmp_path / "store.db", tmp_path / "backup.db")
            async with at_work(broker.url, store.url):
                await one.delete("ann")
                await one.member("ben", name="Benjamin")
                await one.member("new")
                await one.confirmed()
            shutil.copy(tmp_path / "backup.db", tmp_path / "store.db")
            async with at_work(broker.url, store.url):
                result, lines = await mend(store, broker=broker)
                assert (result.found, result.left) == (3, 0)
                own = one.journal.device_id
                assert f"member ann of {own}: missing in the device, repaired" in lines
                assert f"member ben of {own}: older in the store, repaired" in lines
        assert sorted(row["name"] for row in store.readable("member")) == ["Benjamin", "eve", "new"]

    asyncio.run(play())


def test_what_another_device_has_edited_since_the_backup_is_settled(
    broker: Broker, store: Database, tmp_path: Path
) -> None:
    """The first is asked for its older version, and sends the other's newer one."""

    async def play() -> None:
        assign(store, "north", tmp_path / "one", tmp_path / "two")
        async with kiosk(tmp_path / "one", broker.url) as one, kiosk(tmp_path / "two", broker.url) as two:
            async with at_work(broker.url, store.url):
                await one.member("ann")
                await until(lambda: two.members == {"ann": "ann"})
            shutil.copy(tmp_path / "store.db", tmp_path / "backup.db")
            async with at_work(broker.url, store.url):
                await two.member("ann", name="Anna")
                await until(lambda: one.members == {"ann": "Anna"})
            shutil.copy(tmp_path / "backup.db", tmp_path / "store.db")
            async with at_work(broker.url, store.url):
                assert (await mend(store, broker=broker))[0] == Result(found=1)
                assert (await mend(store, broker=broker))[0] == Result()
        assert [row["name"] for row in store.readable("member")] == ["Anna"]

    asyncio.run(play())


def test_a_device_gets_back_what_only_the_store_has(broker: Broker, store: Database, tmp_path: Path) -> None:
    async def play() -> None:
        async with at_work(broker.url, store.url), kiosk(tmp_path / "one", broker.url) as one:
            await one.member("ann")
            await one.confirmed()
        # The disk is replaced, the device's id kept.
        device_id = device(tmp_path / "one")
        shutil.rmtree(tmp_path / "one")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("edge_agent.journal.journal_folder._device_id", lambda _name: device_id)
            async with at_work(broker.url, store.url), kiosk(tmp_path / "one", broker.url) as one:
                await until(lambda: one.members == {"ann": "ann"})
                assert (await mend(store, broker=broker))[0] == Result()

    asyncio.run(play())


def test_store_and_mirror_both_get_what_the_device_has(
    broker: Broker, store: Database, database: Database, tmp_path: Path
) -> None:
    async def play() -> None:
        async with at_work(broker.url, store.url), kiosk(tmp_path / "one", broker.url) as one:
            for number in range(10):
                await one.member(f"m{number}")
            await one.confirmed()
            store.empty()
            result, _ = await mend(store, database, broker)
            assert (result.found, result.left) == (20, 0)
            await same(store, database)

    asyncio.run(play())


def test_without_a_broker_it_says_that_no_device_was_asked(store: Database, mirror: Database) -> None:
    fill(store, [])
    fill(mirror, [])
    assert asyncio.run(mend(store, mirror)) == (
        Result(),
        ["no broker was given: the devices themselves were not asked"],
    )


def test_a_device_that_is_away_is_told(broker: Broker, store: Database) -> None:
    fill(store, [member(1)])
    result, lines = asyncio.run(mend(store, broker=broker))
    assert (result, lines) == (Result(silent=1), ["kiosk-1 is not online: it was not asked"])


def test_a_device_that_cannot_answer_is_told(
    broker: Broker, store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_talk, "_ANSWER_WITHIN_S", 0.2)
    fill(store, [])

    async def play() -> None:
        async with kiosk(tmp_path / "one", broker.url) as one:
            monkeypatch.setattr(one.forwarder, "_stock", None)
            result, lines = await mend(store, broker=broker)
            assert result == Result(silent=1)
            assert "does not answer" in lines[0]

    asyncio.run(play())


def test_what_no_worker_stores_is_left_and_sent_later(
    broker: Broker, store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "_SETTLED_WITHIN_S", 0.5)

    async def play() -> None:
        async with kiosk(tmp_path / "one", broker.url) as one:
            async with at_work(broker.url, store.url):
                await one.member("ann")
                await one.confirmed()
            store.empty()
            assert (await mend(store, broker=broker))[0] == Result(found=1, left=1)
            assert one.journal.counts().pending == 1
            async with at_work(broker.url, store.url):
                one.forwarder.hurry()
                await one.confirmed()
        assert set(store.records()) == {"ann"}

    asyncio.run(play())


# The command


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    status = main(["cloud", *arguments])
    printed = capsys.readouterr()
    return status, (printed.out or printed.err).strip().splitlines()


def test_the_command_repairs_and_says_so(store: Database, mirror: Database, capsys: pytest.CaptureFixture[str]) -> None:
    fill(store, [session(1, "one")])
    fill(mirror, [])
    databases = ("--store", store.url, "--mirror", mirror.url)
    status, lines = run(capsys, "reconcile", *databases, "--dry-run")
    assert (status, lines[-1]) == (1, "1 differences, 0 repaired, 1 left")
    status, lines = run(capsys, "reconcile", *databases)
    assert (status, lines[-1]) == (0, "1 differences, 1 repaired, 0 left")
    assert run(capsys, "reconcile", *databases)[1][-1] == "no differences"


@pytest.mark.parametrize("more", [(), ("--mirror", "STORE"), ("--mirror", "STORE2", "--device", "no id!")])
def test_what_cannot_work_is_one_line(
    store: Database, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [one.replace("STORE", store.url) for one in more]
    status, lines = run(capsys, "reconcile", "--store", store.url, *arguments)
    assert (status, len(lines)) == (2, 1)


def test_the_command_puts_devices_into_gyms(store: Database, capsys: pytest.CaptureFixture[str]) -> None:
    fill(store, [member(1)])
    assert run(capsys, "gym", "--store", store.url) == (0, ["-\tkiosk-1"])
    assert run(capsys, "gym", "--store", store.url, "north", "kiosk-1", "kiosk-2") == (
        0,
        ["north\tkiosk-1", "north\tkiosk-2"],
    )
    assert run(capsys, "gym", "--store", store.url, "-", "kiosk-2")[0] == 0
    assert run(capsys, "gym", "--store", store.url)[1] == ["north\tkiosk-1"]


def test_a_gym_s_name_that_is_none_is_not_called_a_device(store: Database, capsys: pytest.CaptureFixture[str]) -> None:
    status, (line,) = run(capsys, "gym", "--store", store.url, "north side", "kiosk-1")
    assert (status, line.startswith("edge-agent: gym 'north side': use 1 to 64")) == (2, True)
