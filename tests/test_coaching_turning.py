from collections.abc import Iterable
from itertools import pairwise

from edge_agent.coaching.own_range import OwnRange
from edge_agent.coaching.turning import Swing, TurningPoints


def turning(max_s: float = 10.0) -> tuple[TurningPoints, OwnRange]:
    own = OwnRange(usual_s=2.0)
    return TurningPoints(own, max_s), own


def swings(points: TurningPoints, phases: Iterable[float]) -> list[Swing]:
    """Feed ten phases a second."""
    found = [points.update(number / 10, phase) for number, phase in enumerate(phases)]
    return [swing for swing in found if swing]


def ramp(*levels: float) -> list[float]:
    """Return ten values from each level to the next."""
    return [a + (b - a) * step / 10 for a, b in pairwise(levels) for step in range(10)]


def test_there_and_back_is_one_swing() -> None:
    (swing,) = swings(turning()[0], ramp(0, 1, 0, 0))
    assert swing.excursion > 0.95
    assert swing.locked_out
    assert swing.start.time_s < swing.peak.time_s < swing.end.time_s


def test_a_swing_is_handed_out_at_lock_out_before_its_very_end() -> None:
    (swing,) = swings(turning()[0], ramp(0, 1, 0, 0))
    assert 0.2 < swing.end.phase < 0.31


def test_jitter_at_any_level_is_no_swing() -> None:
    points, _ = turning()
    assert swings(points, ramp(*[0.0, 0.2] * 20)) == []


def test_jitter_on_the_way_is_part_of_the_swing() -> None:
    assert len(swings(turning()[0], ramp(0, 0.4, 0.25, 0.5, 0.3, 1, 0.7, 0.9, 0.5, 0.6, 0, 0))) == 1


def test_a_swing_that_goes_again_before_lock_out_is_credited_when_it_rises() -> None:
    first, second = swings(turning()[0], ramp(0, 1, 0.4, 1, 0, 0))
    assert not first.locked_out
    assert second.locked_out


def test_staying_down_for_too_long_is_no_swing() -> None:
    assert swings(turning(max_s=3.0)[0], [*ramp(0, 1), *[1.0] * 40, *ramp(1, 0, 0)]) == []


def test_a_set_may_begin_anywhere() -> None:
    assert len(swings(turning()[0], ramp(0.8, 0, 1, 0, 0))) == 1


def test_rest_may_wander() -> None:
    assert len(swings(turning()[0], [*ramp(0, 0.2), *[0.2] * 200, *ramp(0.2, 1, 0.2, 0.2)])) == 1


def test_the_own_range_sets_the_thresholds() -> None:
    _, own = turning()
    before = own.rise_threshold(0.0), own.turn_threshold(0.0)
    for number in range(3):
        own.learn(1.2, 2.0 * number, 2.0 * number + 1)
    assert (own.rise_threshold(5.0), own.turn_threshold(5.0)) == (1.2 * 0.2, 1.2 * 0.45)
    assert before == (0.25, 0.3)


def test_thresholds_relax_when_reps_stay_out() -> None:
    _, own = turning()
    for number in range(3):
        own.learn(1.2, 2.0 * number, 2.0 * number + 1)
    assert own.turn_threshold(9.0) == 1.2 * 0.45
    assert own.turn_threshold(11.0) < 1.2 * 0.45
    assert own.turn_threshold(60.0) == 0.25


def test_one_wild_rep_sets_no_standard() -> None:
    _, own = turning()
    for number, excursion in enumerate((0.9, 1.0, 1.8)):
        own.learn(excursion, number, number + 0.5)
    assert own.best == 1.0


def test_finish_credits_a_swing_that_came_most_of_the_way_back() -> None:
    points, _ = turning()
    assert swings(points, ramp(0, 1, 0.4)) == []
    finished = points.finish()
    assert finished is not None
    assert not finished.locked_out
    assert points.finish() is None


def test_finish_credits_no_swing_that_is_still_at_its_peak() -> None:
    points, _ = turning()
    swings(points, ramp(0, 1, 0.8))
    assert points.finish() is None
