from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.drain import run
from bench.drain_chart import chart
from bench.drain_figures import Figures, Plan, Round, StoreFigures, report
from bench.drain_kiosk import fill
from edge_agent.journal.tables import Journal

USED = {"kiosk": 0.1, "broker": 0.01, "worker": 0.25, "database": 0.2}
MADE_UP = Figures(
    plan=Plan(stores=("sqlite", "mariadb"), workers=(1, 2), rounds=1, queues=(10, 1000)),
    message=250_000,
    session=7_600,
    stores={
        name: StoreFigures(
            rounds=[Round(broker=5_000, database=1_000, transaction=80, drained={1: 800, 2: 900}, used=USED)],
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
    (turn,) = figures.stores["sqlite"].rounds
    assert min(turn.broker, turn.database, turn.drained[1], turn.transaction) > 0
    assert set(figures.stores["sqlite"].queues) == {20, 60}
    assert turn.used["kiosk"] > 0


def test_the_share_is_that_of_the_slower_limit() -> None:
    assert MADE_UP.stores["sqlite"].rounds[0].share == 0.8


def test_the_tables_show_share_and_growth_beside_their_targets() -> None:
    text = report(MADE_UP)
    assert "| share, one worker (≥ 0.7) |" in text
    assert "| SQLite | 5,000 | 1,000 | 800 | 900 | **0.80** |" in text
    assert "| SQLite | 0.10 | 0.01 | 0.25 | 0.20 | 80 |" in text
    assert "| longest / shortest (≤ 1.5) |" in text
    assert "| MariaDB | 2.00 | 2.50 | **1.25** |" in text


def test_the_picture_has_a_bar_for_each_database_and_number_of_workers() -> None:
    texts = [one.text for one in ElementTree.fromstring(chart(MADE_UP)).iter("{http://www.w3.org/2000/svg}text")]
    assert (texts.count("0.80"), texts.count("0.90")) == (2, 2)
