from pathlib import Path

import pytest

from bench.journal import Figures, Plan, report, run
from bench.journal_inserts import NAMES

TINY = Plan(sizes=(5, 20), inserts=7, opened=30, with_reps=10, openings=1)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    return run(TINY, tmp_path_factory.mktemp("bench"))


def test_each_store_is_measured_at_each_size(figures: Figures) -> None:
    assert {size: tuple(costs) for size, costs in figures.inserts.items()} == {5: NAMES, 20: NAMES}
    assert all(cost.p50_us > 0 for costs in figures.inserts.values() for cost in costs.values())


def test_the_table_has_a_row_for_each_store_and_size(figures: Figures) -> None:
    rows = [line for line in report(figures).splitlines() if line.startswith(("| 5 |", "| 20 |"))]
    assert len(rows) == 2 * len(NAMES)


def test_opening_memory_and_page_stand_beside_their_targets(figures: Figures) -> None:
    text = report(figures)
    for begin, end in (("| open |", "≤ 2.0 |"), ("| memory", "≤ 25 MB at 50,000 |"), ("| page of 20", "≤ 2.0 |")):
        assert any(line.startswith(begin) and line.endswith(end) for line in text.splitlines())


def test_opening_and_page_are_measured(figures: Figures) -> None:
    assert min(figures.opening.open_s, figures.opening.decode_s, figures.paging.sqlite_us) > 0


def test_nothing_is_left_behind(figures: Figures, tmp_path: Path) -> None:
    run(TINY, tmp_path)
    assert list(tmp_path.iterdir()) == []
