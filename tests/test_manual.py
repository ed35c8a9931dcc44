from collections.abc import Callable
from datetime import datetime

import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import PermanentError
from edge_agent.sessions import manual
from edge_agent.sessions.manual import ManualFacts, ManualSet, NamedExercise, manual_session, named_exercise
from edge_agent.sessions.words import performance_words

EXERCISES = load_exercises()
FACTS = ManualFacts(
    session_id="m1",
    user_id="ann",
    user_name="Ann",
    device_id="kiosk-1",
    start=datetime.fromisoformat("2026-02-16T18:30:00+01:00"),
    duration_s=3000,
    clock_certain=True,
    boot_id="boot",
    focus="upper-strength",
)
BENCH = NamedExercise(key="bench_press", name="Bench Press")
WARMUP = ManualSet(kind="warmup", reps_full=5, weight_kg=20)
WORKING = ManualSet(kind="working", reps_full=5, reps_partial=1, weight_kg=82.5, rpe=8, rep_assessment="perfect")


def test_a_told_workout_is_a_session_of_its_start_and_length() -> None:
    session = manual_session(FACTS, [(BENCH, [WARMUP, WORKING])])
    assert (session.source, session.user_id, session.focus) == ("manual", "ann", "upper-strength")
    assert (session.start_time, session.end_time) == ("2026-02-16T18:30:00.000+01:00", "2026-02-16T19:20:00.000+01:00")


def test_exercises_and_sets_are_numbered_in_the_order_they_were_told() -> None:
    session = manual_session(FACTS, [(BENCH, [WARMUP, WORKING]), (NamedExercise(key="dip", name="Dip"), [WORKING])])
    assert [(entry.order, entry.name) for entry in session.exercises] == [(1, "Bench Press"), (2, "Dip")]
    assert [(one.number, one.kind) for one in session.exercises[0].sets] == [(1, "warmup"), (2, "working")]


def test_nothing_is_made_up_about_a_told_workout() -> None:
    session = manual_session(FACTS, [(BENCH, [WORKING])])
    assert (session.calories_kcal, session.accuracy, session.exercises[0].sets[0].reps) == (None, None, ())


@pytest.mark.parametrize("name", ["Squat", "squat", " SQUAT "])
def test_a_known_exercise_is_found_by_its_name_or_key(name: str) -> None:
    known = named_exercise(name, EXERCISES)
    assert (known.key, known.name) == ("squat", "Squat")
    assert known.muscles


def test_a_new_exercise_has_the_same_key_however_it_is_typed() -> None:
    names = ("Barbell Bench-Press", "barbell  bench press", "BARBELL BENCH PRESS")
    assert {named_exercise(name, EXERCISES).key for name in names} == {"barbell_bench_press"}
    assert named_exercise("!", EXERCISES).key == "exercise"


@pytest.mark.parametrize(("text", "reps"), [("5", (5, 0)), ("5+1", (5, 1)), ("0 + 3", (0, 3))])
def test_reps_are_typed_full_or_full_and_partial(text: str, reps: tuple[int, int]) -> None:
    assert manual.parse_reps(text) == reps


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (manual.parse_weight_kg, "80", 80),
        (manual.parse_weight_kg, "82,5 kg", 82.5),
        (manual.parse_rpe, "8.5", 8.5),
        (manual.parse_assessment, "P", "perfect"),
        (manual.parse_rest_s, "1.5", 90),
        (manual.parse_rest_s, "2:05", 125),
        (manual.parse_rest_s, "45 s", 45),
        (manual.parse_full_reps, "12", 12),
        (manual.parse_hold_s, "45", 45),
        (manual.parse_hold_s, "62.5 sec", 62.5),
        (manual.parse_hold_s, "1:30", 90),
        (manual.parse_hold_s, "1,5 min", 90),
    ],
)
def test_what_people_type_is_understood(parse: Callable[[str], object], text: str, value: object) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        *((manual.parse_reps, text) for text in ("0", "-1", "five", "5+", "99999", "5.5", "nan")),
        *((manual.parse_weight_kg, text) for text in ("-5", "nan", "inf", "1e9", "80 lb", "1001")),
        *((manual.parse_rpe, text) for text in ("0", "11", "8.3", "hard")),
        *((manual.parse_assessment, text) for text in ("", "ok", "perfectly")),
        *((manual.parse_rest_s, text) for text in ("-1", "1:75", "soon", "9999")),
        (manual.parse_full_reps, "5+1"),
        *((manual.parse_hold_s, text) for text in ("0", "-5", "long", "1:75", "61 min", "5+1")),
    ],
)
def test_nonsense_is_refused_with_an_example(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(PermanentError, match="type "):
        parse(text)


def test_what_is_held_is_told_in_seconds() -> None:
    plank = named_exercise("Plank", EXERCISES)
    assert plank.held
    told = [manual.parse_done("1:05", kind, held=plank.held) for kind in ("warmup", "working")]
    session = manual_session(FACTS, [(plank, told)])
    assert [(one.kind, one.hold_s, one.reps_full) for one in session.exercises[0].sets] == [
        ("warmup", 65, 0),
        ("working", 65, 0),
    ]
    assert performance_words(session, "plank") == "2026-02-16: warm-up held 65 s; held 65 s"


def test_a_performance_is_told_in_one_line() -> None:
    bodyweight = ManualSet(kind="working", reps_full=12)
    session = manual_session(FACTS, [(BENCH, [WARMUP, WORKING]), (BENCH, [bodyweight])])
    words = performance_words(session, "bench_press")
    assert words == "2026-02-16: warm-up 20 kg x 5; 82.5 kg x 5+1, RPE 8, perfect; 12 reps"
