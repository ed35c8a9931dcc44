import json
import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest

from docs.accuracy_picture import draw
from docs.make_accuracy import with_tables
from edge_agent.cli import main
from edge_agent.coaching.exercise import load_exercises
from edge_agent.evaluation.report import Evaluation, evaluate
from edge_agent.evaluation.running import Plan, run
from edge_agent.evaluation.tables import tables
from tests.evaluation_parts import clip, squatting

BOTTOMS_S = (2.0, 4.0, 6.0)
ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "accuracy.md"
QUICK = ("--exercise-known", "--no-baselines", "--processes", "1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    landmarks = squatting(*BOTTOMS_S)
    np.savez(tmp_path / "one.npz", image=landmarks.image, world=landmarks.world, fps=20.0, width=640, height=480)
    entry = {"file": "one.npz", "exercise": "squat", "true_reps": 3, "rep_times_s": BOTTOMS_S}
    (tmp_path / "manifest.json").write_text(json.dumps([entry]))
    return tmp_path


@cache
def found() -> Evaluation:
    clips = [clip(squatting(*BOTTOMS_S), *BOTTOMS_S, name="a"), clip(squatting(2.0), name="b", full_reps=9)]
    exercises = {"squat": load_exercises()["squat"]}
    evaluation = evaluate(clips, exercises, run(clips, exercises, Plan(recognised=False)))
    scores = [msgspec.structs.replace(one, group="clips") if one.by == "data set" else one for one in evaluation.scores]
    return msgspec.structs.replace(evaluation, scores=tuple(scores))


def test_the_command_prints_how_right_the_counts_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(folder), *QUICK]) == 0
    told = capsys.readouterr().out
    assert re.search(r"this program +1 +1\.00", told)
    assert "Cross-validation" in told


def test_each_exercise_has_its_intervals() -> None:
    by_exercise = next(table for table in tables(found()) if table.key == "exercise")
    for name, cell in list(zip(by_exercise.header, by_exercise.rows[0], strict=True))[2:]:
        assert re.fullmatch(r"\d\.\d\d \[\d\.\d\d, \d\.\d\d\]", cell), name


def test_the_command_writes_all_figures(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "out" / "figures.json"
    main(["evaluate", str(folder), *QUICK, "--json", str(file)])
    written = msgspec.json.decode(file.read_bytes(), type=Evaluation)
    assert [line.counted for line in written.clips] == [3]


def test_perturbations_are_asked_for_by_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["evaluate", str(folder), *QUICK, "--perturb", "10 fps, mirrored"])
    told = capsys.readouterr().out
    assert "10 fps" in told
    assert "jitter" not in told


def test_an_unknown_perturbation_is_refused_with_a_near_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(folder), *QUICK, "--perturb", "miror"]) == 2
    assert "did you mean 'mirrored'" in capsys.readouterr().err


@pytest.mark.parametrize("processes", ["0", "-2", "many"])
def test_processes_are_at_least_one(folder: Path, processes: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["evaluate", str(folder), "--processes", processes])
    assert "--processes" in capsys.readouterr().err


def test_each_table_goes_between_its_markers() -> None:
    page = with_tables("a\n<!-- eval: data-sets -->\nstale words\n<!-- end -->\nb\n", found())
    assert page.startswith("a\n<!-- eval: data-sets -->\n| data set: counter")
    assert page.endswith("|\n<!-- end -->\nb\n")
    assert "stale words" not in page


def test_writing_the_tables_twice_changes_nothing() -> None:
    once = with_tables(PAGE.read_text(), found())
    assert with_tables(once, found()) == once


def test_the_pages_have_a_place_for_each_table() -> None:
    page = PAGE.read_text() + (ROOT / "README.md").read_text()
    assert [table.key for table in tables(found()) if f"<!-- eval: {table.key} -->" not in page] == []


def test_the_picture_has_a_bar_for_each_counter() -> None:
    picture = ET.fromstring(draw(found()))
    bars = [one for one in picture.iter() if one.tag.endswith("rect")]
    assert [bar.get("class") for bar in bars] == ["ours", "other", "other", "other"]


def test_the_picture_has_colours_for_dark_pages() -> None:
    assert "prefers-color-scheme: dark" in draw(found())
