"""What it costs to open a journal of many sessions, beside decoding the same file with msgspec; and one page of it.

Run as a program of its own, so that nothing else is in its memory: `python -m bench.journal_opening FOLDER ROUNDS`
prints an `Opening` as JSON.
"""

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec

from bench.sessions import MEMBERS, make_document
from bench.sqlite_sessions import open_sqlite, page
from edge_agent.journal.tables import Journal

_MIB = 1 << 20
_PAGE = 20
_PAGES = 400


class Opening(msgspec.Struct):
    """Processor seconds: of opening, of msgspec decoding all lines into a list, and of it decoding line by line and
    keeping nothing. The ratios are medians over rounds of all three; the memory is what the first opening took.
    """

    file_mib: float
    open_s: float
    decode_s: float
    ratio: float
    passing_s: float
    passing_ratio: float
    memory_mib: float


class Paging(msgspec.Struct):
    """Medians of one page of somebody's newest sessions, and of the pairs' ratios."""

    journal_us: float
    sqlite_us: float
    ratio: float


def measure_opening(folder: Path, rounds: int) -> Opening:
    """Open the folder's journal in a fresh process."""
    command = [sys.executable, "-m", "bench.journal_opening", str(folder), str(rounds)]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - this module itself
    return msgspec.json.decode(done.stdout, type=Opening)


def measure_paging(folder: Path, scratch: Path, count: int, with_reps: int) -> Paging:
    """Ask the folder's journal of `count` sessions, and SQLite with the same, for members' history in turns."""
    documents = (make_document(number, reps=number >= count - with_reps) for number in range(count))
    ours, peers = [], []
    with closing(open_sqlite(scratch, documents)) as connection, Journal.open(folder) as journal:
        for number in range(_PAGES):
            user_id = f"member-{number % MEMBERS:04d}"
            ours.append(_spent(partial(journal.sessions, user_id, _PAGE)))
            peers.append(_spent(partial(page, connection, user_id, _PAGE)))
    return Paging(
        journal_us=statistics.median(ours) * 1e6, sqlite_us=statistics.median(peers) * 1e6, ratio=_ratio(ours, peers)
    )


def _in_this_process(folder: Path, rounds: int) -> Opening:
    gc.collect()
    before = _resident_bytes()
    with Journal.open(folder):
        memory = _resident_bytes() - before
    gc.disable()  # msgspec's list of everything would otherwise be looked through many times
    texts = b"\n".join(line for line in _payloads(folder / "journal"))
    opened, decoded, passed = [], [], []
    for _ in range(rounds):
        opened.append(_spent(lambda: Journal.open(folder).close(), time.process_time))
        passed.append(_spent(lambda: _decode_passing(folder / "journal"), time.process_time))
        decoded.append(_spent(lambda: msgspec.json.Decoder().decode_lines(texts), time.process_time))
    return Opening(
        file_mib=(folder / "journal").stat().st_size / _MIB,
        open_s=statistics.median(opened),
        decode_s=statistics.median(decoded),
        ratio=_ratio(opened, decoded),
        passing_s=statistics.median(passed),
        passing_ratio=_ratio(opened, passed),
        memory_mib=memory / _MIB,
    )


def _payloads(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        next(file)
        for line in file:
            yield line[line.index(b"[") : -1]


def _decode_passing(path: Path) -> None:
    """Decode every line and keep none: the least that anybody does who wants to know what is in the file."""
    decode = msgspec.json.Decoder().decode
    for text in _payloads(path):
        decode(text)


def _ratio(ours: list[float], others: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(ours, others, strict=True))


def _spent(act: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    act()
    return clock() - start


def _resident_bytes() -> int:
    facts = Path("/proc/self/status").read_text().split()
    return int(facts[facts.index("VmRSS:") + 1]) * 1024


if __name__ == "__main__":
    print(msgspec.json.encode(_in_this_process(Path(sys.argv[1]), int(sys.argv[2]))).decode())
