import pytest

from edge_agent.cli import main
from edge_agent.coaching.exercise import load_exercises


def test_names_are_the_keys_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercises", "--names"]) == 0
    assert capsys.readouterr().out == "".join(f"{key}\n" for key in load_exercises())


def test_the_table_has_a_row_for_each_exercise(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercises"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["KEY", "NAME", "MUSCLES"]
    assert [row.split()[0] for row in rows] == list(load_exercises())


def test_a_row_tells_from_where_the_range_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercises"]) == 0
    (row,) = [row for row in capsys.readouterr().out.splitlines() if row.startswith("squat ")]
    assert "quadriceps, glutes, hamstrings" in row
    assert "knee, from side" in row
