import asyncio

import pytest

from edge_agent.agent import saving
from edge_agent.agent.saving import Saver
from edge_agent.errors import PermanentError, TemporaryError
from edge_agent.records import Session
from tests.journal_parts import make_session


class Disk:
    """Refuses the first `failures` saves."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.saved: list[str] = []

    async def save(self, one: Session) -> None:
        if self.failures:
            self.failures -= 1
            raise TemporaryError("the disk is full")
        self.saved.append(one.session_id)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "_PAUSES_S", (0.0,))


async def save_all(disk: Disk, ids: list[str]) -> list[str]:
    troubles: list[str] = []
    saver = Saver(disk.save, troubles.append)
    running = asyncio.create_task(saver.run())
    await asyncio.wait_for(asyncio.gather(*(saver.add(make_session(one)) for one in ids)), 30)
    running.cancel()
    return troubles


def test_sessions_are_saved_in_their_order() -> None:
    disk = Disk()
    assert asyncio.run(save_all(disk, ["a", "b"])) == []
    assert disk.saved == ["a", "b"]


def test_a_full_disk_is_told_and_the_session_saved_once_there_is_room() -> None:
    disk = Disk(failures=3)
    troubles = asyncio.run(save_all(disk, ["a", "b"]))
    assert disk.saved == ["a", "b"]
    assert troubles == ["Not saved yet: the disk is full"] * 3 + [""]


def test_a_session_that_can_never_be_saved_holds_up_no_other() -> None:
    saved: list[str] = []

    async def save(one: Session) -> None:
        if one.session_id == "bad":
            raise PermanentError("not a sound session")
        saved.append(one.session_id)

    async def run() -> None:
        saver = Saver(save, lambda _: None)
        running = asyncio.create_task(saver.run())
        bad, good = saver.add(make_session("bad")), saver.add(make_session("good"))
        await asyncio.wait_for(good, 30)
        running.cancel()
        assert isinstance(bad.exception(), PermanentError)

    asyncio.run(run())
    assert saved == ["good"]


def test_an_unsaved_session_is_known_as_such() -> None:
    async def run() -> None:
        saver = Saver(Disk().save, lambda _: None)
        saver.add(make_session("a"))
        assert [one.session_id for one in saver.unsaved] == ["a"]
        await saver.drain()
        assert saver.unsaved == ()

    asyncio.run(run())


def test_the_newest_unsaved_session_can_be_waited_for() -> None:
    async def run() -> None:
        saver = Saver(Disk().save, lambda _: None)
        assert saver.newest is None
        saved = saver.add(make_session("a"))
        assert saver.newest is saved
        await saver.drain()
        assert saver.newest is None
        assert saved.done()

    asyncio.run(run())


def test_on_the_way_out_a_failing_disk_does_not_hold_up_the_end() -> None:
    async def run() -> None:
        disk = Disk(failures=1)
        saver = Saver(disk.save, lambda _: None)
        saver.add(make_session("a"))
        saver.add(make_session("b"))
        await asyncio.wait_for(saver.drain(), 30)
        assert disk.saved == ["b"]

    asyncio.run(run())
