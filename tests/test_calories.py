from typing import Any

import msgspec
import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.records import ExerciseEntry, Session, WorkoutSet
from edge_agent.sessions.calories import active_kcal, kept_kcal, session_kcal, with_kcal
from tests.journal_parts import START, make_session

EXERCISES = load_exercises()


def told(exercise: str = "squat", duration_s: float = 600.0, **one: Any) -> Session:
    """A workout of one set that nobody timed."""
    fields: dict[str, Any] = {"started_at": START, "ended_at": START, "reps_full": 10} | one
    entry = ExerciseEntry(order=1, exercise=exercise, name=exercise, sets=(WorkoutSet(number=1, **fields),))
    return msgspec.structs.replace(make_session(), source="manual", duration_s=duration_s, exercises=(entry,))


def test_one_met_hour_of_a_kilogram_is_about_one_kilocalorie() -> None:
    assert active_kcal(1.0, 1.0, 3600) == pytest.approx(1.05)


def test_work_and_rest_are_added() -> None:
    work_only = active_kcal(5.0, 80, 60)
    rest_only = active_kcal(1.5, 80, 120)
    assert session_kcal([(5.0, 60.0)], 80, 180) == pytest.approx(work_only + rest_only, abs=0.05)


def test_a_heavier_body_spends_more() -> None:
    assert session_kcal([(5.0, 60.0)], 100, 60) > session_kcal([(5.0, 60.0)], 60, 60)


def test_a_rep_that_nobody_timed_counts_as_three_seconds_of_work() -> None:
    assert kept_kcal(told(), EXERCISES, 80) == session_kcal([(EXERCISES["squat"].met, 30.0)], 80, 600)


def test_what_was_held_is_work_for_as_long() -> None:
    held = told("plank", reps_full=0, hold_s=45.0)
    assert kept_kcal(held, EXERCISES, 80) == session_kcal([(EXERCISES["plank"].met, 45.0)], 80, 600)


def test_a_set_with_times_lasts_as_long_as_they_say() -> None:
    timed = told(started_at="2026-02-16T18:00:00+01:00", ended_at="2026-02-16T18:01:40+01:00")
    assert kept_kcal(timed, EXERCISES, 80) == session_kcal([(EXERCISES["squat"].met, 100.0)], 80, 600)


def test_the_sets_together_last_no_longer_than_the_workout() -> None:
    assert kept_kcal(told(reps_full=1000), EXERCISES, 80) == session_kcal([(EXERCISES["squat"].met, 600.0)], 80, 600)


@pytest.mark.parametrize("session", [told("zercher_carry"), told(duration_s=0.0)])
def test_nothing_is_made_up_for_an_unknown_exercise_or_length(session: Session) -> None:
    assert kept_kcal(session, EXERCISES, 80) is None


def test_a_figure_that_is_there_stays() -> None:
    assert with_kcal(told(), EXERCISES, 80).calories_kcal
    for other in ({"calories_kcal": 1.0}, {"source": "camera", "calories_kcal": None}):
        session = msgspec.structs.replace(told(), **other)
        assert with_kcal(session, EXERCISES, 80) == session
