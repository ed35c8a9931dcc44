import pytest

from edge_agent.records import Rep
from edge_agent.sessions.set_figures import SetFigures, set_figures


def rep(**changes: object) -> Rep:
    return Rep(**({"number": 1, "start_s": 0.0, "end_s": 2.0, "concentric_s": 1.0} | changes))  # type: ignore[arg-type]


def figures(*reps: Rep) -> SetFigures:
    found = set_figures(reps)
    assert found is not None
    return found


def test_a_set_without_reps_has_no_figures() -> None:
    assert set_figures([]) is None


def test_the_means_are_of_all_reps_that_are_sure() -> None:
    two = figures(
        rep(eccentric_s=1.0, rom_deg=90.0), rep(eccentric_s=2.0, rom_deg=110.0), rep(eccentric_s=9.0, doubtful=True)
    )
    assert (two.eccentric_s, two.rom_deg) == (1.5, 100.0)


def test_a_set_of_doubtful_reps_has_their_means() -> None:
    assert figures(rep(concentric_s=1.4, doubtful=True)).concentric_s == 1.4


def test_losses_compare_the_last_third_with_the_first() -> None:
    six = figures(*(rep(rom_deg=one) for one in (100.0, 100, 10, 10, 80, 80)))
    assert six.range_loss is None
    six = figures(*(rep(rom_deg=one) for one in (100.0, 100, 95, 95, 80, 80)))
    assert [six.range_loss, six.speed_loss] == pytest.approx([20, 20])


def test_a_smaller_range_in_the_same_time_is_slower() -> None:
    assert figures(*(rep(rom_deg=one, concentric_s=1.0) for one in (100.0, 90, 80, 70))).speed_loss == pytest.approx(30)


def test_without_a_range_the_time_tells_the_speed() -> None:
    four = figures(*(rep(concentric_s=one) for one in (1.0, 1.0, 1.0, 2.0)))
    assert four.range_loss is None
    assert four.speed_loss == pytest.approx(50)


def test_a_gain_is_a_negative_loss() -> None:
    assert figures(*(rep(concentric_s=one) for one in (2.0, 1.0, 1.0, 1.0))).speed_loss == pytest.approx(-100)


def test_three_reps_tell_nothing_of_fatigue() -> None:
    assert figures(*(rep(concentric_s=one) for one in (1.0, 1.0, 3.0))).speed_loss is None


def test_sides_that_were_never_both_seen_have_no_symmetry() -> None:
    assert figures(rep(), rep()).symmetry is None
    assert figures(rep(symmetry=0.8), rep()).symmetry == 0.8
