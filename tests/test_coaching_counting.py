import random
import time
from collections.abc import Iterable
from itertools import pairwise
from statistics import median

import msgspec
import pytest

from edge_agent.coaching.counting import RepCounter
from edge_agent.coaching.exercise import load_exercises
from edge_agent.records import PoseFrame, Rep
from tests.rendered_tracks import TRUTH, track
from tests.skeletons import mirrored

EXERCISES = load_exercises()
each_clip = pytest.mark.parametrize("clip", TRUTH)


def counted(exercise: str, frames: Iterable[PoseFrame]) -> list[Rep]:
    counter = RepCounter(EXERCISES[exercise])
    reps = [rep for frame in frames for rep in counter.update(frame).reps]
    return [*reps, *counter.finish().reps]


def full_and_partial(exercise: str, frames: Iterable[PoseFrame]) -> tuple[str, int, int]:
    reps = counted(exercise, frames)
    full = sum(rep.full for rep in reps)
    return exercise, full, len(reps) - full


def later(frames: Iterable[PoseFrame], seconds: float) -> list[PoseFrame]:
    return [msgspec.structs.replace(frame, time_s=frame.time_s + seconds) for frame in frames]


@each_clip
@pytest.mark.parametrize("every", [1, 2, 3])
def test_a_rendered_clip_is_counted_exactly_at_30_15_and_10_frames_a_second(clip: str, every: int) -> None:
    assert full_and_partial(TRUTH[clip][0], track(clip)[::every]) == TRUTH[clip]


@each_clip
def test_frames_lost_at_random_cost_no_rep(clip: str) -> None:
    chance = random.Random(clip)
    kept = [frame for frame in track(clip) if chance.random() < 0.5]
    assert full_and_partial(TRUTH[clip][0], kept) == TRUTH[clip]


@each_clip
def test_a_mirrored_clip_has_the_same_count(clip: str) -> None:
    assert full_and_partial(TRUTH[clip][0], map(mirrored, track(clip))) == TRUTH[clip]


@each_clip
def test_the_clock_may_begin_anywhere(clip: str) -> None:
    assert full_and_partial(TRUTH[clip][0], later(track(clip), 123456.7)) == TRUTH[clip]


def test_each_visit_of_the_demo_clip_in_a_loop_has_five_reps() -> None:
    clip = track("squat_session_enter_exit")
    frames = [frame for round_number in range(3) for frame in later(clip, round_number * len(clip) / 30)]
    assert full_and_partial("squat", frames) == ("squat", 15, 0)


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("every", [1, 2, 3])
def test_somebody_idle_with_a_bystander_does_no_rep(exercise: str, every: int) -> None:
    assert counted(exercise, track("neg_idle_bystander")[::every]) == []


@each_clip
def test_a_rep_lies_within_the_frames_that_showed_it(clip: str) -> None:
    counter = RepCounter(EXERCISES[TRUTH[clip][0]])
    for frame in track(clip):
        for rep in counter.update(frame).reps:
            # It is credited at lock-out, shortly before it ends.
            assert frame.time_s - 8 < rep.start_s < rep.end_s <= frame.time_s + 0.41


@each_clip
def test_reps_follow_each_other_and_are_numbered(clip: str) -> None:
    reps = counted(TRUTH[clip][0], track(clip))
    assert [rep.number for rep in reps] == list(range(1, len(reps) + 1))
    assert all(before.end_s <= after.start_s for before, after in pairwise(reps))


def test_the_wrong_exercise_is_not_counted_on_a_clip_of_another() -> None:
    assert [len(counted(key, track("pushup_side_clean"))) for key in ("squat", "biceps_curl", "jumping_jack")] == [
        0
    ] * 3
    assert [len(counted(key, track("jack_front"))) for key in ("push_up", "biceps_curl")] == [0] * 2


def test_range_of_motion_is_told_from_any_side_of_a_squat() -> None:
    """The truth is 101 to 106 degrees, and 53, 45 and 64 in the partial ones."""
    for clip in ("squat_side_clean", "squat_session_enter_exit"):
        ranges = [rep.rom_deg for rep in counted("squat", track(clip))]
        assert ranges == pytest.approx([104] * len(ranges), abs=18)
    from_front = [rep.rom_deg for rep in counted("squat", track("squat_front_shallow"))]
    assert from_front == pytest.approx([103, 103, 53, 105, 45, 64, 103], abs=15)


def test_range_of_motion_is_not_told_where_it_cannot_be_seen() -> None:
    assert {rep.rom_deg for rep in counted("deadlift", track("lunge_45_valgus"))} <= {None}
    assert {rep.rom_deg for rep in counted("lunge", track("lunge_45_valgus"))} == {None}


def test_the_parts_of_a_jumping_jack_take_the_time_they_took() -> None:
    reps = counted("jumping_jack", track("jack_front"))
    assert [rep.eccentric_s for rep in reps] == pytest.approx([0.42] * 12, abs=0.15)
    assert [rep.concentric_s for rep in reps] == pytest.approx([0.42] * 12, abs=0.15)


@pytest.mark.parametrize("clip", ["squat_side_clean", "squat_session_enter_exit", "pushup_side_clean"])
def test_slow_halves_take_the_time_they_took(clip: str) -> None:
    """The truths: 1.0 to 1.35 s of eccentric and 0.8 to 1.0 s of concentric movement with 0.25 s between."""
    reps = counted(TRUTH[clip][0], track(clip))
    slower, faster = (1.3, 0.97) if clip.startswith("squat") else (0.96, 0.84)
    assert median(rep.eccentric_s for rep in reps) == pytest.approx(slower, abs=0.3)
    assert median(rep.concentric_s for rep in reps) == pytest.approx(faster, abs=0.2)
    assert median(rep.pause_s for rep in reps) == pytest.approx(0.25, abs=0.12)


def test_a_partial_rep_is_called_out_with_its_figure() -> None:
    counter = RepCounter(EXERCISES["squat"])
    progress = [counter.update(frame) for frame in track("squat_front_shallow")]
    called = [(one.cue, rep.full, [fault.key for fault in rep.faults]) for one in progress for rep in one.reps]
    assert called.count(("Deeper", False, ["range"])) == 3
    assert called.count(("", True, [])) == 4


def test_a_frame_costs_well_under_a_millisecond() -> None:
    frames = track("squat_side_clean")
    start_s = time.process_time()
    counted("squat", frames)
    assert (time.process_time() - start_s) / len(frames) < 0.0008


def test_a_lunge_tells_the_leg_that_stepped_ahead_and_each_has_its_own_range() -> None:
    """From 45 degrees the near leg's lunge looks twice as deep as the far one's; all six are full."""
    found = counted("lunge", track("lunge_45_valgus"))
    assert [rep.side for rep in found] == ["left", "right"] * 3
    assert all(rep.full for rep in found)
