"""`edge-agent count` as a user runs it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import msgspec
import pytest

import edge_agent
from edge_agent.cli import main
from edge_agent.offline.counting import CountResult
from tests.running_demo import refusal

CLIP = Path(edge_agent.__file__).parent / "demo" / "squat_session_enter_exit.mp4"
TRACKS = Path(__file__).parent / "tracks"


def counted(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> CountResult:
    """Count in this process; standard output must hold the result and nothing else."""
    assert main(["count", *map(str, arguments), "--json"]) == 0
    return msgspec.json.decode(capsys.readouterr().out, type=CountResult)


@pytest.mark.slow
def test_a_film_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    result = counted(capsys, CLIP, "--exercise", "squat")
    truth = json.loads(CLIP.with_suffix(".json").read_text())["reps"]
    assert (result.exercise, result.reps, result.partial_reps, len(result.sets)) == ("squat", 5, 0, 1)
    for rep, true in zip(result.rep_details, truth, strict=True):
        assert rep.start_s < true["t_turn_start"] < rep.end_s


@pytest.mark.slow
def test_an_annotated_film_lasts_as_long_as_the_recording(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    result = counted(capsys, CLIP, "--exercise", "squat", "--out", tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == [tmp_path / "a.mp4"]
    film = cv2.VideoCapture(str(tmp_path / "a.mp4"))
    length_s = film.get(cv2.CAP_PROP_FRAME_COUNT) / film.get(cv2.CAP_PROP_FPS)
    assert result.duration_s <= length_s < result.duration_s + 2


def test_a_track_is_counted_and_drawn_on_black(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    result = counted(capsys, TRACKS / "jack_front.npz", "--exercise", "jumping_jack", "--out", tmp_path / "a.mp4")
    assert result.reps == 12
    film = cv2.VideoCapture(str(tmp_path / "a.mp4"))
    film.set(cv2.CAP_PROP_POS_MSEC, 3000)
    _, picture = film.read()
    assert picture.max() > 150
    assert (picture.max(axis=2) < 30).mean() > 0.8


def test_without_json_a_table_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["count", str(TRACKS / "squat_front_shallow.npz"), "--exercise", "squat"]) == 0
    told = capsys.readouterr()
    assert "4 reps, 3 partial in 1 set" in told.out
    assert "x real time" in told.out
    assert len([line for line in told.out.splitlines() if "0:" in line and "Set" not in line]) == 7


def test_there_is_no_bar_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["count", str(TRACKS / "squat_side_clean.npz"), "--exercise", "squat", "--json"]) == 0
    assert capsys.readouterr().err == ""


def test_a_recording_in_which_nothing_is_done_has_zero_reps(capsys: pytest.CaptureFixture[str]) -> None:
    result = counted(capsys, TRACKS / "neg_idle_bystander.npz", "--exercise", "push_up")
    assert (result.reps, result.partial_reps, result.sets) == (0, 0, ())


def told_by(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """Return the one line with which a count is refused."""
    assert main(["count", *map(str, arguments)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    (line,) = told.err.splitlines()
    assert line.startswith("edge-agent: ")
    return line


def test_an_unknown_exercise_is_refused_with_a_near_match(capsys: pytest.CaptureFixture[str]) -> None:
    line = told_by(capsys, CLIP, "--exercise", "sqat")
    assert "no exercise 'sqat'; did you mean 'squat'?" in line


def test_a_missing_file_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "No such file" in told_by(capsys, tmp_path / "none.mp4", "--exercise", "squat")


def test_the_recording_itself_is_never_written_over(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    film = tmp_path / "a.mp4"
    film.write_bytes(CLIP.read_bytes())
    (tmp_path / "b.mp4").symlink_to(film)
    assert "is the recording itself" in told_by(capsys, film, "--exercise", "squat", "--out", tmp_path / "b.mp4")
    assert film.read_bytes() == CLIP.read_bytes()


def test_a_folder_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "none" / "a.mp4"
    line = told_by(capsys, TRACKS / "jack_front.npz", "--exercise", "jumping_jack", "--out", out)
    assert "no such folder" in line


@pytest.mark.process
def test_a_text_is_refused_in_one_line_by_a_real_process(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("squats on Monday\n")
    (line,) = refusal("count", str(tmp_path / "notes.mp4"), "--exercise", "squat").splitlines()
    assert "not a video" in line


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_count_leaves_no_half_film(tmp_path: Path, number: signal.Signals) -> None:
    # Who starts the tests in the background may have told them to ignore SIGINT, which is inherited.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "edge_agent", "count", str(CLIP)]
    with subprocess.Popen(
        [*command, "--exercise", "squat", "--out", str(tmp_path / "a.mp4")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        give_up_s = time.monotonic() + 30
        while not list(tmp_path.iterdir()):
            assert process.poll() is None
            assert time.monotonic() < give_up_s
            time.sleep(0.01)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "", "")
    assert list(tmp_path.iterdir()) == []
