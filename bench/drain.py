"""How fast a kiosk's queue drains into the cloud: `python -m bench drain [--store NAME] [--sessions N] [--quick]`.

Journal, forwarder, broker (mosquitto), `edge-agent ingest` and databases are real, each a process of its own, and the
databases as durable as they are by default. Beside it, in turns, what bounds it: the broker alone and the database
alone (drain_limits.py). Prints the tables of the README. Ratios travel between machines; sessions a second do not.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from bench import drain_kiosk, drain_limits
from bench.drain_figures import STORES, Figures, Plan, Round, StoreFigures, Turn, report
from bench.drain_processor import used_s
from edge_agent.cloud.opening import store_at
from edge_agent.journal.tables import Journal
from edge_agent.sync import window
from edge_agent.sync.outbox import Outbox
from tests.brokers import Broker, Mosquitto
from tests.databases import Server, server_named

_READY_WITHIN_S = 60.0
_WARM_UP = 100
_SLOW = {"secantus": 1_000}
"""The longest queue for a server that takes some 50 sessions a second whoever writes."""


QUICK = Plan(queues=(100, 1_000), workers=(1, 2), rounds=1)


class _Queues:
    """Filled journals by length; no two hold the same sessions."""

    def __init__(self, folder: Path, lengths: Sequence[int]) -> None:
        self.warm_up = folder / "warm-up"
        drain_kiosk.fill(self.warm_up, 0, _WARM_UP)
        self.by_length = {}
        first = _WARM_UP
        for length in lengths:
            self.by_length[length] = folder / f"queue-{length}"
            drain_kiosk.fill(self.by_length[length], first, length)
            first += length

    def messages(self) -> list[bytes]:
        """Return the longest queue as the messages in which it is sent."""
        payloads, after = [], ""
        with Journal.open(self.by_length[max(self.by_length)]) as journal:
            while changes := journal.pending(window.FIRST, after):
                outbox = Outbox(random.random)
                outbox.offer(changes)
                payloads += [parcel.payload for parcel in outbox.due(0.0)]
                after = changes[-1].rev
        return payloads


def run(plan: Plan, folder: Path) -> Figures:
    """Measure everything; journals, and SQLite's files, are in the folder."""
    queues = _Queues(folder, plan.queues)
    messages = queues.messages()
    size = sum(map(len, messages))
    figures = Figures(plan=plan, message=size / len(messages), session=size / max(plan.queues), stores={})
    for store in plan.stores:
        with ExitStack() as until:
            broker = Mosquitto(folder)
            until.callback(broker.kill)
            broker.start()
            try:
                server = until.enter_context(server_named(store, durable=True))
            except pytest.skip.Exception as missing:
                print(f"{STORES[store]} is left out: {missing}", file=sys.stderr)
                continue
            databases = _databases(server)
            place = _Place(broker, server, databases)
            fitting = [length for length in plan.queues if length <= _SLOW.get(store, length)]
            its_plan = msgspec.structs.replace(plan, queues=tuple(fitting))
            rounds = [_round(its_plan, queues, messages, place) for _ in range(plan.rounds)]
            grown = _grown(its_plan, queues, broker, next(databases))
            figures.stores[store] = StoreFigures(rounds=rounds, queues=grown)
    return figures


def _databases(server: Server) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        server.create(f"drain_{number}")
        yield server.url(f"drain_{number}")


class _Place(NamedTuple):
    """Where draining ends."""

    broker: Mosquitto
    server: Server
    databases: Iterator[str]


def _round(plan: Plan, queues: _Queues, messages: Sequence[bytes], place: _Place) -> Round:
    alone_s = drain_limits.messages_s(place.broker.port, messages)
    turns = {workers: _turn(queues, max(plan.queues), place, workers) for workers in plan.workers}
    broker_s = alone_s * max(queues.by_length) / len(messages)
    return Round(broker=broker_s, checks=drain_limits.checks_s(messages), turns=turns)


def _turn(queues: _Queues, count: int, place: _Place, workers: int) -> Turn:
    database = next(place.databases)
    with _working(place.broker, database, workers) as pids:
        drain_kiosk.drain(queues.warm_up, place.broker.url)
        written = drain_limits.transactions(database)
        processes = {"broker": [place.broker.pid], "worker": pids, "database": [place.server.pid]}
        before = {name: sum(map(used_s, each)) for name, each in processes.items()}
        drained = drain_kiosk.drain(queues.by_length[count], place.broker.url)
        used = {name: sum(map(used_s, each)) - before[name] for name, each in processes.items()}
        transaction = count / (drain_limits.transactions(database) - written)
    used = {"kiosk": drained.used_s, **used}
    return Turn(
        drained=count / drained.took_s,
        transaction=transaction,
        database=drain_limits.upserts_s(database, place.databases, round(transaction)),
        used={name: seconds * 1000 / count for name, seconds in used.items()},
    )


def _grown(plan: Plan, queues: _Queues, broker: Broker, database: str) -> dict[int, float]:
    """Return the milliseconds a session by the length of the queue, shortest first, each drained several times."""
    costs = {}
    for length in plan.queues:
        times = []
        for _ in range(1 if length > 1_000 else plan.rounds):
            with _working(broker, database, 1):
                drain_kiosk.drain(queues.warm_up, broker.url)
                times.append(drain_kiosk.drain(queues.by_length[length], broker.url).took_s)
        costs[length] = statistics.median(times) * 1000 / length
    return costs


@contextmanager
def _working(broker: Broker, database: str, workers: int) -> Iterator[list[int]]:
    """Workers that are subscribed to the broker; their process ids."""
    store_at(database).open()
    command = [sys.executable, "-m", "edge_agent", "ingest", "--broker", broker.url, "--store", database]
    with tempfile.TemporaryDirectory() as place, ExitStack() as until:
        logs = [Path(place) / str(number) for number in range(workers)]
        pids = []
        for log in logs:
            stderr = until.enter_context(log.open("wb"))
            worker = subprocess.Popen(command, stderr=stderr)  # noqa: S603 - ourselves
            pids.append(worker.pid)
            until.callback(worker.wait)
            until.callback(worker.terminate)
        give_up_s = time.monotonic() + _READY_WITHIN_S
        while not all("waiting for workouts" in log.read_text() for log in logs):
            assert time.monotonic() < give_up_s, [log.read_text() for log in logs]
            time.sleep(0.05)
        yield pids


def main() -> None:
    """Measure and print; the figures can be kept for the picture (drain_chart.py)."""
    parser = argparse.ArgumentParser(prog="python -m bench drain", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--store", action="append", choices=STORES, help="only this one; may be given again")
    parser.add_argument("--sessions", type=int, help="in the longest queue (default: 10000)")
    parser.add_argument("--rounds", type=int, help="turns of everything (default: 3)")
    parser.add_argument("--quick", action="store_true", help="a queue of 1,000, one round; a minute or two")
    parser.add_argument("--keep", type=Path, help="keep the figures as JSON in this file")
    options = parser.parse_args()
    plan = QUICK if options.quick else Plan()
    if options.sessions:
        plan = msgspec.structs.replace(plan, queues=tuple(options.sessions // part for part in (100, 10, 1)))
    plan = msgspec.structs.replace(
        plan, stores=tuple(options.store or plan.stores), rounds=options.rounds or plan.rounds
    )
    with tempfile.TemporaryDirectory(prefix="drain-") as folder:
        figures = run(plan, Path(folder))
    print(report(figures))
    if options.keep:
        options.keep.write_bytes(msgspec.json.format(msgspec.json.encode(figures)) + b"\n")


if __name__ == "__main__":
    main()
