import pytest

from tests.importing_parts import left_out, only, refusals, sessions, sets

HEADER = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
START = "2026-02-16 18:30:00"


def row(order: str = "1", weight: str = "80.0", reps: str = "5", seconds: str = "0", *, notes: str = "") -> str:
    return (
        f'{START},"Push, heavy",1h 5m,"Squat (Barbell)",{order},{weight},{reps},0,{seconds},"{notes}","felt good",8\n'
    )


def test_a_workout_has_its_sets_duration_and_notes() -> None:
    session = only(HEADER + row() + row("2", "82.5", "3"))
    assert sets(session) == [("squat", 5, 80), ("squat", 3, 82.5)]
    assert (session.duration_s, session.notes, session.focus) == (3900, "felt good", "Push, heavy")
    assert session.exercises[0].sets[0].rpe == 8


def test_the_short_header_of_older_versions_is_read() -> None:
    header = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,RPE\n"
    assert sets(only(f"{header}{START},Push,45m,Squat,1,80,5,0,0,\n")) == [("squat", 5, 80)]


@pytest.mark.parametrize(("order", "kind", "notes"), [("W", "warmup", None), ("D", "working", "drop set")])
def test_letters_in_set_order_are_kinds_of_sets(order: str, kind: str, notes: str | None) -> None:
    (one,) = only(HEADER + row(order)).exercises[0].sets
    assert (one.kind, one.notes) == (kind, notes)


def test_a_rest_timer_is_no_set_but_the_rest_before_the_next() -> None:
    (entry,) = only(HEADER + row() + row("Rest Timer", "0", "0", "90") + row("2")).exercises
    assert [one.rest_before_s for one in entry.sets] == [None, 90]


def test_a_note_row_becomes_a_note_of_the_workout() -> None:
    assert only(HEADER + row() + row("Note", "", "", "", notes="knee hurts")).notes == (
        "felt good\nSquat (Barbell): knee hurts"
    )


def test_an_unknown_set_order_is_told_and_left_out() -> None:
    content = HEADER + row() + row("Z")
    assert len(sets(only(content))) == 1
    assert "line 3: set order 'Z' is not known" in left_out(content)


def test_semicolons_decimal_commas_and_a_byte_order_mark_are_read() -> None:
    content = (
        "\ufeffDate;Workout Name;Exercise Name;Set Order;Weight;Weight Unit;Reps;RPE;Distance;Distance Unit;Seconds;"
        f"Notes;Workout Notes;Workout Duration\r\n{START};A;Deadlift (Barbell);1;102,5;kg;5;;;;0;;;50m\r\n"
    )
    session = only(content)
    assert sets(session) == [("deadlift", 5, 102.5)]
    assert session.duration_s == 3000


def test_the_unit_may_stand_in_the_header_alone() -> None:
    header = HEADER.replace("Weight", "Weight (lb)").replace("Duration", "Duration (sec)")
    session = only(header + row(weight="100").replace("1h 5m", "3900"))
    assert sets(session) == [("squat", 5, 45.359)]
    assert session.duration_s == 3900


def test_without_any_unit_weights_are_in_the_members_own_and_that_is_told() -> None:
    assert sets(only(HEADER + row(weight="100"), unit="lb")) == [("squat", 5, 45.359)]
    assert left_out(HEADER + row() + row("2")) == ["the file names no unit, so weights are taken as kg"]


def test_an_unquoted_decimal_comma_does_not_shift_the_columns_silently() -> None:
    content = HEADER + row() + row("2", "82,5")
    assert len(sets(only(content))) == 1
    assert "is a field with a comma unquoted?" in refusals(content)[0]


def test_a_shifted_row_is_refused_also_where_its_last_field_is_empty() -> None:
    header = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
    shifted = '2026-02-16 18:30:00,Legs,1h,Squat (Barbell),1,82,5,8,0,0,"","",\n'
    assert sessions(header + shifted) == []
    assert "is a field with a comma unquoted?" in refusals(header + shifted)[0]


def test_seconds_without_reps_are_a_hold_and_no_weight_is_none() -> None:
    (one,) = only(HEADER + row(weight="0", reps="0", seconds="60")).exercises[0].sets
    assert (one.reps_full, one.hold_s, one.weight_kg) == (0, 60, None)


def test_utf_16_as_spreadsheets_save_it_is_read() -> None:
    assert sets(only((HEADER + row()).encode("utf-16"))) == [("squat", 5, 80)]


def test_two_workouts_of_one_day_are_two() -> None:
    assert len(sessions(HEADER + row() + row().replace("18:30", "07:00"))) == 2


def test_an_exercise_of_its_own_keeps_its_name() -> None:
    (entry,) = only(HEADER + row().replace("Squat (Barbell)", "Bench Press (Dumbbell)")).exercises
    assert (entry.exercise, entry.name) == ("bench_press_dumbbell", "Bench Press (Dumbbell)")
