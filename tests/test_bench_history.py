from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.history import Cost, Figured, Plan, assert_alike, p99, report, run
from bench.history_chart import chart
from bench.history_sessions import fill, make_workouts
from edge_agent.journal.tables import Journal

MADE_UP = Figured(
    plan=Plan(),
    fps=25.0,
    costs={
        name: Cost(p50=0.5, p99=20.0, again_p50=0.1, sqlite_p50=1.0, sqlite_p99=30.0, ratio=0.5)
        for name in ("list", "cards")
    },
    first=(21.0, 40.0),
)


def test_a_filled_journal_has_confirmed_workouts_and_some_that_wait(tmp_path: Path) -> None:
    fill(tmp_path, 250, 10, 20)
    with Journal.open(tmp_path) as journal:
        assert (journal.session_count, journal.counts().pending) == (250, 150)


def test_the_workouts_are_the_same_each_time_and_of_all_members() -> None:
    first, again = (list(make_workouts(60, 10, 5)) for _ in range(2))
    assert first == again
    assert len({one.user_id for one in first}) == 10
    assert [any(a_set.reps for e in one.exercises for a_set in e.sets) for one in first[:55]] == [False] * 55


@pytest.mark.process
@pytest.mark.slow
def test_agent_and_sqlite_answer_alike_on_a_small_history(tmp_path: Path) -> None:
    found = run(Plan(workouts=150, members=3, with_reps=40, active=2, rounds=6), tmp_path)
    assert {"list", "filtered list", "cards", "volume", "mix", "records", "export start"} <= found.costs.keys()
    assert all(one.p50 > 0 and one.ratio > 0 for one in found.costs.values())
    assert found.fps > 0


def test_answers_that_differ_are_told() -> None:
    assert_alike({"a": [1.0, None]}, {"a": (1.0 + 1e-12, None)}, "alike")
    for other in ({"a": [1.001, None]}, {"a": [1.0]}, {"b": [1.0, None]}, {"a": [1.0, 0.0]}):
        with pytest.raises(AssertionError):
            assert_alike({"a": [1.0, None]}, other, "differs")


def test_the_99th_percentile_is_near_the_worst() -> None:
    assert (p99([float(one) for one in range(1000)]), p99([3.0, 1.0])) == (990.0, 3.0)


def test_the_table_has_a_row_for_each_question_beside_its_targets() -> None:
    text = report(MADE_UP)
    assert "p99 (≤ 100 ms)" in text
    assert "| cards | 0.50 ms | 20.00 ms | 0.10 ms | 1.00 ms | 30.00 ms | **0.67** | **0.50** |" in text
    assert "| first question about a member | 21.0 ms | 40.0 ms |" in text


def test_the_picture_names_each_question() -> None:
    texts = [one.text for one in ElementTree.fromstring(chart(MADE_UP)).iter("{http://www.w3.org/2000/svg}text")]
    assert {"list", "cards", "to reach", "SQLite"} <= set(texts)
