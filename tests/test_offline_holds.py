import pytest

from edge_agent.coaching.counting import Progress
from edge_agent.coaching.exercise import load_exercises
from edge_agent.offline.counting import count_frames
from edge_agent.offline.holds import HoldLog
from edge_agent.records import Fault
from tests.rendered_tracks import track


def log_of(*spans: tuple[float, float], until_s: float = 120.0) -> HoldLog:
    """Hold from and to the given seconds, seen twice a second."""
    log = HoldLog(set_end_after_s=10.0)
    held_s = 0.0
    for step in range(round(until_s * 2)):
        time_s = step / 2
        start_s = next((start for start, end in spans if start <= time_s <= end), None)
        held_s = held_s if start_s is None else time_s - start_s
        log.see("plank", Progress(present=True, holding=start_s is not None, hold_s=held_s), time_s)
    return log


def test_a_hold_is_a_set() -> None:
    (one,) = log_of((5, 35)).sets
    assert (one.exercise, one.start_s, one.end_s, one.hold_s) == ("plank", 5, 35, 30)


def test_holds_with_a_short_rest_are_one_set_without_the_rest() -> None:
    (one,) = log_of((5, 35), (40, 50)).sets
    assert (one.start_s, one.end_s, one.hold_s) == (5, 50, 40)


def test_holds_with_a_long_rest_are_two_sets() -> None:
    assert [one.hold_s for one in log_of((5, 35), (45, 50)).sets] == [30, 5]


def test_seconds_of_a_fault_in_several_holds_of_a_set_are_added_up() -> None:
    sag = Fault(key="hip_sag", text="the hips sagged", value=2.0, threshold=1.0, unit="s")
    log = HoldLog(set_end_after_s=10.0)
    for time_s, hold_s, faults in ((0, 0, ()), (4, 4, (sag,)), (6, 0, ()), (9, 3, (sag,))):
        log.see("plank", Progress(holding=True, hold_s=hold_s, hold_faults=faults), time_s)
    (one,) = log.sets
    assert [(fault.key, fault.value) for fault in one.faults] == [("hip_sag", 4.0)]


def test_passing_through_is_no_hold() -> None:
    assert log_of((5, 5.5)).sets == []


def test_a_hold_that_runs_at_the_end_counts() -> None:
    assert [one.hold_s for one in log_of((5, 100), until_s=20).sets] == [14.5]


def test_a_plank_is_counted_in_seconds() -> None:
    result = count_frames(track("plank_side_sag"), load_exercises(), "plank")
    assert (result.exercise, result.reps, len(result.sets)) == ("plank", 0, 1)
    assert result.hold_s == pytest.approx(result.sets[0].end_s - result.sets[0].start_s, abs=0.1)
    assert "hip_sag" in [fault.key for fault in result.sets[0].faults]
    assert 0.8 * result.duration_s < result.hold_s < result.duration_s + 0.1
