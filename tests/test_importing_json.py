"""Lists of earlier trainers, pose summaries and session files."""

import json
from typing import Any

import pytest

from edge_agent.errors import PermanentError
from tests.importing_parts import items, left_out, only, refusals, sessions, sets
from tests.test_session_files import EXAMPLE

LEGACY = {
    "exercise": "bicep_curl",
    "start_time": "2026-02-16T18:30:00.123",
    "start_timestamp": 1771263000.1,
    "end_time": "2026-02-16T18:35:00",
    "reps": 12,
    "calories": 33.5,
    "duration": 300.2,
}
SUMMARY = {
    "user_id": "firebase-user-uid",
    "exercise": "squat",
    "reps": 15,
    "accuracy": 0.87,
    "timestamp": "2025-10-17T14:30:00.000Z",
    "duration": 120,
    "feedback_points": ["Keep knees aligned", "Great depth"],
}
STORED = {
    "sessionId": "auto-generated-id",
    "userId": "firebase-user-uid",
    "exercise": "squat",
    "reps": 15,
    "accuracy": 0.87,
    "timestamp": "2025-10-17T14:30:00.000Z",
    "duration": 120,
    "feedbackPoints": ["Keep knees aligned", "Great depth"],
    "createdAt": "2025-10-17T14:32:00.000Z",
}


def text(value: Any) -> str:
    return json.dumps(value)


def test_an_entry_of_sessions_json_is_a_workout_of_one_exercise() -> None:
    session = only(text([LEGACY]), "sessions.json")
    assert sets(session) == [("biceps_curl", 12, None)]
    assert (session.duration_s, session.calories_kcal) == (300.2, 33.5)
    assert session.start_time == "2026-02-16T18:30:00.123+01:00"


@pytest.mark.parametrize(
    "change",
    [
        {"start_time": None, "start": "2026-02-16T18:30:00"},
        {"duration": "5m"},
        {"duration": None, "duration_minutes": 5},
        {"reps": "12"},
        {"exercise": None, "exercise_name": "Bicep Curl"},
        {"user_id": "somebody", "source": "streamlit", "notes": "ok"},
    ],
)
def test_fields_are_taken_in_many_spellings(change: dict[str, Any]) -> None:
    session = only(text([{**LEGACY, **change}]), "sessions.json")
    assert sets(session) == [("biceps_curl", 12, None)]
    assert round(session.duration_s) == 300


def test_unix_seconds_are_a_start_too() -> None:
    assert only(text([{"exercise": "squat", "reps": 3, "start_time": 1771263000}]), "s.json").start_time == (
        "2026-02-16T18:30:00.000+01:00"
    )


def test_an_entry_with_exercises_of_its_own_is_one_workout() -> None:
    entry = {"start": "2026-02-16", "exercises": [{"name": "Squat", "sets": [{"reps": 5, "weight_kg": 80}]}]}
    assert sets(only(text({"sessions": [entry]}), "s.json")) == [("squat", 5, 80)]


def test_entries_that_began_together_are_told_apart() -> None:
    found = sessions(text([LEGACY, LEGACY | {"exercise": "squat"}]), "s.json")
    assert len({one.session_id for one in found}) == 2


def test_entries_that_are_no_workouts_are_refused_by_place() -> None:
    assert refusals(text([LEGACY, 3, {"exercise": "squat"}, LEGACY | {"reps": -1}]), "s.json") == [
        "s.json, entry 2: not an object",
        "s.json, entry 3: no start time",
        "s.json, entry 4: no set that can be kept; bicep_curl, set 1: -1 is not a number of reps",
    ]


def test_figures_nobody_reaches_are_left_out_and_told() -> None:
    content = text([LEGACY | {"calories": 1e9}])
    assert only(content, "s.json").calories_kcal is None
    assert left_out(content, "s.json") == ["1e+09 kcal"]


def test_of_a_file_of_several_people_only_ones_own_are_taken() -> None:
    content = text([LEGACY | {"user_id": "ann"}, LEGACY | {"user_id": "bob", "exercise": "squat"}])
    assert len(sessions(content, "s.json")) == 1
    assert "belongs to 'bob'" in refusals(content, "s.json")[0]


@pytest.mark.parametrize("summary", [SUMMARY, STORED])
def test_a_pose_summary_is_a_workout_in_either_spelling(summary: dict[str, Any]) -> None:
    session = only(text(summary), "summary.json")
    assert sets(session) == [("squat", 15, None)]
    assert (session.accuracy, session.duration_s) == (0.87, 120)
    assert session.feedback_points == ("Keep knees aligned", "Great depth")


def test_the_same_summary_by_phone_and_by_database_has_one_id() -> None:
    assert only(text(SUMMARY), "a.json").session_id == only(text([STORED]), "b.json").session_id


def test_what_programs_write_in_utc_is_shown_in_the_members_time_zone() -> None:
    assert only(text(SUMMARY), "a.json").start_time == "2025-10-17T16:30:00.000+02:00"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"accuracy": 1.5}, "accuracy 1.5"),
        ({"timestamp": "x"}, "is not a date"),
        ({"reps": 0, "duration": 0}, "neither"),
    ],
)
def test_a_summary_that_cant_be_is_refused(change: dict[str, Any], words: str) -> None:
    assert words in refusals(text(SUMMARY | change), "a.json")[0]


def test_a_session_file_is_read_under_an_id_of_the_members_own() -> None:
    session = only(text(EXAMPLE), "training_session_2026_02_16_3fcb25c2.json")
    assert (session.user_id, session.source) == ("ann", "import")
    assert session.session_id != EXAMPLE["_id"]
    assert sets(session)[-1] == ("bench_press", 5, 80)


def test_a_session_file_of_another_version_is_refused_and_the_field_named() -> None:
    assert "dataModelVersion" in refusals(text(EXAMPLE | {"dataModelVersion": "0.0.2"}), "a.json")[0]


def test_json_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(Exception, match=r"nested too deeply|not JSON"):
        items("[" * 100_000, "a.json")


def test_json_that_would_swell_in_memory_is_refused() -> None:
    with pytest.raises(PermanentError, match="more than 8 MB"):
        items("[" + "{}," * 3_000_000 + "{}]", "a.json")


@pytest.mark.parametrize(
    "countless",
    [{"sets": [{}] * 50_000}, {"exercises": [{"name": "squat", "sets": [{}]}] * 50_000}, {"sets": [{"reps": 5}] * 501}],
)
def test_a_workout_of_countless_sets_is_refused_before_each_is_looked_at(countless: dict[str, Any]) -> None:
    (refused,) = refusals(text([{"exercise": "squat", "start": 1770000000} | countless]), "sessions.json")
    assert refused.endswith("more than 100 exercises or 500 sets in one workout")
