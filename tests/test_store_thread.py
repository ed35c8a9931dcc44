"""Calling a database again until it is back."""

import asyncio
import time
from pathlib import Path

import pytest

from edge_agent.cloud import store_thread
from edge_agent.cloud.sql import SqlStore
from edge_agent.cloud.store import RecordStore
from edge_agent.cloud.store_thread import StoreThread
from edge_agent.errors import TemporaryError


def pauses_after(call_s: float, pause_s: float, monkeypatch: pytest.MonkeyPatch, folder: Path) -> float:
    """How long nobody calls after a call that took its time and failed."""
    ends: list[float] = []
    begins: list[float] = []

    def fail_once(_store: RecordStore) -> None:
        begins.append(time.monotonic())
        if len(begins) == 1:
            time.sleep(call_s)
            ends.append(time.monotonic())
            raise TemporaryError("locked")

    async def play() -> None:
        async with StoreThread(SqlStore(f"sqlite:///{folder}/cloud.db"), "test") as thread:
            await thread.patiently(fail_once, "nothing is acknowledged")

    monkeypatch.setattr(store_thread, "backoff_s", lambda _failures, _random: pause_s)
    asyncio.run(play())
    return begins[1] - ends[0]


def test_a_call_that_waited_for_a_lock_is_made_again_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert pauses_after(0.5, 0.4, monkeypatch, tmp_path) < 0.3


def test_a_call_that_failed_at_once_is_made_again_after_a_pause(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert pauses_after(0.0, 0.4, monkeypatch, tmp_path) >= 0.35
