import pytest

from tests.fake_training import a_rep, a_session
from web import display


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (7.9, "0:07"), (75, "1:15"), (3723, "1:02:03")])
def test_durations_read_like_a_clock(seconds: float, text: str) -> None:
    assert display.duration(seconds) == text


def test_a_moment_is_shown_as_the_clock_stood_there() -> None:
    moment = "2026-11-20T23:59:00-05:00"
    assert (display.day(moment), display.clock(moment)) == ("Fri 20 Nov 2026", "23:59")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0\N{NO-BREAK SPACE}%"),
        (0.865, "87\N{NO-BREAK SPACE}%"),
        (1.0, "100\N{NO-BREAK SPACE}%"),
        (None, "\N{EN DASH}"),
    ],
)
def test_shares_are_whole_percent(share: float | None, text: str) -> None:
    assert display.percent(share) == text


@pytest.mark.parametrize(("value", "text"), [(97.0, "97"), (0.25, "0.25"), (1.999, "2"), (10.0, "10")])
def test_figures_carry_no_idle_digits(value: float, text: str) -> None:
    assert display.number(value) == text


def test_an_exercise_trained_twice_is_named_once() -> None:
    squats = a_session("s").exercises[0]
    assert display.exercise_names(a_session("s", exercises=(squats, squats))) == "Squat"


def test_bars_compare_with_the_largest_range() -> None:
    assert display.bars([a_rep(1, rom_deg=100.0), a_rep(2, rom_deg=50.0), a_rep(3, rom_deg=None)]) == [100, 50, 0]


def test_bars_without_any_range_are_flat() -> None:
    assert display.bars([a_rep(1, rom_deg=None)]) == [0]
