"""What breaks other counters, each as a hand-made track."""

import random
from math import sin

import msgspec
import pytest

from edge_agent.coaching.counting import Progress, RepCounter
from edge_agent.coaching.exercise import load_exercises
from edge_agent.records import Pose, PoseFrame, Rep
from tests.skeletons import POSES, frame, held, moved, nobody, performed, reps

EXERCISES = load_exercises()
each_exercise = pytest.mark.parametrize("exercise", POSES)


def seen(exercise: str, frames: list[PoseFrame]) -> list[Progress]:
    counter = RepCounter(EXERCISES[exercise])
    return [*(counter.update(one) for one in frames), counter.finish()]


def counted(exercise: str, frames: list[PoseFrame]) -> list[Rep]:
    return [rep for progress in seen(exercise, frames) for rep in progress.reps]


def a_set(count: int, **how: float) -> list[float]:
    return [*held(0, 1), *reps(count, **how), *held(0, 1)]


@each_exercise
@pytest.mark.parametrize("torso_px", [45.0, 110.0, 170.0])
def test_bodies_near_and_far_are_counted_alike(exercise: str, torso_px: float) -> None:
    assert len(counted(exercise, performed(exercise, a_set(5), torso_px=torso_px))) == 5


@each_exercise
def test_standing_about_is_no_rep(exercise: str) -> None:
    swaying = [0.06 * sin(number / 9) for number in range(900)]
    assert counted(exercise, performed(exercise, swaying)) == []


@each_exercise
@pytest.mark.parametrize("hidden", ["left_visibility", "right_visibility"])
def test_one_hidden_side_costs_no_rep(exercise: str, hidden: str) -> None:
    assert len(counted(exercise, performed(exercise, a_set(4), yaw_deg=60.0, **{hidden: 0.2}))) == 4


@each_exercise
def test_landmarks_that_jump_across_the_picture_are_ignored(exercise: str) -> None:
    chance = random.Random(7)
    frames = performed(exercise, a_set(6))
    frames = [moved(one, 0.4, 0.1) if chance.random() < 0.1 else one for one in frames]
    assert len(counted(exercise, frames)) == 6


@each_exercise
def test_trembling_landmarks_are_counted_once(exercise: str) -> None:
    chance = random.Random(3)
    frames = performed(exercise, [phase + chance.gauss(0, 0.04) for phase in a_set(5)])
    assert len(counted(exercise, frames)) == 5


@each_exercise
def test_gaps_of_half_a_second_within_a_set_cost_no_rep(exercise: str) -> None:
    frames = performed(exercise, a_set(5, seconds=2.6))
    gappy = [nobody(one.time_s) if one.time_s % 4 < 0.5 else one for one in frames]
    assert len(counted(exercise, gappy)) == 5


def test_wavering_where_a_rep_begins_counts_it_once() -> None:
    wavering = [0.3 + 0.12 * sin(number / 4) for number in range(150)]
    assert len(counted("squat", performed("squat", [*a_set(2), *wavering, *reps(1)[36:], *held(0, 1)]))) <= 3


def test_a_bounce_at_the_bottom_is_part_of_the_rep() -> None:
    bounce = [*reps(1)[:36], *[1 - 0.15 * (1 - abs(number - 6) / 6) for number in range(13)], *reps(1)[36:]]
    assert len(counted("squat", performed("squat", [*held(0, 1), *bounce, *bounce, *bounce, *held(0, 1)]))) == 3


def test_sitting_down_to_stay_is_no_rep() -> None:
    assert (
        counted("squat", performed("squat", [*held(0, 1), *reps(1)[:36], *held(1, 20), *reps(1)[36:], *held(0, 1)]))
        == []
    )


def test_walking_in_is_no_rep() -> None:
    walking = [0.12 * (1 + sin(number / 5)) for number in range(120)]
    frames = performed("squat", walking, x=-0.2)
    assert counted("squat", [moved(one, 0.006 * number) for number, one in enumerate(frames)]) == []


def test_a_single_shallow_movement_is_no_rep() -> None:
    assert counted("squat", performed("squat", [*a_set(1, depth=0.4), *held(0, 12)])) == []


def test_shallow_reps_from_the_start_are_all_counted_as_partial() -> None:
    assert [rep.full for rep in counted("squat", performed("squat", a_set(4, depth=0.4)))] == [False] * 4


def test_a_rep_far_short_of_the_own_range_is_partial() -> None:
    frames = performed("push_up", [*a_set(3), *reps(1, depth=0.5), *reps(1), *held(0, 1)])
    assert [rep.full for rep in counted("push_up", frames)] == [True, True, True, False, True]


def test_squatting_bystanders_add_nothing() -> None:
    member = performed("squat", held(0, 10), x=0.3)
    other = performed("squat", a_set(3), x=0.75)
    frames = [b if number % 3 == 2 else a for number, (a, b) in enumerate(zip(member, other, strict=False))]
    assert counted("squat", frames) == []


def test_a_new_person_is_taken_once_the_old_one_is_gone() -> None:
    first, second = performed("squat", a_set(2), x=0.2), performed("squat", a_set(3), x=0.8, start_s=20)
    assert len(counted("squat", [*first, *second])) == 5


def test_a_person_is_present_soon_and_gone_soon() -> None:
    progress = seen("squat", [*performed("squat", held(0, 1)), *(nobody(1 + number / 30) for number in range(30))])
    assert [progress[number].present for number in (0, 20, 55)] == [False, True, False]


def test_somebody_on_the_floor_is_not_in_position_for_squats() -> None:
    assert not seen("squat", performed("push_up", held(0, 1)))[-2].in_position
    assert seen("squat", performed("squat", held(0, 1)))[-2].in_position


@pytest.mark.parametrize("yaw_deg", [0.0, 35.0])
def test_alternating_curls_count_for_each_arm(yaw_deg: float) -> None:
    left, right = [*held(0, 1), *reps(6)], [*held(0, 2.2), *reps(6)]
    left += held(0, 3.5)
    left = [phase if number % 2 == 0 else 0.0 for number, phase in _by_rep(left)]
    right = [phase if number % 2 == 0 else 0.0 for number, phase in _by_rep(right)]
    frames = [
        frame("biceps_curl", a, number / 30, right_phase=b, yaw_deg=yaw_deg)
        for number, (a, b) in enumerate(zip(left, right, strict=False))
    ]
    sides = [rep.side for rep in counted("biceps_curl", frames)]
    assert (sides.count("left"), sides.count("right"), sides.count("both")) == (3, 3, 0)


def _by_rep(phases: list[float]) -> list[tuple[int, float]]:
    """Number the phases by the rep they belong to."""
    number, numbered = -1, []
    for index, phase in enumerate(phases):
        number += phase == 0 and index + 1 < len(phases) and phases[index + 1] > 0
        numbered.append((number, phase))
    return numbered


def test_both_arms_together_are_one_curl_even_when_one_lags() -> None:
    left, right = [*held(0, 1), *reps(4), *held(0, 2)], [*held(0, 1.4), *reps(4), *held(0, 1.6)]
    frames = [
        frame("biceps_curl", a, number / 30, right_phase=b)
        for number, (a, b) in enumerate(zip(left, right, strict=True))
    ]
    assert [rep.side for rep in counted("biceps_curl", frames)] == ["both"] * 4


def test_a_last_rep_short_of_lockout_is_credited_when_the_set_ends() -> None:
    frames = performed("squat", [*a_set(3), *reps(1)[:56], *held(reps(1)[56], 0.5)])
    progress = seen("squat", frames)
    assert sum(len(one.reps) for one in progress[:-1]) == 3
    assert len(progress[-1].reps) == 1


def test_a_rep_credited_at_the_end_of_a_set_is_not_counted_again_at_lock_out() -> None:
    counter = RepCounter(EXERCISES["squat"])
    frames = performed("squat", [*a_set(2), *reps(1), *held(0, 1)])
    credited = [len(counter.update(one).reps) for one in frames[:-41]]
    at_end = len(counter.finish().reps)
    afterwards = [len(counter.update(one).reps) for one in frames[-41:]]
    assert (sum(credited), at_end, sum(afterwards)) == (2, 1, 0)


def test_a_rep_that_is_under_way_when_a_set_ends_is_counted_at_lock_out() -> None:
    counter = RepCounter(EXERCISES["squat"])
    frames = performed("squat", [*a_set(2), *reps(1), *held(0, 1)])
    credited = [len(counter.update(one).reps) for one in frames[:-70]]
    at_end = len(counter.finish().reps)
    afterwards = [len(counter.update(one).reps) for one in frames[-70:]]
    assert (sum(credited), at_end, sum(afterwards)) == (2, 0, 1)


@each_exercise
@pytest.mark.parametrize("seed", range(3))
def test_nonsense_is_survived(exercise: str, seed: int) -> None:
    chance = random.Random(seed)
    counter, time_s = RepCounter(EXERCISES[exercise]), 0.0
    credited: list[Rep] = []
    for _ in range(600):
        time_s += chance.choice([0.0, 0.001, 0.03, 0.03, 0.5, 30.0])
        points = tuple((chance.gauss(0.5, spread), chance.random(), 0.0, chance.random()) for spread in [0.2] * 33)
        if chance.random() < 0.2:
            points = ((0.5, 0.5, 0.0, 1.0),) * 33
        pose = Pose(image=points, world=tuple((x, y, z) for x, y, z, _ in points))
        credited += counter.update(PoseFrame(sequence=0, time_s=time_s, width=640, height=480, pose=pose)).reps
    credited += counter.finish().reps
    assert [rep.number for rep in credited] == list(range(1, len(credited) + 1))
    assert all(rep.start_s <= rep.end_s and 0 <= rep.confidence <= 1 and 0 <= rep.score <= 1 for rep in credited)


def test_numbers_that_are_none_leave_the_count_alone() -> None:
    frames = performed("squat", a_set(3))
    nan = float("nan")
    broken = Pose(image=((nan, nan, nan, 1.0),) * 33, world=((nan, nan, nan),) * 33)
    frames = [msgspec.structs.replace(one, pose=broken) if n % 10 == 0 else one for n, one in enumerate(frames)]
    assert len(counted("squat", frames)) == 3
