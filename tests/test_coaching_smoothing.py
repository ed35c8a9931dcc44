from math import pi, sin

import pytest

from edge_agent.coaching.smoothing import Envelope, LowPass, Median


def test_a_single_wild_value_vanishes_in_the_median() -> None:
    median = Median(0.12)
    assert [median.update(number / 30, value) for number, value in enumerate([1, 1, 1, 99, 1, 1])] == [1] * 6


def test_a_median_of_rare_frames_forgets_what_is_older_than_it_may_be() -> None:
    median = Median(0.12, longest_s=0.25)
    for index in range(3):
        median.update(0.1 * index, 0.0)
    assert median.update(0.6, 1.0) == 1.0


def test_the_median_still_rejects_a_wild_value_at_few_frames_a_second() -> None:
    median = Median(0.12)
    assert [median.update(number / 8, value) for number, value in enumerate([1, 1, 1, 99, 1, 1])] == [1] * 6


@pytest.mark.parametrize("fps", [10, 30, 60])
def test_the_low_pass_does_not_depend_on_the_frame_rate(fps: int) -> None:
    low_pass = LowPass(1.0)
    low_pass.update(0.0, 0.0)
    for number in range(1, fps // 2 + 1):
        low_pass.update(number / fps, 1.0)
    assert low_pass.value == pytest.approx(0.957, abs=0.01)


def test_the_low_pass_keeps_slow_and_damps_fast() -> None:
    slow, fast = LowPass(1.0), LowPass(1.0)
    times = [number / 100 for number in range(1000)]
    assert max(slow.update(t, sin(2 * pi * 0.1 * t)) for t in times) > 0.95
    assert max(fast.update(t, sin(2 * pi * 10 * t)) for t in times[200:]) < 0.2


def test_the_envelope_widens_at_once_and_leaks_slowly() -> None:
    envelope = Envelope(6.0)
    envelope.update(0.0, 0.0)
    assert envelope.update(0.1, 1.0) > 0.95
    assert envelope.update(6.1, 1.0) == pytest.approx(0.37, abs=0.02)
