import pytest

from edge_agent.evaluation.clips import TrueRep
from edge_agent.evaluation.matching import match, tolerance
from edge_agent.evaluation.scoring import Score, false_reps_per_minute, score
from tests.evaluation_parts import clip, counted, events, squatting


def reps(*middles_s: float) -> list[TrueRep]:
    return [TrueRep(middle_s=middle_s) for middle_s in middles_s]


def of(*judged: tuple[int, int]) -> Score:
    """Score recordings of which true and counted reps are given."""
    found = score(
        [
            (clip(name=str(n), source=str(n), full_reps=true), counted(*map(float, range(told))))
            for n, (true, told) in enumerate(judged)
        ]
    )
    assert found
    return found


def test_a_rep_is_matched_with_the_one_counted_nearest_to_it() -> None:
    pairs = match(reps(2, 4), events([1.4, 2.1, 4.2]))
    assert [(rep.middle_s, event.middle_s) for rep, event in pairs] == [(2, 2.1), (4, 4.2)]


def test_a_counted_rep_is_matched_once() -> None:
    assert len(match(reps(2, 3), events([2.5]))) == 1


def test_a_rep_counted_too_far_from_any_is_not_matched() -> None:
    assert match(reps(2, 4), events([5.3])) == []


def test_reps_may_be_six_tenths_of_their_distance_off() -> None:
    assert tolerance(reps(2, 4, 6)) == pytest.approx(1.2)


def test_fast_reps_may_be_half_a_second_off() -> None:
    assert tolerance(reps(2, 2.4, 2.8)) == 0.5


def test_obo_is_the_share_counted_within_one() -> None:
    assert of((10, 9), (10, 11), (10, 8), (10, 10)).obo.value == 0.75


def test_exact_is_the_share_counted_right() -> None:
    assert of((10, 9), (10, 11), (10, 8), (10, 10)).exact.value == 0.25


def test_the_error_is_a_share_of_the_true_count() -> None:
    assert of((10, 9), (2, 1)).mae.value == pytest.approx(0.3)


def test_partial_reps_are_judged_apart() -> None:
    found = score([(clip(full_reps=6), counted(1.0, 2.0, 3.0, 4.0, partial_reps=2))])
    assert found
    assert (found.obo.value, found.obo_with_partial.value) == (0, 1)


def test_f1_falls_with_each_rep_too_many_or_too_few() -> None:
    found = score([(clip(None, 2.0, 4.0, 6.0), counted(2.0, 4.0, 7.5))])
    assert found
    assert found.f1
    assert found.f1.value == pytest.approx(2 / 3, abs=0.001)


def test_without_times_there_is_no_f1() -> None:
    assert of((2, 2)).f1 is None


def test_recordings_without_reps_are_no_part_of_the_score() -> None:
    assert score([(clip(full_reps=0), counted(1.0))]) is None


def test_the_interval_holds_the_figure() -> None:
    obo = of((10, 9), (10, 5), (10, 8), (10, 10)).obo
    assert obo.low < obo.value < obo.high


def test_recordings_of_one_source_are_resampled_together() -> None:
    judged = [(clip(name=str(n), source="one", full_reps=2), counted(1.0) if n else counted()) for n in range(4)]
    found = score(judged)
    assert found
    assert found.obo.low == found.obo.high == 0.75


def test_false_reps_are_told_by_the_minute() -> None:
    walking = clip(squatting(length_s=30.05), exercise="")
    assert false_reps_per_minute([(walking, counted(1.0, 2.0))]) == pytest.approx(4, abs=0.1)


def test_without_recordings_there_are_no_false_reps_a_minute() -> None:
    assert false_reps_per_minute([]) is None
