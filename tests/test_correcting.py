import msgspec
import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import PermanentError
from edge_agent.records import Session
from edge_agent.sessions.correcting import corrected, named
from edge_agent.sessions.edits import EntryEdit, SetEdit, WorkoutEdit
from tests.fake_training import a_session

EXERCISES = load_exercises()
SESSION = a_session("s1")
"""Two sets of five squats, seen by a camera."""


def edited(edit: WorkoutEdit, session: Session = SESSION) -> Session:
    return corrected(session, edit, EXERCISES)


def one_more(session: Session = SESSION, reps: int = 6) -> Session:
    return edited(WorkoutEdit(sets=(SetEdit(exercise=1, number=2, reps_full=reps),)), session)


def test_a_corrected_count_keeps_what_was_measured() -> None:
    first, second = one_more().exercises[0].sets
    assert (first.reps_full, first.measured_reps) == (5, None)
    assert (second.reps_full, second.measured_reps) == (6, 5)
    assert len(second.reps) == 5
    assert one_more().reps == 11


def test_a_second_correction_keeps_what_was_measured_first() -> None:
    assert one_more(one_more(), 9).exercises[0].sets[1].measured_reps == 5


def test_a_count_set_back_is_as_it_was_measured() -> None:
    assert one_more(one_more(), 5) == SESSION


def test_what_nobody_measured_has_nothing_to_keep() -> None:
    told = msgspec.structs.replace(SESSION, source="manual")
    assert one_more(told).exercises[0].sets[1].measured_reps is None


def test_words_and_weights_are_set_and_emptied() -> None:
    edit = SetEdit(exercise=1, number=1, weight_kg=82.5, rpe=8.5, kind="warmup", notes="easy")
    after = edited(WorkoutEdit(notes="good day", focus="legs", sets=(edit,)))
    one = after.exercises[0].sets[0]
    assert (one.weight_kg, one.rpe, one.kind, one.notes, one.reps_full) == (82.5, 8.5, "warmup", "easy", 5)
    assert (after.notes, after.focus) == ("good day", "legs")
    emptied = SetEdit(exercise=1, number=1, weight_kg=None, rpe=None, notes=None, kind="working")
    assert edited(WorkoutEdit(notes=None, focus=None, sets=(emptied,)), after) == SESSION


def test_another_exercise_keeps_the_one_that_was_seen() -> None:
    after = edited(WorkoutEdit(exercises=(EntryEdit(order=1, exercise="Lunge"),)))
    entry = after.exercises[0]
    assert (entry.exercise, entry.measured_exercise) == ("lunge", "squat")
    assert entry.muscles == EXERCISES["lunge"].muscles
    back = edited(WorkoutEdit(exercises=(EntryEdit(order=1, exercise="squat"),)), after).exercises[0]
    assert (back.exercise, back.measured_exercise) == ("squat", None)


def test_energy_and_feedback_follow_another_exercise() -> None:
    after = edited(WorkoutEdit(exercises=(EntryEdit(order=1, exercise="jumping_jack"),)))
    assert after.calories_kcal is not None
    assert SESSION.calories_kcal is not None
    assert after.calories_kcal > SESSION.calories_kcal
    assert all(point.startswith("Jumping jack: ") for point in after.feedback_points)
    back = edited(WorkoutEdit(exercises=(EntryEdit(order=1, exercise="squat"),)), after)
    assert back.calories_kcal == pytest.approx(SESSION.calories_kcal, abs=0.1)


def test_energy_stays_where_an_exercise_is_not_in_the_catalogue() -> None:
    after = edited(WorkoutEdit(exercises=(EntryEdit(order=1, exercise="Dragon flag"),)))
    assert (after.exercises[0].exercise, after.calories_kcal) == ("dragon_flag", SESSION.calories_kcal)


def test_a_corrected_count_leaves_energy_and_feedback() -> None:
    assert one_more().calories_kcal == SESSION.calories_kcal
    assert one_more().feedback_points == SESSION.feedback_points


@pytest.mark.parametrize(
    "edit",
    [
        WorkoutEdit(sets=(SetEdit(exercise=1, number=3, reps_full=1),)),
        WorkoutEdit(sets=(SetEdit(exercise=2, number=1, reps_full=1),)),
        WorkoutEdit(exercises=(EntryEdit(order=2, exercise="lunge"),)),
    ],
)
def test_what_is_not_there_can_not_be_corrected(edit: WorkoutEdit) -> None:
    with pytest.raises(PermanentError, match="has no"):
        edited(edit)


def test_a_claimed_workout_is_counted_with_its_members_weight() -> None:
    after = named(SESSION, "ann", "Ann", weight_ratio=0.8)
    assert (after.user_id, after.user_name, after.calories_kcal) == ("ann", "Ann", 14.0)
    assert named(msgspec.structs.replace(SESSION, calories_kcal=None), "ann", "Ann").calories_kcal is None
