"""A gym's own exercises: beside the shipped ones everywhere, and a broken one in nobody's way but its own."""

from pathlib import Path

import pytest

from edge_agent import settings
from edge_agent.cli import main
from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.own_exercises import all_exercises, find_exercises
from edge_agent.errors import ConfigError
from edge_agent.evaluation.clips import frames_of
from edge_agent.offline.counting import count_frames
from tests.evaluation_parts import squatting
from tests.running_demo import running_agent

SHIPPED = Path(__file__).resolve().parents[1] / "edge_agent" / "coaching" / "exercises"
SQUAT = (SHIPPED / "squat.toml").read_text(encoding="utf-8").replace('name = "Squat"', 'name = "Box squat"')
BROKEN = SQUAT.replace("met = 5.0", "met = 0")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "exercises"
    folder.mkdir()
    (folder / "box_squat.toml").write_text(SQUAT, encoding="utf-8")
    return folder


@pytest.fixture
def config(folder: Path) -> Path:
    path = folder.parent / "config.toml"
    path.write_text(f"[session]\nexercise_folder = '{folder}'\n")
    return path


def spoil(folder: Path, name: str = "step_up") -> str:
    (folder / f"{name}.toml").write_text(BROKEN, encoding="utf-8")
    return f"{folder / name}.toml: met must be more than 0"


def test_own_exercises_come_after_the_shipped_ones(folder: Path) -> None:
    assert list(all_exercises(str(folder))) == [*load_exercises(), "box_squat"]


def test_without_a_folder_there_are_the_shipped_ones() -> None:
    assert all_exercises("") == load_exercises()


def test_an_own_exercise_is_counted(folder: Path) -> None:
    result = count_frames(frames_of(squatting(2.0, 4.0)), all_exercises(str(folder)), "box_squat")
    assert (result.exercise, result.reps) == ("box_squat", 2)


def test_a_broken_file_leaves_the_others(folder: Path) -> None:
    fault = spoil(folder)
    found = find_exercises(str(folder))
    assert found.faults == (fault,)
    assert "box_squat" in found.exercises
    assert "step_up" not in found.exercises


def test_each_broken_file_has_its_line(folder: Path) -> None:
    faults = [spoil(folder, name) for name in ("a", "b")]
    with pytest.raises(ConfigError) as refused:
        all_exercises(str(folder))
    assert str(refused.value).splitlines() == faults


@pytest.mark.parametrize(
    ("name", "said"),
    [("squat", "'squat' is a shipped exercise"), ("Step up", "small letters"), ("auto", "not 'auto'")],
)
def test_a_key_that_cannot_be_is_refused(folder: Path, name: str, said: str) -> None:
    (folder / f"{name}.toml").write_text(SQUAT, encoding="utf-8")
    (fault,) = find_exercises(str(folder)).faults
    assert fault.startswith(f"{folder / name}.toml: key: ")
    assert said in fault


def test_a_folder_that_is_missing_or_empty_is_told(tmp_path: Path) -> None:
    for folder, said in ((tmp_path / "none", "No such file or directory"), (tmp_path, "no exercise files")):
        (fault,) = find_exercises(str(folder)).faults
        assert str(folder) in fault
        assert said in fault


def test_an_own_exercise_may_be_the_one_to_begin_with(config: Path) -> None:
    config.write_text(config.read_text() + "exercise = 'box_squat'\n")
    assert settings.load(config).session.exercise == "box_squat"


def test_an_unknown_exercise_is_told_with_the_own_ones(config: Path) -> None:
    config.write_text(config.read_text() + "exercise = 'box_sqat'\n")
    with pytest.raises(ConfigError, match="did you mean 'box_squat'"):
        settings.load(config)


def test_the_exercise_of_a_broken_file_does_not_stop_the_kiosk(config: Path, folder: Path) -> None:
    spoil(folder)
    config.write_text(config.read_text() + "exercise = 'step_up'\n")
    assert settings.load(config).session.exercise == "step_up"


def test_the_command_config_fails_with_the_line_of_a_broken_file(
    config: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "--config", str(config)]) == 0
    fault = spoil(folder)
    assert main(["config", "--config", str(config)]) == 2
    assert capsys.readouterr().err == f"edge-agent: {fault}\n"


def test_the_command_exercises_lists_them(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercises", "--names", "--config", str(config)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "box_squat"


@pytest.mark.parametrize("command", [["count", "none.npz"], ["evaluate", "."], ["exercises"]])
def test_commands_refuse_a_broken_file(
    command: list[str], config: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = spoil(folder)
    assert main([*command, "--config", str(config)]) == 2
    assert capsys.readouterr().err == f"edge-agent: {fault}\n"


@pytest.mark.process
def test_the_kiosk_starts_without_a_broken_exercise_and_says_so(folder: Path) -> None:
    fault = spoil(folder)
    more = f"[session]\nexercise_folder = '{folder}'\nexercise = 'step_up'\n"
    with running_agent(folder.parent, more) as agent:
        live = agent.wait_for("/api/live", lambda state: state["trouble"])
        assert live["trouble"] == f"Exercise left out: {fault}"
        assert live["automatic"]
        page = agent.ask_text("/")
        assert "Box squat" in page
