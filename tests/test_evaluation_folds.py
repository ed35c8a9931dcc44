"""Judged by a model that has not seen the person."""

from pathlib import Path

import msgspec
import pytest

from edge_agent.cli import main
from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.recognition.classifier import NO_EXERCISE, Model
from edge_agent.coaching.recognition.movement import FIGURE_COUNT
from edge_agent.errors import ConfigError
from edge_agent.evaluation.folds import SHIPPED, Folds, read_folds
from edge_agent.evaluation.running import Plan, run
from tests.evaluation_parts import clip, squatting

BOTTOMS_S = (2.0, 4.0, 6.0)


def sees(key: str) -> Model:
    """A model that takes everything for one exercise."""
    keys = (NO_EXERCISE, "squat")
    nothing = (0.0,) * FIGURE_COUNT
    biases = tuple(10.0 if one == key else -10.0 for one in keys)
    return Model(keys=keys, means=nothing, spreads=(1.0,) * FIGURE_COUNT, weights=(nothing, nothing), biases=biases)


FOLDS = Folds(models=(sees(NO_EXERCISE), sees("squat")), fold_of={"ann": 0, "bob": 1})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "folds.json"
    path.write_bytes(msgspec.json.encode(FOLDS))
    return path


def test_each_person_has_the_model_that_has_not_seen_them(file: Path) -> None:
    folds = read_folds(file)
    assert (folds.model_for("ann"), folds.model_for("bob")) == FOLDS.models


def test_the_shipped_model_is_for_people_that_it_has_not_seen() -> None:
    assert FOLDS.model_for("somebody else") is None
    assert SHIPPED.model_for("ann") is None


@pytest.mark.parametrize("recognised", [False, True])
def test_recordings_are_counted_with_the_model_of_their_person(recognised: bool) -> None:
    clips = [clip(squatting(*BOTTOMS_S), *BOTTOMS_S, name=name, source=name) for name in ("ann", "bob")]
    plan = Plan(known=not recognised, recognised=recognised, baselines=False, wrong_shown=False, folds=FOLDS)
    done = run(clips, {"squat": load_exercises()["squat"]}, plan)
    assert [(one.clip.name, one.counted.full_reps) for one in done] == [("ann", 0), ("bob", 3)]


@pytest.mark.parametrize("text", ["", "{}", '{"models": [], "fold_of": {"ann": 0}}'])
def test_a_file_of_something_else_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "folds.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"folds\.json: .*--folds FILE writes one$"):
        read_folds(path)


def test_the_command_says_which_models_it_used(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = clip(squatting(*BOTTOMS_S), *BOTTOMS_S)
    monkeypatch.setattr("edge_agent.commands.evaluate.find_clips", lambda *_: [one])
    arguments = ["evaluate", ".", "--exercise-known", "--no-baselines", "--processes", "1"]
    assert main([*arguments, "--models", str(file)]) == 0
    assert "have never seen the video or person under test" in capsys.readouterr().out
    assert main(arguments) == 0
    assert "may have learned from these recordings" in capsys.readouterr().out
