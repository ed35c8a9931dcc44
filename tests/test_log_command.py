import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from edge_agent.cli import main
from edge_agent.journal.tables import Journal
from edge_agent.records import Session
from tests.test_session_files import check

BENCH = ["Barbell Bench Press", "5", "20", "", "", "5+1", "80", "8", "perfect", "1.5", "steady", "", ""]
"""One warm-up and one working set, no more sets, no more exercises."""
SAVE = "y"


class Keyboard(io.StringIO):
    """Answers line by line; the line `^C` is the key."""

    def readline(self, *_: Any) -> str:  # type: ignore[override]
        line = super().readline()
        if line == "^C\n":
            raise KeyboardInterrupt
        return line


class Gym:
    """A folder with settings, a keyboard and a screen."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, screen: pytest.CaptureFixture[str]) -> None:
        self.folder = folder / "state"
        self.settings = folder / "config.toml"
        self.settings.write_text(f'[storage]\nfolder = "{self.folder}"\n')
        self._monkeypatch = monkeypatch
        self._screen = screen
        self.status = 0

    def log(self, *answers: str, options: tuple[str, ...] = ()) -> str:
        """Run the command and return what it said."""
        self._monkeypatch.setattr(sys, "stdin", Keyboard("".join(f"{line}\n" for line in answers)))
        self.status = main(["log", "--config", str(self.settings), *options])
        return self._screen.readouterr().out

    @property
    def sessions(self) -> tuple[Session, ...]:
        with Journal.open(self.folder) as journal:
            return journal.sessions(None, 9).sessions


@pytest.fixture
def gym(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Gym:
    return Gym(tmp_path, monkeypatch, capsys)


def test_a_workout_is_saved_as_it_was_told(gym: Gym) -> None:
    gym.log(*BENCH, SAVE, options=("--phase", "2", "--week", "5", "--no-deload", "--focus", "upper-strength"))
    (session,) = gym.sessions
    (entry,) = session.exercises
    assert (session.source, session.phase, session.week, session.is_deload_week) == ("manual", 2, 5, False)
    assert [(one.kind, one.reps_full, one.weight_kg) for one in entry.sets] == [("warmup", 5, 20), ("working", 5, 80)]
    last = entry.sets[1]
    assert (last.reps_partial, last.rpe, last.rep_assessment, last.rest_before_s) == (1, 8, "perfect", 90)
    assert last.notes == "steady"


def test_calories_are_counted_where_the_length_is_told(gym: Gym) -> None:
    gym.log("Squat", *BENCH[1:], SAVE)
    assert gym.sessions[0].calories_kcal is None
    gym.log("Squat", *BENCH[1:], SAVE, options=("--minutes", "10"))
    assert [one.calories_kcal for one in gym.sessions if one.calories_kcal]


def test_a_plank_is_told_in_seconds(gym: Gym) -> None:
    told = gym.log("plank", "", "many", "1:30", "", "8", "1", "", "45", "", "", "", "", "", "", SAVE)
    assert "'many' is not how long it was held" in told
    assert [(one.hold_s, one.reps_full) for one in gym.sessions[0].exercises[0].sets] == [(90, 0), (45, 0)]
    assert gym.sessions[0].hold_s == 135
    (file,) = (gym.folder / "sessions").iterdir()
    check(json.loads(file.read_bytes()))
    assert "Last time" in gym.log("Plank", "", "", "")


def test_a_hold_that_is_not_complete_is_named(gym: Gym) -> None:
    assert "Not complete, hence discarded: set 1 of Plank (60 s)." in gym.log("plank", "", "60", "10")


def test_the_files_written_are_told_and_the_session_file_fits_the_schema(gym: Gym) -> None:
    told = gym.log(*BENCH, SAVE).splitlines()
    (file,) = (gym.folder / "sessions").iterdir()
    assert told[-4:] == [
        "Session saved! ✅",
        "Files written:",
        f"  • Database: {gym.folder / 'journal'}",
        f"  • JSON file: {file}",
    ]
    check(json.loads(file.read_bytes()))


def test_the_previous_performance_of_an_exercise_is_shown(gym: Gym) -> None:
    gym.log(*BENCH, SAVE, options=("--start", "2026-02-16T18:30"))
    told = gym.log("barbell bench press", "", "", "", "")
    assert "Last time 2026-02-16: warm-up 20 kg x 5; 80 kg x 5+1, RPE 8, perfect" in told


def test_nobody_is_shown_what_somebody_else_did(gym: Gym) -> None:
    gym.log(*BENCH, SAVE)
    assert "Last time" not in gym.log("Barbell Bench Press", "", "", "", options=("--user-id", "ben"))


def test_a_bad_answer_is_explained_and_asked_again(gym: Gym) -> None:
    told = gym.log("Dip", "", "many", "8", "", "eleven", "7", "", "", "", "", "", SAVE)
    assert "'many' is not a number of reps" in told
    assert "'eleven' is not an RPE" in told
    assert gym.sessions[0].exercises[0].sets[0].rpe == 7


def test_the_end_of_the_input_saves_whole_sets_and_names_the_half_one(gym: Gym) -> None:
    told = gym.log(*BENCH[:-2], "6", "85")
    assert "Not complete, hence discarded: set 2 of Barbell Bench Press (6 reps)." in told
    assert "Session saved!" in told
    assert len(gym.sessions[0].exercises[0].sets) == 2


def test_ctrl_c_asks_before_anything_is_thrown_away(gym: Gym) -> None:
    told = gym.log(*BENCH[:-2], "^C", SAVE)
    assert "Save 2 sets (Barbell Bench Press)?" in told
    assert (len(gym.sessions), gym.status) == (1, 0)


def test_ctrl_c_twice_discards_and_says_what(gym: Gym) -> None:
    told = gym.log(*BENCH[:-2], "^C", "^C")
    assert told.endswith("Discarded: 2 sets (Barbell Bench Press).\n")
    assert (gym.sessions, gym.status) == ((), 130)


def test_a_workout_that_is_not_wanted_is_discarded_in_words(gym: Gym) -> None:
    assert gym.log(*BENCH, "n").endswith("Discarded: 2 sets (Barbell Bench Press).\n")
    assert gym.sessions == ()


def test_without_a_set_there_is_nothing_to_save(gym: Gym) -> None:
    told = gym.log("Dip", "", "", "")
    assert "No sets of Dip; left out." in told
    assert told.endswith("Nothing to save.\n")


def fill_disk(monkeypatch: pytest.MonkeyPatch, failures: int) -> None:
    """Let the first attempts to put a file in place fail."""
    replace, left = os.replace, iter(range(failures))

    def failing(*args: Any, **kwargs: Any) -> None:
        if next(left, None) is not None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(*args, **kwargs)

    monkeypatch.setattr(os, "replace", failing)


def test_a_full_disk_is_told_and_the_save_tried_again_if_wished(gym: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gym.sessions == ()
    fill_disk(monkeypatch, failures=1)
    told = gym.log(*BENCH, SAVE, "y")
    assert "No space left on device" in told
    assert "Session saved!" in told
    assert len(gym.sessions) == 1


def test_a_disk_that_stays_full_ends_the_command_with_what_is_lost(gym: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gym.sessions == ()
    fill_disk(monkeypatch, failures=9)
    assert gym.log(*BENCH, SAVE).endswith("Discarded: 2 sets (Barbell Bench Press).\n")
    assert gym.status == 2


@pytest.mark.parametrize("start", ["yesterday", "2999-01-01T00:00"])
def test_a_start_that_is_none_is_refused_before_anything_is_asked(gym: Gym, start: str) -> None:
    assert gym.log(options=("--start", start)) == ""
    assert gym.status == 2


@pytest.mark.process
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("used", [False, True])
def test_what_root_logs_belongs_to_the_folders_owner(gym: Gym, used: bool) -> None:
    gym.folder.mkdir()
    os.chown(gym.folder, 12345, 12346)
    for _ in range(1 + used):
        gym.log(*BENCH, SAVE)
    assert {(path.stat().st_uid, path.stat().st_gid) for path in gym.folder.rglob("*")} == {(12345, 12346)}


def test_a_journal_in_use_is_refused_in_one_line(gym: Gym) -> None:
    command = [sys.executable, "-m", "edge_agent", "log", "--config", str(gym.settings)]
    with Journal.open(gym.folder):
        ran = subprocess.run(command, input="Dip\n", capture_output=True, text=True, timeout=60, check=False)
    (line,) = ran.stderr.splitlines()
    assert "another edge-agent" in line
    assert (ran.returncode, ran.stdout) == (2, "")


@pytest.mark.process
def test_bytes_that_are_no_text_are_asked_again(gym: Gym) -> None:
    command = [sys.executable, "-m", "edge_agent", "log", "--config", str(gym.settings)]
    answers = b"\xff\xfe\nDip\n\n8\n"
    ran = subprocess.run(command, input=answers, capture_output=True, timeout=60, check=False)
    assert b"no text; type it again" in ran.stdout
    assert b"set 1 of Dip (8 reps)" in ran.stdout
    assert ran.returncode == 0
