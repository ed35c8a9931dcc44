import pytest

from edge_agent.sessions.calories import active_kcal, session_kcal


def test_one_met_hour_of_a_kilogram_is_about_one_kilocalorie() -> None:
    assert active_kcal(1.0, 1.0, 3600) == pytest.approx(1.05)


def test_work_and_rest_are_added() -> None:
    work_only = active_kcal(5.0, 80, 60)
    rest_only = active_kcal(1.5, 80, 120)
    assert session_kcal([(5.0, 60.0)], 80, 180) == pytest.approx(work_only + rest_only, abs=0.05)


def test_a_heavier_body_spends_more() -> None:
    assert session_kcal([(5.0, 60.0)], 100, 60) > session_kcal([(5.0, 60.0)], 60, 60)
