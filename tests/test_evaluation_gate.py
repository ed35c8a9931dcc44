"""The regression gate. What fell is printed by recording; `python -m tests.tracks.figures` writes the figures anew."""

import msgspec
import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.evaluation.data_sets import find_clips
from edge_agent.evaluation.gate import Gate, Passed, falls, measure
from tests.evaluation_parts import clip, squatting
from tests.shared_data import SHARED, needs_shared
from tests.tracks.figures import compare

BEFORE = Gate(
    data_sets={"real": Passed(clips=4, obo=0.75, exact=0.5, mae=0.1)}, false_reps=2, counted={"one": 2, "two": 5}
)
LOWEST_PUBLISHED = {"obo": 0.7, "mae": 0.25}
"""Of RepCount's tracks, which no repository may hold; somewhat below what is reached."""


def now(**changes: float) -> Gate:
    passed = msgspec.structs.replace(BEFORE.data_sets["real"], **changes)
    return msgspec.structs.replace(BEFORE, data_sets={"real": passed})


def test_no_figure_of_the_fixed_recordings_has_fallen() -> None:
    _, fallen = compare()
    assert fallen == [], "\n".join(fallen)


@needs_shared
def test_published_tracks_are_counted_as_well_as_before() -> None:
    exercises = load_exercises()
    clips = find_clips(SHARED / "tracks", SHARED / "no-films-here", exercises)
    reached = measure(clips, exercises).data_sets["repcount"]
    assert reached.obo >= LOWEST_PUBLISHED["obo"]
    assert reached.mae <= LOWEST_PUBLISHED["mae"]


def test_the_same_figures_have_not_fallen() -> None:
    assert falls(now(), BEFORE, []) == []


def test_better_figures_have_not_fallen() -> None:
    assert falls(now(obo=1.0, exact=0.9, mae=0.0), BEFORE, []) == []


@pytest.mark.parametrize(("name", "value"), [("obo", 0.7), ("exact", 0.4), ("mae", 0.2), ("clips", 3)])
def test_a_worse_figure_has_fallen(name: str, value: float) -> None:
    assert len(falls(now(**{name: value}), BEFORE, [])) == 1


def test_a_data_set_that_is_gone_has_fallen() -> None:
    assert falls(msgspec.structs.replace(BEFORE, data_sets={}), BEFORE, [])


def test_a_false_rep_more_has_fallen() -> None:
    assert "false reps" in falls(msgspec.structs.replace(BEFORE, false_reps=3), BEFORE, [])[0]


def test_a_fall_is_told_by_recording() -> None:
    worse = msgspec.structs.replace(now(exact=0.4), counted={"one": 2, "two": 3})
    assert falls(worse, BEFORE, [clip(name="two", full_reps=5)])[1] == "  two: counted 3, was 5, true 5"


def test_the_gate_counts_what_it_is_given() -> None:
    one = clip(squatting(2.0, 4.0), 2.0, 4.0)
    assert measure([one], {"squat": load_exercises()["squat"]}).counted == {"one": 2}
