import numpy as np

from edge_agent.pose.filters import LowPass, OneEuro


def _settle(values: list[float], step_s: float = 1 / 30, scale: float = 1.0) -> list[float]:
    one_euro = OneEuro(min_cutoff_hz=0.05, beta=80)
    return [float(one_euro.apply(np.array([value]), i * step_s, scale)[0]) for i, value in enumerate(values)]


def test_the_first_value_passes_as_it_is() -> None:
    assert _settle([7.0]) == [7.0]


def test_a_still_point_that_trembles_is_held() -> None:
    trembling = [0.0, 0.001, -0.001] * 30
    assert np.abs(_settle(trembling)).max() < 0.0003


def test_a_fast_point_is_followed_with_less_than_a_frame_of_delay() -> None:
    moving = [i * 0.05 for i in range(30)]
    assert moving[-1] - _settle(moving)[-1] < 0.05


def test_the_scale_makes_a_large_body_as_smooth_as_a_small_one() -> None:
    small = [0.0, 1.0, 3.0, 2.0]
    large = [value * 100 for value in small]
    assert np.allclose(_settle(large, scale=0.01), np.multiply(_settle(small), 100))


def test_an_irregular_frame_rate_is_taken_into_account() -> None:
    after_long, after_short = _settle([0.0, 1.0], step_s=1.0)[1], _settle([0.0, 1.0], step_s=0.001)[1]
    assert after_long > after_short


def test_a_second_value_of_the_same_instant_changes_nothing() -> None:
    one_euro = OneEuro(min_cutoff_hz=0.05, beta=80)
    one_euro.apply(np.array([0.0]), 1.0)
    assert one_euro.apply(np.array([5.0]), 1.0)[0] == 5.0
    assert one_euro.apply(np.array([0.0]), 2.0)[0] == 0.0


def test_the_first_step_is_weighted_as_the_formula_says() -> None:
    step_s, turn = 0.1, 2 * np.pi * 0.1
    speed = 10.0 * turn / (turn + 1)  # cutoff 1 Hz on (1 - 0) / 0.1 s
    opened = turn * (0.05 + 80 * speed)
    assert np.isclose(_settle([0.0, 1.0], step_s)[1], opened / (opened + 1))


def test_the_low_pass_moves_by_its_share() -> None:
    low_pass = LowPass(alpha=0.1)
    low_pass.apply(np.array([1.0]))
    assert np.allclose(low_pass.apply(np.array([0.0])), 0.9)
