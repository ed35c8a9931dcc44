"""What a kiosk does at its start with the sessions that were left running."""

import asyncio
import errno
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from edge_agent import service
from edge_agent.agent.kiosk import Kiosk
from edge_agent.coaching.exercise import load_exercises
from edge_agent.config import Config
from edge_agent.journal.running import Anchor
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Session
from edge_agent.sync.clock import HybridClock
from tests.journal_parts import FailingFiles, make_session

Check = Callable[[Kiosk, Journal], None]


def left(session_id: str, *, boot_id: str | None = None) -> Session:
    session = make_session(session_id)
    (entry,) = session.exercises
    running = msgspec.structs.replace(entry, sets=(msgspec.structs.replace(entry.sets[0], interrupted=True),))
    boot_id = service.boot_id() if boot_id is None else boot_id
    return msgspec.structs.replace(session, exercises=(running,), interrupted=True, boot_id=boot_id)


def kept(seconds_ago: float) -> Anchor:
    now_s = time.monotonic()
    return Anchor(started_s=now_s - seconds_ago - 30, kept_s=now_s - seconds_ago)


def recovered(folder: Path, check: Check, files: FailingFiles | None = None) -> None:
    """Start a kiosk on what the folder holds and look at it."""

    async def run() -> None:
        with Journal.open(folder, files=files) as journal, JournalWorker(journal) as worker:
            if files:
                files.failing = {"pwrite"}
            kiosk = Kiosk(Config(), journal.device_id, load_exercises(), worker, HybridClock(journal.device_id))
            await kiosk.recover()
            if files is None:
                await kiosk.saver.drain()
            check(kiosk, journal)

    asyncio.run(run())


def goes_on(kiosk: Kiosk, journal: Journal) -> None:
    live = kiosk.live()
    assert (live.phase, live.session_id, live.session_reps) == ("set", "a", 3)
    assert journal.sessions(None, 9).sessions == ()
    assert [one.session.session_id for one in journal.left_running()] == ["a"]


def is_closed(kiosk: Kiosk, journal: Journal) -> None:
    assert kiosk.live().session_id is None
    (session,) = journal.sessions(None, 9).sessions
    assert (session.session_id, session.interrupted) == ("a", True)
    assert journal.left_running() == []


def test_a_session_kept_a_moment_ago_goes_on(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.keep_running(left("a"), kept(seconds_ago=10))
    recovered(tmp_path, goes_on)


def test_a_session_kept_long_ago_is_closed_as_interrupted(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.keep_running(left("a"), kept(seconds_ago=150))
    recovered(tmp_path, is_closed)


def test_a_session_of_another_boot_is_closed_as_interrupted(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.keep_running(left("a", boot_id="another"), kept(seconds_ago=10))
    recovered(tmp_path, is_closed)


def test_a_session_without_an_anchor_is_closed_as_interrupted(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.keep_running(left("a"))
    recovered(tmp_path, is_closed)


def test_only_the_last_of_several_goes_on(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.keep_running(left("old"), kept(seconds_ago=20))
        journal.keep_running(left("a"), kept(seconds_ago=10))

    def check(kiosk: Kiosk, journal: Journal) -> None:
        assert kiosk.live().session_id == "a"
        assert [one.session_id for one in journal.sessions(None, 9).sessions] == ["old"]

    recovered(tmp_path, check)


def test_a_full_disk_does_not_stop_the_start_and_nothing_is_forgotten(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.keep_running(left("a"))

    def check(kiosk: Kiosk, journal: Journal) -> None:
        assert [one.session_id for one in kiosk.saver.unsaved] == ["a"]
        assert [one.session.session_id for one in journal.left_running()] == ["a"]

    recovered(tmp_path, check, FailingFiles(errno.ENOSPC))
