"""What the journal costs beside its peers and the limit of the disk: `python -m bench journal [--quick]`.

Prints the tables of the README, each figure that has a target beside it. Ratios travel between machines; milliseconds
and a disk's sync do not. The sessions are made up, and the same each time.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench import sessions
from bench.journal_inserts import JOURNAL, LIMIT, Cost, measure
from bench.journal_opening import Opening, Paging, measure_opening, measure_paging

INSERT_TARGET, WRITTEN_TARGET = 1.3, 1.1
OPEN_TARGET, PAGE_TARGET, MEMORY_TARGET_MIB = 2.0, 2.0, 25
"""The last for 50,000 sessions."""


class Plan(msgspec.Struct, frozen=True):
    """How much is measured: documents held and inserts beside them; sessions in the journal that is opened."""

    sizes: tuple[int, ...] = (100, 1_000, 10_000, 50_000)
    inserts: int = 600
    opened: int = 50_000
    with_reps: int = 5_000
    """The newest sessions have single reps, as `storage.keep_rep_detail_sessions` has it."""
    openings: int = 9


QUICK = Plan(sizes=(100, 1_000), inserts=120, opened=5_000, with_reps=500, openings=3)


class Figures(msgspec.Struct):
    """All that was measured; the costs by number of documents and candidate."""

    plan: Plan
    inserts: dict[int, dict[str, Cost]]
    opening: Opening
    paging: Paging


def run(plan: Plan, folder: Path) -> Figures:
    """Measure everything; the folder must be on the disk that is meant."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        inserts = measure(Path(place), plan.sizes, plan.inserts)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        journal = Path(place) / "kiosk"
        sessions.fill(journal, plan.opened, plan.with_reps)
        opening = measure_opening(journal, plan.openings)
        paging = measure_paging(journal, Path(place) / "sqlite", plan.opened, plan.with_reps)
    return Figures(plan=plan, inserts=inserts, opening=opening, paging=paging)


def report(figures: Figures) -> str:
    """Return the tables as Markdown."""
    return "\n".join([*_insert_lines(figures), "", *_opening_lines(figures)])


def _insert_lines(figures: Figures) -> Iterator[str]:
    targets = f"p50 / limit (≤ {INSERT_TARGET}) | written / limit (≤ {WRITTEN_TARGET})"
    yield f"| sessions | store | p50 | p99 | written | {targets} |"
    yield "|--:|---|--:|--:|--:|--:|--:|"
    for size, costs in figures.inserts.items():
        limit = costs[LIMIT]
        for name, cost in costs.items():
            p99 = "" if cost.p99_us is None else _milliseconds(cost.p99_us)
            ratios = [cost.p50_us / limit.p50_us, cost.written / limit.written if limit.written else float("nan")]
            told = [_bold(f"{ratio:,.2f}", name == JOURNAL) for ratio in ratios]
            figure = [_milliseconds(cost.p50_us), p99, f"{cost.written / 1000:,.1f} kB", *told]
            yield f"| {size:,} | {_bold(name, name == JOURNAL)} | {' | '.join(figure)} |"


def _opening_lines(figures: Figures) -> Iterator[str]:
    count, opening, paging = figures.plan.opened, figures.opening, figures.paging
    per_1000 = opening.memory_mib * 1000 / count
    yield f"| {count:,} sessions, {opening.file_mib:,.0f} MiB | journal | beside | ratio | target |"
    yield "|---|--:|--:|--:|--:|"
    peer = f"{opening.decode_s:.2f} s, msgspec decoding the file"
    yield f"| open | {opening.open_s:.2f} s | {peer} | {opening.ratio:.2f} | ≤ {OPEN_TARGET} |"
    peer = f"{opening.passing_s:.2f} s, msgspec line by line, nothing kept"
    yield f"| open | {opening.open_s:.2f} s | {peer} | {opening.passing_ratio:.2f} | |"
    room = f"{opening.memory_mib:.1f} MiB, {per_1000:.2f} MiB for 1,000 sessions"
    yield f"| memory that opening takes | {room} | | | ≤ {MEMORY_TARGET_MIB} MB at 50,000 |"
    peer = f"{paging.sqlite_us / 1000:.2f} ms, SQLite with an index"
    yield f"| page of 20 sessions | {paging.journal_us / 1000:.2f} ms | {peer} | {paging.ratio:.2f} | ≤ {PAGE_TARGET} |"


def _milliseconds(us: float) -> str:
    return f"{us / 1000:,.2f} ms"


def _bold(text: str, wanted: bool) -> str:
    return f"**{text}**" if wanted else text


def main() -> None:
    """Measure and print; the figures can be kept for the picture (journal_chart.py)."""
    parser = argparse.ArgumentParser(prog="python -m bench journal", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller journals, fewer inserts; half a minute")
    parser.add_argument("--folder", type=Path, default=Path(), help="on the disk to be measured (default: here)")
    parser.add_argument("--keep", type=Path, help="keep the figures as JSON in this file")
    options = parser.parse_args()
    figures = run(QUICK if options.quick else Plan(), options.folder)
    print(report(figures))
    if options.keep:
        options.keep.write_bytes(msgspec.json.format(msgspec.json.encode(figures)) + b"\n")


if __name__ == "__main__":
    main()
