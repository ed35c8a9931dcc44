import pytest

from edge_agent.cli import main
from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.view_counts import shipped_counts


def test_names_are_the_keys_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercises", "--names"]) == 0
    assert capsys.readouterr().out == "".join(f"{key}\n" for key in load_exercises())


def test_the_table_has_a_row_for_each_exercise(capsys: pytest.CaptureFixture[str]) -> None:
    header, *rows = table(capsys)
    assert header.split() == ["KEY", "NAME", "COUNTED", "MUSCLES"]
    assert [row.split()[0] for row in rows if not row.startswith(" ")] == list(load_exercises())


def test_a_row_tells_from_where_range_and_faults_are_seen(capsys: pytest.CaptureFixture[str]) -> None:
    lines = table(capsys)
    row = next(number for number, line in enumerate(lines) if line.startswith("squat "))
    assert "quadriceps, glutes, hamstrings" in lines[row]
    assert lines[row + 2].strip() == "range of motion: knee, from side, estimated from front or oblique or rear"
    assert "knees_in (front" in lines[row + 3]


def test_a_row_tells_how_well_each_view_counts(capsys: pytest.CaptureFixture[str]) -> None:
    lines = table(capsys)
    row = next(number for number, line in enumerate(lines) if line.startswith("squat "))
    front = shipped_counts()["squat"]["front"]
    assert f"recordings counted within one: front {front.within_one} of {front.recordings}, " in lines[row + 1]
    assert lines[row + 1].endswith("not measured from oblique or rear")
    assert "  recordings counted within one: not measured" in "\n".join(lines)


def test_what_is_held_has_no_range_and_an_estimated_one_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.strip() for line in table(capsys)]
    held = next(number for number, line in enumerate(lines) if line.startswith("plank "))
    assert lines[held + 1].startswith("faults: ")
    assert "range of motion: elbow, estimated from side or oblique" in lines


def table(capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["exercises"]) == 0
    return capsys.readouterr().out.splitlines()
