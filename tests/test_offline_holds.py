"""What is held in a recording, by the rules of the kiosk's sessions."""

import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.offline.counting import CountResult, count_frames
from edge_agent.records import PoseFrame
from tests.rendered_tracks import track
from tests.skeletons import held, nobody, performed

EXERCISES = load_exercises()


def planks(*, gap_s: float) -> CountResult:
    """Two planks of 12 s with nobody in the picture between them."""
    first = performed("push_up", held(0, 12), yaw_deg=90)
    gap = [nobody(12 + number / 30) for number in range(round(gap_s * 30))]
    later = performed("push_up", held(0, 12), start_s=12 + gap_s, yaw_deg=90)
    frames: list[PoseFrame] = [*first, *gap, *later]
    return count_frames(frames, EXERCISES, "plank")


def test_holds_with_a_short_rest_are_one_set_without_the_rest() -> None:
    result = planks(gap_s=5)
    (one,) = result.sets
    assert one.hold_s == result.hold_s == pytest.approx(24, abs=3)
    assert one.end_s - one.start_s == pytest.approx(29, abs=3)


def test_holds_with_a_long_rest_are_two_sets() -> None:
    assert [one.hold_s for one in planks(gap_s=15).sets] == [pytest.approx(12, abs=1.5)] * 2


def test_a_plank_is_counted_in_seconds() -> None:
    result = count_frames(track("plank_side_sag"), EXERCISES, "plank")
    assert (result.exercise, result.reps, len(result.sets)) == ("plank", 0, 1)
    assert result.hold_s == pytest.approx(result.sets[0].end_s - result.sets[0].start_s, abs=0.1)
    assert "hip_sag" in [fault.key for fault in result.sets[0].faults]
    assert 0.8 * result.duration_s < result.hold_s < result.duration_s + 0.1
