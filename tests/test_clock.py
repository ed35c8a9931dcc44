import random

import pytest

from edge_agent.sync.clock import HybridClock

NOW_MS = 1_771_281_290_000


def test_a_reading_is_the_wall_clock_a_counter_and_the_device() -> None:
    assert HybridClock("kiosk-1").tick(NOW_MS) == "1771281290000-0000-kiosk-1"


def test_readings_rise_also_within_a_millisecond() -> None:
    clock = HybridClock("kiosk-1")
    readings = [clock.tick(NOW_MS) for _ in range(20)]
    assert readings == sorted(set(readings))


def test_a_wall_clock_set_back_does_not_turn_it_back() -> None:
    clock = HybridClock("kiosk-1")
    before = clock.tick(NOW_MS)
    assert clock.tick(NOW_MS - 3_600_000) > before
    assert clock.tick(0) > before


def test_it_goes_on_after_the_last_reading_of_a_former_life() -> None:
    last = HybridClock("kiosk-1").tick(NOW_MS)
    assert HybridClock("kiosk-1", last).tick(NOW_MS - 5000) == "1771281290000-0001-kiosk-1"


def test_a_full_counter_moves_the_milliseconds() -> None:
    clock = HybridClock("kiosk-1", f"{NOW_MS}-ffff-kiosk-1")
    assert clock.tick(NOW_MS) == f"{NOW_MS + 1}-0000-kiosk-1"


def test_what_it_has_seen_of_another_device_is_older_than_what_comes() -> None:
    clock = HybridClock("kiosk-1")
    ahead = HybridClock("kiosk-2").tick(NOW_MS + 60_000)
    assert clock.observe(ahead, NOW_MS) > ahead
    assert clock.tick(NOW_MS) > ahead


def test_an_older_reading_of_another_device_changes_nothing() -> None:
    clock = HybridClock("kiosk-1")
    mine = clock.tick(NOW_MS)
    assert clock.observe(HybridClock("kiosk-2").tick(5), NOW_MS) > mine


def test_readings_of_two_devices_that_talk_sort_as_they_happened() -> None:
    random.seed(1)
    clocks = [HybridClock("kiosk-1"), HybridClock("kiosk-2")]
    readings = [clocks[0].tick(NOW_MS)]
    for _ in range(300):
        wall_ms = NOW_MS + random.randint(-100_000, 100_000)
        readings.append(random.choice(clocks).observe(readings[-1], wall_ms))
    assert readings == sorted(set(readings))


@pytest.mark.parametrize("rev", ["x", "12", "a-b-c", "1-zz-kiosk"])
def test_what_is_no_reading_is_refused(rev: str) -> None:
    with pytest.raises(ValueError, match="not a revision"):
        HybridClock("kiosk-1").observe(rev, NOW_MS)
