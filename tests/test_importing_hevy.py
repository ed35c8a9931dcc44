import pytest

from tests.importing_parts import items, left_out, only, refusals, sessions, sets

HEADER = (
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,"
    "{weight},reps,{distance},duration_seconds,rpe\n"
)
KG = HEADER.format(weight="weight_kg", distance="distance_km")
LB = HEADER.format(weight="weight_lbs", distance="distance_miles")


def row(  # noqa: PLR0913 - a row has many fields, and a test names the one it is about
    reps: str = "5",
    weight: str = "80",
    *,
    start: str = '"16 Feb 2026, 18:30"',
    end: str = '"16 Feb 2026, 19:30"',
    title: str = "Push",
    exercise: str = "Bench Press (Barbell)",
    kind: str = "normal",
    tail: str = ",,8",
    notes: str = "",
    superset: str = "",
) -> str:
    return f"{title},{start},{end},,{exercise},{superset},{notes},0,{kind},{weight},{reps},{tail}\n"


def test_a_workout_has_its_sets_times_and_title() -> None:
    session = only(KG + row() + row("3", "82.5", exercise="Squat (Barbell)"))
    assert sets(session) == [("bench_press", 5, 80), ("squat", 3, 82.5)]
    assert (session.start_time, session.duration_s) == ("2026-02-16T18:30:00.000+01:00", 3600)
    assert (session.focus, session.source, session.user_id) == ("Push", "import", "ann")


@pytest.mark.parametrize(
    "start",
    [
        *('"16 févr. 2026, 18:30"', '"16 Feb. 2026, 18:30"', '"16 feb 2026, 18:30"', '"16 февр. 2026, 18:30"'),
        *('"16 Şub 2026, 18:30"', '"16 lut 2026, 18:30"', '"16 de fev. de 2026, 18:30"', '"16 Februar 2026, 18:30"'),
        *('"Feb 16, 2026, 6:30 PM"', '"2026年2月16日 18:30"', '"2026년 2월 16일 18:30"', "2026-02-16 18:30:00"),
        *('"16.02.2026, 18:30"', "2026-02-16T17:30:00Z", '"16 helmi 2026, 18.30"', "16/02/2026 18:30"),
    ],
)
def test_the_month_may_be_in_the_language_of_the_account(start: str) -> None:
    assert only(KG + row(start=start)).start_time == "2026-02-16T18:30:00.000+01:00"


def test_a_date_whose_day_might_be_its_month_is_refused() -> None:
    (reason,) = refusals(KG + row(start="03/04/2026 18:30"))
    assert "which is the day and which the month" in reason


def test_a_month_in_no_known_language_is_refused_with_its_line() -> None:
    (reason,) = refusals(KG + row() + row(start='"16 Foo 2026, 18:30"'))
    assert reason.startswith("file.csv, line 3: 'foo' is no month")


def test_pounds_and_miles_stand_in_the_header() -> None:
    session = only(LB + row("5", "225") + row("", "", tail="2.5,1200,", exercise="Running"))
    assert sets(session)[0] == ("bench_press", 5, 102.058)
    assert session.exercises[1].sets[0].notes == "2.5 miles"
    assert session.exercises[1].sets[0].hold_s == 1200


def test_set_types_are_kept_in_words() -> None:
    content = KG + "".join(row(kind=kind) for kind in ("warmup", "normal", "dropset", "failure"))
    (entry,) = only(content).exercises
    assert [(one.kind, one.notes) for one in entry.sets] == [
        ("warmup", None),
        ("working", None),
        ("working", "drop set"),
        ("working", "to failure"),
    ]


def test_supersets_and_notes_of_an_exercise_stand_at_its_first_set() -> None:
    (entry,) = only(KG + row(superset="0", notes='"belt, ""tight"""') + row(superset="0", notes="belt")).exercises
    assert [one.notes for one in entry.sets] == ['belt, "tight"; superset 0', None]


def test_two_workouts_of_one_day_are_two() -> None:
    found = sessions(KG + row() + row(start='"16 Feb 2026, 07:00"', end='"16 Feb 2026, 08:00"') + row("4"))
    assert [(one.start_time[11:16], len(sets(one))) for one in found] == [("18:30", 2), ("07:00", 1)]


def test_ids_are_the_same_at_the_second_reading_and_different_for_another_member() -> None:
    content = KG + row()
    assert only(content).session_id == only(content).session_id != only(content, user_id="bob").session_id


def test_the_language_of_an_export_does_not_change_the_id() -> None:
    assert only(KG + row()).session_id == only(KG + row(start='"16 lut 2026, 18:30"')).session_id


def test_a_set_that_cant_be_kept_is_told_and_the_others_stay() -> None:
    content = KG + row() + row("2.5") + row("", "", tail=",,") + row("5", "abc") + row("5", tail=",,77")
    assert sets(only(content)) == [("bench_press", 5, 80)]
    assert [line.partition(": ")[2] for line in left_out(content)] == [
        "2.5 is not a number of reps",
        "a set without reps, time and distance",
        "'abc' is not a number",
        "77 is not an RPE between 1 and 10",
    ]


def test_a_workout_without_a_sound_set_is_refused() -> None:
    (reason,) = refusals(KG + row("", "", tail=",,"))
    assert "no set that can be kept; line 2: a set without reps" in reason


def test_an_end_before_the_start_leaves_only_the_duration_out() -> None:
    content = KG + row(end='"16 Feb 2026, 18:00"')
    assert only(content).duration_s == 0
    assert "before the start" in left_out(content)[0]


def test_a_title_with_comma_and_line_break_is_one_field() -> None:
    assert only(KG + row(title='"Push,\nheavy"')).focus == "Push, heavy"


def test_a_row_with_too_many_fields_is_refused_alone() -> None:
    content = KG + row() + row(title="Push, heavy")
    assert len(sets(only(content))) == 1
    assert refusals(content) == [
        "file.csv, line 3: 15 fields, but the header names 14: is a field with a comma unquoted?"
    ]


def test_a_quote_that_is_never_closed_is_told_with_the_lines_it_swallows() -> None:
    plain = row(start="2026-02-16 18:30", end="")
    content = KG + plain + plain.replace("Push", '"Push') + plain * 3
    assert len(sets(only(content))) == 1
    assert "never closed, so lines 3 to 6" in refusals(content)[0]


def test_a_workout_of_the_future_is_refused() -> None:
    assert "has not come yet" in refusals(KG + row(start='"16 Feb 2031, 18:30"'))[0]


def test_a_header_without_rows_holds_nothing() -> None:
    assert items(KG) == []
