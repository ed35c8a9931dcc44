"""Reps that nobody saw, and other things that happen to a set."""

from itertools import pairwise

import pytest

from edge_agent.coaching.counting import RepCounter
from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.own_range import OwnRange
from edge_agent.coaching.turning import Swing, TurningPoints
from edge_agent.records import PoseFrame, Rep
from tests.skeletons import held, nobody, performed, reps

EXERCISES = load_exercises()


def counted(exercise: str, frames: list[PoseFrame]) -> list[Rep]:
    counter = RepCounter(EXERCISES[exercise])
    found = [rep for frame in frames for rep in counter.update(frame).reps]
    return [*found, *counter.finish().reps]


def hidden(frames: list[PoseFrame], first_s: float, last_s: float) -> list[PoseFrame]:
    return [nobody(one.time_s) if first_s < one.time_s < last_s else one for one in frames]


A_SET = performed("squat", [*held(0, 1), *reps(8, seconds=2.4), *held(0, 1)])


def test_a_hidden_rep_within_a_rhythm_is_inferred_and_doubtful() -> None:
    found = counted("squat", hidden(A_SET, 13.0, 15.3))
    assert len(found) == 8
    assert [rep.doubtful for rep in found] == [False] * 5 + [True] + [False] * 2


def test_inferred_reps_do_not_overlap_those_that_were_seen() -> None:
    found = counted("squat", hidden(A_SET, 13.0, 15.3))
    assert all(a.end_s <= b.start_s + 0.5 for a, b in pairwise(found))


def test_a_pause_that_was_seen_is_no_rep() -> None:
    frames = performed("squat", [*held(0, 1), *reps(5), *held(0, 2.4), *reps(3), *held(0, 1)])
    assert len(counted("squat", frames)) == 8


def test_nothing_is_inferred_before_there_is_a_rhythm() -> None:
    assert not [rep for rep in counted("squat", hidden(A_SET, 3.4, 5.8)) if rep.doubtful]


def test_a_long_absence_is_no_set() -> None:
    frames = performed("squat", [*held(0, 1), *reps(20), *held(0, 1)])
    assert len(counted("squat", hidden(frames, 13.0, 25.2))) == 15


@pytest.mark.parametrize("fps", [8.0, 10.0, 15.0])
@pytest.mark.parametrize(("exercise", "seconds"), [("jumping_jack", 0.9), ("squat", 1.2), ("push_up", 1.0)])
def test_fast_reps_are_counted_at_low_frame_rates(exercise: str, seconds: float, fps: float) -> None:
    phases = [*held(0, 1, fps=fps), *reps(8, seconds=seconds, fps=fps), *held(0, 1, fps=fps)]
    assert len(counted(exercise, performed(exercise, phases, fps=fps))) == 8


def test_a_range_that_shrinks_with_fatigue_is_counted_to_the_end() -> None:
    phases = [phase for number in range(12) for phase in reps(1, depth=1.0 - 0.04 * number)]
    assert len(counted("squat", performed("squat", [*held(0, 1), *phases, *held(0, 1)]))) == 12


def swings(values: list[float], *, may_begin_at_work: bool) -> list[Swing]:
    points = TurningPoints(OwnRange(2.0), 8.0, may_begin_at_work=may_begin_at_work)
    found = [points.update(number / 10, value) for number, value in enumerate(values)]
    return [swing for swing in found if swing]


@pytest.mark.parametrize(("allowed", "expected"), [(True, 1), (False, 0)])
def test_a_set_that_begins_at_full_range_counts_the_way_back_only_where_allowed(allowed: bool, expected: int) -> None:
    lifted = [1.0] * 20 + [1 - number / 10 for number in range(11)] + [0.0] * 10
    assert len(swings(lifted, may_begin_at_work=allowed)) == expected


def test_who_may_begin_at_full_range_may_begin_at_rest_too() -> None:
    down_and_up = [0.0] * 10 + [number / 10 for number in range(11)] + [1 - number / 10 for number in range(11)]
    assert len(swings(down_and_up, may_begin_at_work=True)) == 1
