from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.drain import run
from bench.drain_chart import chart
from bench.drain_figures import DRIVER, WORKER, Figures, Plan, Round, StoreFigures, Turn, report
from bench.drain_kiosk import fill
from edge_agent.journal.tables import Journal

USED = {"kiosk": 0.1, "broker": 0.01, "worker": 0.25, "database": 0.2}


def _turn(drained: float, transaction: float, driver: float, worker: float) -> Turn:
    return Turn(drained=drained, transaction=transaction, database={DRIVER: driver, WORKER: worker}, used=USED)


MADE_UP = Figures(
    plan=Plan(stores=("sqlite", "mariadb"), workers=(1, 2), rounds=1, queues=(10, 1000)),
    message=250_000,
    session=7_600,
    stores={
        name: StoreFigures(
            rounds=[
                Round(broker=5_000, checks=3_000, turns={1: _turn(800, 80, 700, 1_000), 2: _turn(900, 40, 600, 900)})
            ],
            queues={10: 2.0, 1000: 2.5},
        )
        for name in ("sqlite", "mariadb")
    },
)


def test_a_filled_journal_waits_for_the_cloud(tmp_path: Path) -> None:
    fill(tmp_path, 5, 3)
    with Journal.open(tmp_path) as journal:
        assert journal.counts().pending == 3


@pytest.mark.process
def test_a_small_queue_is_drained_and_stands_beside_its_limits(tmp_path: Path) -> None:
    figures = run(Plan(stores=("sqlite",), queues=(20, 60), workers=(1,), rounds=1), tmp_path)
    (only,) = figures.stores["sqlite"].rounds
    turn = only.turns[1]
    assert (
        min(only.broker, only.checks, turn.drained, turn.transaction, *turn.database.values(), turn.used["kiosk"]) > 0
    )
    assert set(turn.database) == {DRIVER, WORKER}
    assert set(figures.stores["sqlite"].queues) == {20, 60}


def test_the_share_is_that_of_the_slower_limit_and_the_quicker_way_into_the_database() -> None:
    (only,) = MADE_UP.stores["sqlite"].rounds
    assert (only.share(1), only.share(2)) == (0.8, 1.0)
    only = Round(broker=500, checks=3_000, turns=only.turns)
    assert only.share(1) == 1.6


def test_the_tables_show_share_and_growth_beside_their_targets() -> None:
    text = report(MADE_UP)
    assert "| share (≥ 0.7) |" in text
    assert "| SQLite | 1 | 800 | 80 | 5,000 | 3,000 | 700 | 1,000 | **0.80** |" in text
    assert "| SQLite | 2 | 900 | 40 | 5,000 | 3,000 | 600 | 900 | **1.00** |" in text
    assert "| SQLite | 0.10 | 0.01 | 0.25 | 0.20 |" in text
    assert "| longest / shortest (≤ 1.5) |" in text
    assert "| MariaDB | 2.00 | 2.50 | **1.25** |" in text


def test_the_picture_has_a_bar_for_each_database_and_number_of_workers() -> None:
    texts = [one.text for one in ElementTree.fromstring(chart(MADE_UP)).iter("{http://www.w3.org/2000/svg}text")]
    assert (texts.count("0.80"), texts.count("1.00")) == (2, 2)
