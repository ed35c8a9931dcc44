"""What draining has measured, and its tables in Markdown."""

import math
import statistics
from collections.abc import Iterable, Iterator

import msgspec

STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB", "secantus": "MongoDB's protocol"}
TARGET = 0.7
"""Of the slower of broker and database."""
DRIVER, WORKER = "driver's bulk call", "worker's statements"
FLAT = 1.5
"""A session may cost this much more in a queue that is 100 times as long."""


class Plan(msgspec.Struct, frozen=True):
    """How much is measured. The queues are drained by one worker each, the longest by each number of workers."""

    stores: tuple[str, ...] = tuple(STORES)
    queues: tuple[int, ...] = (100, 1_000, 10_000)
    workers: tuple[int, ...] = (1, 2, 4)
    rounds: int = 3


class Turn(msgspec.Struct):
    """What came out with some number of workers, in sessions a second, beside the database alone."""

    drained: float
    transaction: float
    """Sessions in one of the workers' transactions, on average; as many as the database alone gets at once."""
    database: dict[str, float]
    """The database alone, by who speaks to it: the driver's own bulk call, the worker's statements."""
    used: dict[str, float] = msgspec.field(default_factory=dict)
    """Milliseconds of processor time a session by process."""


class Round(msgspec.Struct):
    """One turn for each number of workers; the broker alone and the worker's checks alone are in sessions a second."""

    broker: float
    checks: float
    turns: dict[int, Turn]

    def share(self, workers: int) -> float:
        """Return what draining is of the slower limit."""
        turn = self.turns[workers]
        return turn.drained / min(self.broker, max(turn.database.values()))


class StoreFigures(msgspec.Struct):
    """All that was measured with one kind of database; `queues` in milliseconds a session by length."""

    rounds: list[Round]
    queues: dict[int, float]


class Figures(msgspec.Struct):
    """All that was measured; `message` is the mean size of the messages in bytes, `session` that of a session."""

    plan: Plan
    message: float
    session: float
    stores: dict[str, StoreFigures]


def report(figures: Figures) -> str:
    """Return the tables as Markdown."""
    return "\n".join([*_drained_lines(figures), "", *_used_lines(figures), "", *_queue_lines(figures)])


def _drained_lines(figures: Figures) -> Iterator[str]:
    yield (
        "| sessions/s | workers | drained | sessions a transaction | broker alone | checks alone |"
        f" {DRIVER} alone | {WORKER} alone | share (≥ {TARGET}) |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for store, one in figures.stores.items():
        both = _median(each.broker for each in one.rounds), _median(each.checks for each in one.rounds)
        for workers in figures.plan.workers:
            turns = [each.turns[workers] for each in one.rounds]
            alone = [_median(turn.database.get(way, math.nan) for turn in turns) for way in (DRIVER, WORKER)]
            share = statistics.median(each.share(workers) for each in one.rounds)
            drained, transaction = _median(turn.drained for turn in turns), _median(turn.transaction for turn in turns)
            told = " | ".join([str(workers), drained, transaction, *both, *alone])
            yield f"| {STORES[store]} | {told} | **{share:.2f}** |"


def _median(figures: Iterable[float]) -> str:
    median = statistics.median(figures)
    return "" if math.isnan(median) else f"{median:,.0f}"


def _used_lines(figures: Figures) -> Iterator[str]:
    names = ("kiosk", "broker", "worker", "database")
    yield f"| ms of processor time a session, one worker | {' | '.join(names)} |"
    yield f"|---|{'--:|' * len(names)}"
    for store, one in figures.stores.items():
        first = [each.turns[min(each.turns)] for each in one.rounds]
        told = [f"{statistics.median(turn.used.get(name, 0.0) for turn in first):.2f}" for name in names]
        yield f"| {STORES[store]} | {' | '.join(told)} |"


def _queue_lines(figures: Figures) -> Iterator[str]:
    queues = figures.plan.queues
    yield f"| ms a session in a queue of | {' | '.join(f'{one:,}' for one in queues)} | longest / shortest (≤ {FLAT}) |"
    yield f"|---|{'--:|' * len(queues)}--:|"
    for store, one in figures.stores.items():
        told = [f"{one.queues[length]:.2f}" if length in one.queues else "" for length in queues]
        growth = one.queues[max(one.queues)] / one.queues[min(one.queues)]
        yield f"| {STORES[store]} | {' | '.join(told)} | **{growth:.2f}** |"
