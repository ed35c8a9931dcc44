"""The regression gate. What fell is printed by recording; `python -m tests.tracks.figures` writes the figures anew."""

import msgspec
import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.evaluation.gate import Gate, Passed, falls, measure
from tests.evaluation_parts import clip, squatting
from tests.shared_data import needs_shared
from tests.tracks.figures import HERE, PUBLISHED, compare

BEFORE = Gate(
    passed={"real known": Passed(clips=4, obo=0.75, exact=0.5, mae=0.1)},
    false_reps={"known": 2.0},
    counted={"one": 2, "two": 5},
)


def now(**changes: float) -> Gate:
    passed = msgspec.structs.replace(BEFORE.passed["real known"], **changes)
    return msgspec.structs.replace(BEFORE, passed={"real known": passed})


@pytest.mark.slow
def test_no_figure_of_the_fixed_recordings_has_fallen() -> None:
    _, fallen = compare(*HERE)
    assert fallen == [], "\n".join(fallen)


@needs_shared
@pytest.mark.slow
def test_no_figure_of_the_published_recordings_has_fallen() -> None:
    _, fallen = compare(*PUBLISHED)
    assert fallen == [], "\n".join(fallen)


def test_the_same_figures_have_not_fallen() -> None:
    assert falls(now(), BEFORE, []) == []


def test_better_figures_have_not_fallen() -> None:
    assert falls(now(obo=1.0, exact=0.9, mae=0.0), BEFORE, []) == []


@pytest.mark.parametrize(("name", "value"), [("obo", 0.7), ("exact", 0.4), ("mae", 0.2), ("clips", 3)])
def test_a_worse_figure_has_fallen(name: str, value: float) -> None:
    assert len(falls(now(**{name: value}), BEFORE, [])) == 1


def test_a_data_set_that_is_gone_has_fallen() -> None:
    assert falls(msgspec.structs.replace(BEFORE, passed={}), BEFORE, [])


def test_a_false_rep_more_has_fallen() -> None:
    assert "false reps" in falls(msgspec.structs.replace(BEFORE, false_reps={"known": 2.5}), BEFORE, [])[0]


def test_a_fall_is_told_by_recording() -> None:
    worse = msgspec.structs.replace(now(exact=0.4), counted={"one": 2, "two": 3})
    assert falls(worse, BEFORE, [clip(name="two", full_reps=5)])[1] == "  two: counted 3, was 5, true 5"


def test_the_gate_counts_what_it_is_given() -> None:
    one = clip(squatting(2.0, 4.0), 2.0, 4.0)
    assert measure([one], {"squat": load_exercises()["squat"]}, recognised=False).counted == {"one": 2}
