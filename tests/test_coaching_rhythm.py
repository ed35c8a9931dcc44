"""The beat of a movement without pauses, and the reps that it tells of."""

from math import cos, pi
from random import Random

import msgspec
import pytest

from edge_agent.coaching.counting import RepCounter
from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.rhythm import Rhythm
from edge_agent.records import PoseFrame, Rep
from tests.skeletons import held, nobody, performed, reps

JACKS = msgspec.structs.replace(load_exercises()["jumping_jack"], unbroken=True)
PERIOD_S = 0.9


def swinging(fps: float = 30.0, seconds: float = 8.0, unseen: float = 0.0) -> Rhythm:
    rhythm, dice = Rhythm(1.0), Random(1)
    for number in range(round(seconds * fps)):
        if dice.random() >= unseen:
            rhythm.update(number / fps, 0.5 - cos(2 * pi * number / fps / PERIOD_S) / 2)
    return rhythm


def counted(frames: list[PoseFrame]) -> list[Rep]:
    counter = RepCounter(JACKS)
    found = [rep for frame in frames for rep in counter.update(frame).reps]
    return [*found, *counter.finish().reps]


def a_set(count: int) -> list[PoseFrame]:
    return performed("jumping_jack", [*held(0, 1), *reps(count, seconds=PERIOD_S), *held(0, 1)])


@pytest.mark.parametrize("fps", [10.0, 25.0, 30.0])
def test_the_period_is_found_at_any_frame_rate(fps: float) -> None:
    assert swinging(fps).period_s() == pytest.approx(PERIOD_S, rel=0.03)


def test_the_period_is_found_when_a_third_of_the_frames_is_lost() -> None:
    assert swinging(unseen=0.33).period_s() == pytest.approx(PERIOD_S, rel=0.03)


def test_two_seconds_are_too_short_for_a_rhythm() -> None:
    assert swinging(seconds=2.0).period_s() is None


def test_who_stands_still_has_no_rhythm() -> None:
    rhythm = Rhythm(1.0)
    for number in range(240):
        rhythm.update(number / 30, 0.3)
    assert rhythm.period_s() is None


@pytest.mark.parametrize("seed", range(5))
def test_wandering_about_is_no_rhythm_of_a_rep(seed: int) -> None:
    rhythm, dice, phase = Rhythm(1.0), Random(seed), 0.0
    for number in range(240):
        phase += dice.gauss(0, 0.05)
        rhythm.update(number / 30, phase)
    period_s = rhythm.period_s()
    assert period_s is None or period_s > 1.2


def test_circles_that_were_seen_badly_are_counted_and_doubtful() -> None:
    frames = [nobody(one.time_s) if 7.5 < one.time_s < 10.1 else one for one in a_set(14)]
    found = counted(frames)
    assert len(found) == 14
    assert 2 <= sum(rep.doubtful for rep in found) <= 3


def test_what_was_seen_well_is_counted_once() -> None:
    found = counted(a_set(14))
    assert len(found) == 14
    assert not any(rep.doubtful for rep in found)


def test_two_on_one_beat_are_one() -> None:
    phases = [*reps(8, seconds=PERIOD_S), *reps(2, seconds=0.4 * PERIOD_S), *reps(4, seconds=PERIOD_S)]
    assert len(counted(performed("jumping_jack", [*held(0, 1), *phases, *held(0, 1)]))) == 13
