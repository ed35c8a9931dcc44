import io
import sys

import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.offline.counting import count_frames
from edge_agent.offline.summary import ProgressBar, bar_text, summary
from tests.rendered_tracks import track


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_tells_share_count_and_speed() -> None:
    assert bar_text(15.0, 30.0, "1 rep", 5.0) == "counting [############............]  50%  1 rep  3.0 x real time"


def test_without_a_length_the_position_is_told() -> None:
    assert bar_text(15.0, 0.0, "4 reps", 5.0) == "counting 15 s  4 reps  3.0 x real time"


def test_a_film_longer_than_it_said_is_at_its_end() -> None:
    assert "100%" in bar_text(31.0, 30.0, "4 reps", 5.0)


def test_the_bar_is_cleared_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr("edge_agent.offline.summary._EVERY_S", 0.0)
    bar = ProgressBar(10.0)
    bar.show(5.0, "2 reps")
    bar.clear()
    assert isinstance(sys.stderr, Terminal)
    _, shown, blank, rest = sys.stderr.getvalue().split("\r")
    assert "2 reps" in shown
    assert (blank.strip(), rest) == ("", "")


def test_a_partial_rep_is_told_with_its_fault() -> None:
    told = summary(count_frames(track("squat_front_shallow"), load_exercises(), "squat"), "a.mp4", 2.0)
    assert told.startswith("a.mp4: 4 reps, 3 partial in 1 set\n")
    assert len([line for line in told.splitlines() if line.endswith("partial")]) == 3


def test_nothing_done_is_said_plainly() -> None:
    told = summary(count_frames((), load_exercises(), "squat"), "a.mp4", 2.0)
    assert told.startswith("a.mp4: nobody was seen doing a repetition.")
