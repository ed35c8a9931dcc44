"""What it costs to insert one more session where there are many already: the journal, its peers, and the limit.

The limit is one `pwrite` of the journal line's bytes, made beforehand, and one `fdatasync`. All insert the same
documents, each just made, in turns, store by store and size by size, so that whatever else the machine and its disk do
hits all alike.
"""

import gc
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
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

_Key = tuple[int, str]
"""Documents held, name of the store."""
Documents = list[dict[str, Any]]
Insert = Callable[[Any], object]
"""Insert what was made ready; only this is measured."""
Opener = Callable[[Path, Documents, ExitStack], Insert]
"""Fill a new store with documents, without waiting for the disk, and return how others are inserted."""

_TINYDB_EVERY = {100: 10, 1_000: 30, 10_000: 150}
"""Rounds to one of stock TinyDB, which takes seconds for an insert into 50,000 documents; 300 for other sizes."""
_CACHING_EVERY = 6
_CACHED = 1000
"""Writes between two flushes of CachingMiddleware, none of which is durable before."""


class Cost(msgspec.Struct, frozen=True):
    """Microseconds and bytes of one insert; no p99 of fewer than 100."""

    p50_us: float
    p99_us: float | None
    written: float


class _Candidate(NamedTuple):
    insert: Insert
    every: int
    makes_ready: Callable[[int, dict[str, Any]], object]
    """Make what `insert` takes of the document of that number, which has just come into being."""


def measure(folder: Path, sizes: Sequence[int], rounds: int) -> dict[int, dict[str, Cost]]:
    """Return what an insert costs each candidate while it holds so many documents, by size and name."""
    costs: dict[_Key, Cost] = {}
    # Stock TinyDB's seconds of work between two others' inserts would be measured with those, so it has its own turns.
    for openers in ({LIMIT: _limit, JOURNAL: _journal, SQLITE: _sqlite}, {TINYDB: _tinydb, CACHING: _caching}):
        with ExitStack() as until:
            costs |= _in_turns(_opened(folder, sizes, openers, until), rounds)
    for size in sizes:
        written = costs[size, TINYDB].written / _CACHED
        costs[size, CACHING] = msgspec.structs.replace(costs[size, CACHING], written=written)
    return {size: {name: costs[size, name] for name in NAMES} for size in sizes}


def _opened(
    folder: Path, sizes: Sequence[int], openers: Mapping[str, Opener], until: ExitStack
) -> dict[_Key, _Candidate]:
    candidates = {}
    for size in sizes:
        held = [make_document(number, reps=False) for number in range(size)]
        for name, opener in openers.items():
            insert = opener(folder / f"{name} {size}", held, until)
            candidates[size, name] = _Candidate(insert, _every(name, size), _ready(name))
    return candidates


def _every(name: str, size: int) -> int:
    return {TINYDB: _TINYDB_EVERY.get(size, 300), CACHING: _CACHING_EVERY}.get(name, 1)


def _ready(name: str) -> Callable[[int, dict[str, Any]], object]:
    return _line if name == LIMIT else _itself


def _in_turns(candidates: dict[_Key, _Candidate], rounds: int) -> dict[_Key, Cost]:
    spent: dict[_Key, list[float]] = {key: [] for key in candidates}
    written = dict.fromkeys(candidates, 0)
    os.sync()
    gc.collect()
    gc.freeze()  # else each collection would look through all that this program holds
    for number in range(rounds):
        for key in _rotated(list(candidates), number):
            candidate, at = candidates[key], key[0] + number
            if number % candidate.every:
                continue
            ready = candidate.makes_ready(at + 1, make_document(at, reps=False))
            before = written_bytes()
            start = time.perf_counter()
            candidate.insert(ready)
            spent[key].append((time.perf_counter() - start) * 1e6)
            written[key] += written_bytes() - before
    gc.unfreeze()
    return {key: _cost(spent[key], written[key]) for key in candidates}


def _cost(spent: list[float], written: int) -> Cost:
    p99 = sorted(spent)[int(len(spent) * 0.99)] if len(spent) >= 100 else None
    return Cost(statistics.median(spent), p99, written / len(spent))


def _rotated(keys: list[_Key], number: int) -> Iterator[_Key]:
    yield from keys[number % len(keys) :]
    yield from keys[: number % len(keys)]


def written_bytes() -> int:
    """Return the bytes of the pages that this process has made the kernel write so far; the file system's own are not
    among them.
    """
    facts = Path("/proc/self/io").read_text().split()
    return int(facts[facts.index("write_bytes:") + 1])


def _itself(_: int, document: dict[str, Any]) -> dict[str, Any]:
    return document


def _line(number: int, document: dict[str, Any]) -> bytes:
    return encode(Change("put", "_default", number, msgspec.json.encode(document)), 1, number)


def _limit(path: Path, held: Documents, until: ExitStack) -> Insert:
    path.write_bytes(b"".join(_line(number, document) for number, document in enumerate(held, 1)))
    fd = os.open(path, os.O_RDWR)
    until.callback(os.close, fd)
    end = os.fstat(fd).st_size

    def insert(line: bytes) -> None:
        nonlocal end
        end += os.pwrite(fd, line, end)
        os.fdatasync(fd)

    return insert


def _journal(path: Path, held: Documents, until: ExitStack) -> Insert:
    db = until.enter_context(JournalDB(path))
    db.insert_multiple(held)
    insert: Insert = db.insert
    return insert


def _sqlite(path: Path, held: Documents, until: ExitStack) -> Insert:
    connection = until.enter_context(closing(open_sqlite(path, held)))

    def insert(document: dict[str, Any]) -> None:
        with connection:
            connection.execute(INSERT, row(document))

    return insert


def _tinydb(path: Path, held: Documents, until: ExitStack) -> Insert:
    _fill_tinydb(path, held)
    insert: Insert = until.enter_context(TinyDB(path)).insert
    return insert


def _caching(path: Path, held: Documents, until: ExitStack) -> Insert:
    _fill_tinydb(path, held)
    db = TinyDB(path, storage=CachingMiddleware(JSONStorage))  # type: ignore[no-untyped-call]
    insert: Insert = until.enter_context(db).insert
    return insert


def _fill_tinydb(path: Path, held: Documents) -> None:
    path.write_text(json.dumps({"_default": dict(enumerate(held, 1))}))
