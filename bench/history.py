"""What the history's pages cost at 50,000 workouts while inference runs, beside SQLite: `python -m bench history`.

Each question is asked of the agent (through its journal's thread, as pages do) and of SQLite with the same workouts
(through a thread as well, as an event loop must), in turns, and both must answer alike. Members that were looked at a
moment ago, whose workouts are held: answers computed anew, and asked for again; and the first question about a member.
Ratios, of processor time, travel between machines and do not mind what else they do; milliseconds do.
"""

import argparse
import asyncio
import math
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from bench.history_queries import SqlHistory
from bench.history_sessions import EXERCISES, ZONE, fill, make_workouts
from bench.history_sqlite import open_history
from bench.inference import inferring
from edge_agent.agent.figures import Figures
from edge_agent.agent.transfer.outgoing import Outgoing
from edge_agent.agent.wall import WallClock
from edge_agent.config import Config
from edge_agent.history import member
from edge_agent.history.answers import Sort, Wanted
from edge_agent.history.calendar import Calendar
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker

P99_TARGET_MS, RATIO_TARGET = 100.0, 2.0
NEWEST: tuple[Wanted, Sort, int, None] = (Wanted(), "newest", 20, None)


class Plan(msgspec.Struct, frozen=True):
    """How much is measured: `active` members are looked at again and again, each round asks each question once."""

    workouts: int = 50_000
    members: int = 200
    with_reps: int = 5_000
    active: int = 15
    rounds: int = 600


QUICK = Plan(workouts=2_000, members=40, with_reps=400, active=8, rounds=60)


class Cost(msgspec.Struct):
    """Milliseconds of one question, over all members and rounds; `again` is without computing anything."""

    p50: float
    p99: float
    again_p50: float
    sqlite_p50: float
    sqlite_p99: float
    ratio: float
    """Of processor times, of both threads: the median of the pairs' ratios."""


class Figured(msgspec.Struct):
    """All that was measured; `first` are milliseconds of the first question about a member, p50 and p99."""

    plan: Plan
    fps: float
    costs: dict[str, Cost]
    first: tuple[float, float]


class Question(msgspec.Struct, frozen=True):
    """One question, of the agent and of SQLite."""

    name: str
    ask: Callable[["Kiosk", str], Awaitable[Any]]
    sql: Callable[[SqlHistory, str], Any]
    is_alike: bool = True


class Kiosk(NamedTuple):
    """What is asked of the agent."""

    history: Figures
    outgoing: Outgoing

    async def export_start(self, user_id: str) -> bytes:
        """Return the first lines of an export with workouts in them; the rest follows page by page."""
        parts = self.outgoing.parts(user_id, "csv", Wanted())
        return await anext(parts) + await anext(parts)


def questions(chance: random.Random, today: date) -> Iterator[Question]:
    """Yield what a history page asks, with filters that differ each time."""
    exercise = chance.choice(sorted(EXERCISES))
    since, some_weeks = today - timedelta(days=chance.randint(60, 900)), today - timedelta(weeks=chance.randint(12, 52))
    few = Wanted(since=since, exercise=exercise, source="camera")
    weeks = Wanted(since=some_weeks)
    year = today.year - chance.randint(0, 3)
    yield Question("list", lambda k, m: k.history.sessions(m, *NEWEST), lambda q, m: q.sessions(m, Wanted(), 20))
    yield Question(
        "filtered list",
        lambda k, m: k.history.sessions(m, few, "newest", 20, None),
        lambda q, m: q.sessions(m, few, 20),
    )
    yield Question("cards", lambda k, m: k.history.cards(m), lambda q, m: q.cards(m))
    yield Question("volume", lambda k, m: k.history.volume(m, weeks, "week"), lambda q, m: q.volume(m, some_weeks))
    yield Question("mix", lambda k, m: k.history.mix(m, Wanted()), lambda q, m: q.mix(m))
    yield Question("days of a year", lambda k, m: k.history.days(m, year), lambda q, m: q.days(m, year))
    yield Question("streaks", lambda k, m: k.history.streaks(m), lambda q, m: q.streaks(m))
    yield Question(
        "trend of an exercise",
        lambda k, m: k.history.exercise(m, exercise, Wanted()),
        lambda q, m: q.exercise(m, exercise),
    )
    yield Question("records", lambda k, m: k.history.bests(m), lambda q, m: q.bests(m))
    yield Question("export start", lambda k, m: k.export_start(m), lambda q, m: q.export_start(m), is_alike=False)


class Turns:
    """Asks in turns and keeps the times, in milliseconds.

    Who is woken waits for its turn on a core, which makes most of the 99th percentiles: so SQLite has a thread, too.
    """

    def __init__(self, kiosk: Kiosk, peer: SqlHistory, peers_thread: ThreadPoolExecutor) -> None:
        self._kiosk = kiosk
        self._peer = peer
        self._peers_thread = peers_thread
        self._times: dict[str, list[_Turn]] = {}

    async def ask(self, question: Question, user_id: str) -> None:
        """Ask the agent twice and SQLite once. Raises `AssertionError` when the answers differ."""
        ours, new = await _timed(question.ask(self._kiosk, user_id))
        _, again = await _timed(question.ask(self._kiosk, user_id))
        asked = asyncio.get_running_loop().run_in_executor(self._peers_thread, question.sql, self._peer, user_id)
        theirs, sql = await _timed(asked)
        if question.is_alike:
            assert_alike(msgspec.to_builtins(ours), msgspec.to_builtins(theirs), question.name)
        self._times.setdefault(question.name, []).append((new, again, sql))

    def costs(self) -> dict[str, Cost]:
        return {name: _cost(times) for name, times in self._times.items()}


class _Spent(NamedTuple):
    """Milliseconds that passed, and of the processor."""

    passed: float
    processor: float


_Turn = tuple[_Spent, _Spent, _Spent]
"""Of the agent computing anew, of it asked again, and of SQLite."""


def _cost(turns: list[_Turn]) -> Cost:
    new, again, sql = ([turn[which].passed for turn in turns] for which in range(3))
    return Cost(
        p50=statistics.median(new),
        p99=p99(new),
        again_p50=statistics.median(again),
        sqlite_p50=statistics.median(sql),
        sqlite_p99=p99(sql),
        ratio=statistics.median(one.processor / other.processor for one, _, other in turns),
    )


async def _timed(asked: Awaitable[Any]) -> tuple[Any, _Spent]:
    began, processor = time.perf_counter(), time.process_time()
    answer = await asked
    return answer, _Spent((time.perf_counter() - began) * 1000, (time.process_time() - processor) * 1000)


def p99(times: list[float]) -> float:
    """Return the 99th percentile."""
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.99))]


def assert_alike(one: Any, other: Any, name: str) -> None:
    """Raise `AssertionError` unless both say the same, numbers to nine digits."""
    match one, other:
        case dict(), dict():
            assert one.keys() == other.keys(), name
            for key in one.keys() - {"next_cursor"}:
                assert_alike(one[key], other[key], f"{name}: {key}")
        case ((list() | tuple()), (list() | tuple())):
            assert len(one) == len(other), f"{name}: {len(one)} and {len(other)}"
            for each in zip(one, other, strict=True):
                assert_alike(*each, name)
        case float() | int(), float() | int():
            assert math.isclose(one, other, rel_tol=1e-9), f"{name}: {one} and {other}"
        case _:
            assert one == other, f"{name}: {one!r} and {other!r}"


async def measure(plan: Plan, journal: Journal, peer: SqlHistory, today: date) -> Figured:
    """Ask about the active members in turns, then once about each of the others."""
    chance = random.Random(6)  # noqa: S311 - the same each time
    names = [f"member-{number:04d}" for number in range(plan.members)]
    active, others = names[: plan.active], names[plan.active :]
    member.MOST_KEPT = 1  # so that each question is computed anew, and only the same one asked again is not
    told: list[float] = []
    with JournalWorker(journal) as worker, ThreadPoolExecutor(1, "sqlite") as peers_thread, inferring(told):
        figures = Figures(worker, Config(time_zone=ZONE), lambda *_: False)
        turns = Turns(Kiosk(figures, Outgoing(worker, WallClock(ZONE), figures, "kiosk")), peer, peers_thread)
        for user_id in active:
            await figures.cards(user_id)
        for _ in range(plan.rounds):
            for question in questions(chance, today):
                await turns.ask(question, chance.choice(active))
        first = [(await _timed(figures.cards(user_id)))[1].passed for user_id in others]
    return Figured(plan=plan, fps=told[0], costs=turns.costs(), first=(statistics.median(first), p99(first)))


def run(plan: Plan, folder: Path) -> Figured:
    """Make both stores in the folder and measure."""
    calendar = Calendar(time_zone=ZONE)
    today = calendar.day_of(datetime.now(ZoneInfo(ZONE)))
    with tempfile.TemporaryDirectory(dir=folder) as place:
        fill(Path(place) / "kiosk", plan.workouts, plan.members, plan.with_reps)
        workouts = make_workouts(plan.workouts, plan.members, plan.with_reps)
        with (
            closing(open_history(Path(place) / "sqlite", workouts, calendar)) as connection,
            Journal.open(Path(place) / "kiosk") as journal,
        ):
            return asyncio.run(measure(plan, journal, SqlHistory(connection, calendar, today), today))


def report(figured: Figured) -> str:
    """Return the table as Markdown."""
    return "\n".join(_lines(figured))


def _lines(figured: Figured) -> Iterator[str]:
    plan = figured.plan
    yield (
        f"| {plan.workouts:,} workouts, {plan.members} members | p50 | p99 (≤ {P99_TARGET_MS:.0f} ms) | asked again "
        f"| SQLite p50 | SQLite p99 | p99 / SQLite's (≤ {RATIO_TARGET:.0f}) | CPU / SQLite's (≤ {RATIO_TARGET:.0f}) |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for name, cost in figured.costs.items():
        times = (cost.p50, cost.p99, cost.again_p50, cost.sqlite_p50, cost.sqlite_p99)
        ratios = f"**{cost.p99 / cost.sqlite_p99:.2f}** | **{cost.ratio:.2f}**"
        yield f"| {name} | {' | '.join(f'{one:.2f} ms' for one in times)} | {ratios} |"
    yield f"| first question about a member | {figured.first[0]:.1f} ms | {figured.first[1]:.1f} ms | | | | | |"


def main() -> None:
    """Measure and print; the figures can be kept, for the README (history_chart.py)."""
    parser = argparse.ArgumentParser(prog="python -m bench history", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="2,000 workouts; half a minute")
    parser.add_argument("--folder", type=Path, default=Path(), help="where the stores are made (default: here)")
    parser.add_argument("--keep", type=Path, help="keep the figures as JSON in this file")
    options = parser.parse_args()
    figured = run(QUICK if options.quick else Plan(), options.folder)
    print(report(figured))
    print(f"\n{figured.fps:.0f} frames a second were inferred meanwhile.")
    if options.keep:
        options.keep.write_bytes(msgspec.json.format(msgspec.json.encode(figured)) + b"\n")


if __name__ == "__main__":
    main()
