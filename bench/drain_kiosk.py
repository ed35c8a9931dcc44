"""The kiosk whose queue is drained: `python -m bench.drain_kiosk FOLDER BROKER` prints what it took as JSON.

Journal and forwarder are the product's own. The time runs from the connection until nothing is pending.
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import msgspec

from bench.sessions import make_session
from edge_agent.config import SyncConfig
from edge_agent.journal.files import Files
from edge_agent.journal.kept import Adoption
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Session
from edge_agent.sync.forwarder import Forwarder

DEVICE = make_session(0, reps=False).device_id


class Drained(msgspec.Struct):
    """Seconds until nothing was pending, and seconds of the kiosk's processor time in them."""

    took_s: float
    used_s: float


_FILLED_AT_ONCE = 100
_FIRST_MS = 1_771_200_000_000


class _Unsynced(Files):
    """What is only filled, not measured, need not wait for the disk."""

    def fdatasync(self, fd: int) -> None:
        """Do nothing."""


def fill(folder: Path, first: int, count: int) -> None:
    """Make a journal of `count` sessions with single reps, numbered from `first`, that all wait for the cloud."""
    with Journal.open(folder, files=_Unsynced()) as journal:
        for begin in range(first, first + count, _FILLED_AT_ONCE):
            numbers = range(begin, min(begin + _FILLED_AT_ONCE, first + count))
            journal.adopt([_adoption(make_session(number, reps=True), number) for number in numbers])


def _adoption(session: Session, number: int) -> Adoption:
    rev = f"{_FIRST_MS + number:013d}-0000-{DEVICE}"
    return Adoption(session=session, rev=rev, saved_at=session.end_time, file=f"training_session_{number:08x}.json")


def drain(filled: Path, broker: str) -> Drained:
    """Drain a copy of a filled journal in a process of its own."""
    copied = filled.with_name(f"{filled.name}-draining")
    shutil.copytree(filled, copied)
    try:
        command = [sys.executable, "-m", "bench.drain_kiosk", str(copied), broker]
        limit_s = timedelta(minutes=20).total_seconds()
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=limit_s)  # noqa: S603 - ourselves
        return msgspec.json.decode(done.stdout, type=Drained)
    finally:
        shutil.rmtree(copied)


async def _run(folder: Path, broker: str) -> Drained:
    news = asyncio.Event()
    with Journal.open(folder) as journal, JournalWorker(journal) as worker:
        counts = await worker.counts()
        assert counts.pending, "nothing is pending"
        forwarder = Forwarder(SyncConfig(broker=broker), DEVICE, worker, news.set)
        running = asyncio.create_task(forwarder.run())
        begun_s = used_s = 0.0
        while counts.pending:
            await news.wait()
            news.clear()
            counts = await worker.counts()
            if not begun_s:
                begun_s, used_s = time.monotonic(), time.process_time()
        drained = Drained(time.monotonic() - begun_s, time.process_time() - used_s)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert not counts.refused, "the cloud refused some"
    return drained


def main() -> None:
    """Drain and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("broker")
    options = parser.parse_args()
    print(msgspec.json.encode(asyncio.run(_run(options.folder, options.broker))).decode())


if __name__ == "__main__":
    main()
