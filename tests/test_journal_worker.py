import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge_agent.errors import PermanentError
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from tests.journal_parts import make_session


def with_worker(folder: Path, use: Callable[[JournalWorker], Awaitable[None]]) -> None:
    async def run() -> None:
        with Journal.open(folder) as journal, JournalWorker(journal) as worker:
            await asyncio.wait_for(use(worker), 30)

    asyncio.run(run())


def test_calls_run_in_the_journals_own_thread(tmp_path: Path) -> None:
    async def use(worker: JournalWorker) -> None:
        name = await worker.setting("thread", lambda: threading.current_thread().name)
        assert name.startswith("journal")

    with_worker(tmp_path, use)


def test_a_session_goes_in_and_comes_back(tmp_path: Path) -> None:
    async def use(worker: JournalWorker) -> None:
        await worker.keep_running(make_session("a"))
        assert [left.session for left in await worker.left_running()] == [make_session("a")]
        path = await worker.save_session(make_session("a"), "r1", "now")
        assert path.exists()
        assert await worker.session("a") == make_session("a")
        assert (await worker.sessions(None, 5)).sessions == (make_session("a"),)
        assert (await worker.whereabouts("a")).state == "saved"
        assert [one.key for one in await worker.pending(5)] == ["a"]
        assert (await worker.counts()).pending == 1

    with_worker(tmp_path, use)


def test_errors_reach_the_caller(tmp_path: Path) -> None:
    async def use(worker: JournalWorker) -> None:
        with pytest.raises(PermanentError, match="no session 'x'"):
            await worker.session("x")

    with_worker(tmp_path, use)


def test_many_callers_wait_their_turn_and_all_are_served(tmp_path: Path) -> None:
    async def use(worker: JournalWorker) -> None:
        order: list[int] = []

        async def call(number: int) -> None:
            order.append(await worker.setting(f"n{number}", lambda: number))

        await asyncio.gather(*(call(number) for number in range(150)))
        assert order == list(range(150))

    with_worker(tmp_path, use)


def test_leaving_finishes_what_was_queued_and_ends_the_thread(tmp_path: Path) -> None:
    async def run() -> None:
        with Journal.open(tmp_path) as journal:
            with JournalWorker(journal) as worker:
                saving = asyncio.ensure_future(worker.save_session(make_session("a"), "r1", "now"))
                await asyncio.sleep(0)
            assert not [one for one in threading.enumerate() if one.name.startswith("journal")]
            await saving
            assert journal.session("a") == make_session("a")

    asyncio.run(run())
