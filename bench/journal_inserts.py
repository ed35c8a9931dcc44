"""What it costs to insert one more session where there are many already: the journal, its peers, and the limit.

The limit is one `pwrite` of the journal line's bytes, made beforehand, and one `fdatasync`. All insert the same
documents in turns, so that whatever else the machine and its disk do hits all alike.
"""

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from tinydb import TinyDB
from tinydb.middlewares import CachingMiddleware
from tinydb.storages import JSONStorage

from bench.sessions import make_document
from bench.sqlite_sessions import INSERT, open_sqlite, row
from edge_agent.journal import JournalDB
from edge_agent.journal.lines import Change, encode

LIMIT, JOURNAL, SQLITE = "append + fdatasync", "journal", "SQLite WAL FULL"
TINYDB, CACHING = "TinyDB", "TinyDB + caching"
NAMES = (LIMIT, JOURNAL, SQLITE, TINYDB, CACHING)

Documents = list[dict[str, Any]]
Insert = Callable[[int], object]
"""Insert the new document of that number."""
Opener = Callable[[Path, Documents, Documents, ExitStack], Insert]
"""Fill a new store with documents, without waiting for the disk, and return how others are inserted."""

_ROUNDS = 600
_SLOW_ROUNDS = {100: 60, 1_000: 20, 10_000: 4}
"""Of stock TinyDB, which takes seconds for one insert into 50,000 documents."""
_CACHED = 1000
"""Writes between two flushes of CachingMiddleware, none of which is durable before."""


class Cost(NamedTuple):
    """Microseconds and bytes of one insert; no p99 of fewer than 100."""

    p50_us: float
    p99_us: float | None
    written: float


def measure(folder: Path, size: int, *, reps: bool = False, slow: bool = True) -> dict[str, Cost]:
    """Return what an insert costs each candidate while it holds `size` documents; `slow` says whether TinyDB is one."""
    held = [make_document(number, reps=reps) for number in range(size)]
    new = [make_document(size + number, reps=reps) for number in range(_ROUNDS)]
    costs = _measured(folder, held, new, {LIMIT: _limit, JOURNAL: _journal, SQLITE: _sqlite})
    if slow:
        costs |= _measured(folder, held, new[: _SLOW_ROUNDS.get(size, 2)], {TINYDB: _tinydb})
        costs |= _measured(folder, held, new[:100], {CACHING: _caching})
        costs[CACHING] = costs[CACHING]._replace(written=costs[TINYDB].written / _CACHED)
    return costs


def _measured(folder: Path, held: Documents, new: Documents, openers: dict[str, Opener]) -> dict[str, Cost]:
    with ExitStack() as until:
        inserts = {name: opener(folder / name, held, new, until) for name, opener in openers.items()}
        return _in_turns(inserts, len(new))


def _in_turns(inserts: dict[str, Insert], rounds: int) -> dict[str, Cost]:
    spent: dict[str, list[float]] = {name: [] for name in inserts}
    written = dict.fromkeys(inserts, 0)
    for number in range(rounds):
        for name in _rotated(list(inserts), number):
            before = written_bytes()
            start = time.perf_counter()
            inserts[name](number)
            spent[name].append((time.perf_counter() - start) * 1e6)
            written[name] += written_bytes() - before
    return {name: _cost(spent[name], written[name]) for name in inserts}


def _cost(spent: list[float], written: int) -> Cost:
    p99 = sorted(spent)[int(len(spent) * 0.99)] if len(spent) >= 100 else None
    return Cost(statistics.median(spent), p99, written / len(spent))


def _rotated(names: list[str], number: int) -> Iterator[str]:
    yield from names[number % len(names) :]
    yield from names[: number % len(names)]


def written_bytes() -> int:
    """Return the bytes of the pages that this process has made the kernel write so far; the file system's own are not
    among them.
    """
    facts = Path("/proc/self/io").read_text().split()
    return int(facts[facts.index("write_bytes:") + 1])


def _limit(path: Path, held: Documents, new: Documents, until: ExitStack) -> Insert:
    path.write_bytes(b"".join(_lines(held, 1)))
    lines = _lines(new, len(held) + 1)
    fd = os.open(path, os.O_RDWR)
    until.callback(os.close, fd)
    os.fsync(fd)
    end = os.fstat(fd).st_size

    def insert(number: int) -> None:
        nonlocal end
        end += os.pwrite(fd, lines[number], end)
        os.fdatasync(fd)

    return insert


def _lines(documents: Documents, first: int) -> list[bytes]:
    texts = map(msgspec.json.encode, documents)
    return [encode(Change("put", "_default", number, text), 1, number) for number, text in enumerate(texts, first)]


def _journal(path: Path, held: Documents, new: Documents, until: ExitStack) -> Insert:
    db = until.enter_context(JournalDB(path))
    db.insert_multiple(held)
    return lambda number: db.insert(new[number])


def _sqlite(path: Path, held: Documents, new: Documents, until: ExitStack) -> Insert:
    connection = until.enter_context(closing(open_sqlite(path, held)))

    def insert(number: int) -> None:
        with connection:
            connection.execute(INSERT, row(new[number]))

    return insert


def _tinydb(path: Path, held: Documents, new: Documents, until: ExitStack) -> Insert:
    _fill_tinydb(path, held)
    db = until.enter_context(TinyDB(path))
    return lambda number: db.insert(new[number])


def _caching(path: Path, held: Documents, new: Documents, until: ExitStack) -> Insert:
    _fill_tinydb(path, held)
    db = TinyDB(path, storage=CachingMiddleware(JSONStorage))  # type: ignore[no-untyped-call]
    until.enter_context(db)
    return lambda number: db.insert(new[number])


def _fill_tinydb(path: Path, held: Documents) -> None:
    path.write_text(json.dumps({"_default": dict(enumerate(held, 1))}))
    os.sync()
