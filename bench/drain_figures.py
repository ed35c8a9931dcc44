"""What draining has measured, and its tables in Markdown."""

import statistics
from collections.abc import Iterator

import msgspec

STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB", "secantus": "MongoDB's protocol"}
TARGET = 0.7
"""Of the slower of broker and database."""
FLAT = 1.5
"""A session may cost this much more in a queue that is 100 times as long."""


class Plan(msgspec.Struct, frozen=True):
    """How much is measured. The queues are drained by one worker each, the longest by each number of workers."""

    stores: tuple[str, ...] = tuple(STORES)
    queues: tuple[int, ...] = (100, 1_000, 10_000)
    workers: tuple[int, ...] = (1, 2, 4)
    rounds: int = 3


class Round(msgspec.Struct):
    """What came out in one turn, in sessions a second."""

    broker: float
    database: float
    transaction: float
    """Sessions in one of the worker's transactions, on average; as many as the database alone gets at once."""
    drained: dict[int, float]
    """By the number of workers."""
    used: dict[str, float] = msgspec.field(default_factory=dict)
    """Milliseconds of processor time a session by process, one worker draining."""

    @property
    def share(self) -> float:
        """What one worker's draining is of the slower limit."""
        return self.drained[min(self.drained)] / min(self.broker, self.database)


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
    workers = figures.plan.workers
    names = [f"{count} worker{'s' if count > 1 else ''}" for count in workers]
    yield f"| sessions/s | broker alone | database alone | {' | '.join(names)} | share, one worker (≥ {TARGET}) |"
    yield f"|---|--:|--:|{'--:|' * len(workers)}--:|"
    for store, one in figures.stores.items():
        each = [statistics.median(turn.drained[count] for turn in one.rounds) for count in workers]
        limits = [statistics.median(getattr(turn, name) for turn in one.rounds) for name in ("broker", "database")]
        share = statistics.median(turn.share for turn in one.rounds)
        yield f"| {STORES[store]} | {' | '.join(f'{figure:,.0f}' for figure in [*limits, *each])} | **{share:.2f}** |"


def _used_lines(figures: Figures) -> Iterator[str]:
    names = ("kiosk", "broker", "worker", "database")
    yield f"| ms of processor time a session, one worker | {' | '.join(names)} | sessions a transaction |"
    yield f"|---|{'--:|' * len(names)}--:|"
    for store, one in figures.stores.items():
        each = [statistics.median(turn.used.get(name, 0.0) for turn in one.rounds) for name in names]
        told = [f"{figure:.2f}" for figure in each]
        transaction = statistics.median(turn.transaction for turn in one.rounds)
        yield f"| {STORES[store]} | {' | '.join(told)} | {transaction:,.0f} |"


def _queue_lines(figures: Figures) -> Iterator[str]:
    queues = figures.plan.queues
    yield f"| ms a session in a queue of | {' | '.join(f'{one:,}' for one in queues)} | longest / shortest (≤ {FLAT}) |"
    yield f"|---|{'--:|' * len(queues)}--:|"
    for store, one in figures.stores.items():
        told = [f"{one.queues[length]:.2f}" if length in one.queues else "" for length in queues]
        growth = one.queues[max(one.queues)] / one.queues[min(one.queues)]
        yield f"| {STORES[store]} | {' | '.join(told)} | **{growth:.2f}** |"
