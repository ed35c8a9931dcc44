"""Workouts as files for other programs: each file is opened by somebody else's reader."""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import fitdecode
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.exporting import table
from edge_agent.exporting.fit import fit_file, fit_name
from edge_agent.exporting.fit_file import Field, FitFile, Kind, crc, timestamp
from edge_agent.history.answers import Wanted
from edge_agent.records import ExerciseEntry, Session, WorkoutSet
from tests.journal_parts import make_session
from tests.test_session_files import rich_session
from tests.transfer_parts import NOW, Desk, desk


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as opened:
        yield opened


def lifted() -> Session:
    """Two sets of squats with a rest of 90 s between, and a plank."""

    def one(number: int, start: str, end: str, **fields: Any) -> WorkoutSet:
        day = "2026-02-16T18:"
        fields = {"reps_full": 5, "weight_kg": 82.5} | fields
        return WorkoutSet(number=number, started_at=f"{day}{start}+01:00", ended_at=f"{day}{end}+01:00", **fields)

    squat = ExerciseEntry(
        order=1,
        exercise="squat",
        name="Squat",
        sets=(one(1, "30:00", "30:20", kind="warmup", weight_kg=40), one(2, "31:50", "32:15")),
    )
    plank = ExerciseEntry(
        order=2,
        exercise="plank",
        name="Plänk",
        sets=(one(1, "33:00", "33:45", reps_full=0, weight_kg=None, hold_s=45),),
    )
    session = make_session(user_id="ann", start="2026-02-16T18:30:00+01:00")
    return msgspec.structs.replace(session, exercises=(squat, plank), calories_kcal=12.6, duration_s=225.0)


# CSV


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_spreadsheet_has_a_row_for_each_set(here: Desk) -> None:
    here.save(lifted())
    rows = rows_of(asyncio.run(here.export("csv")))
    assert [(row["exercise"], row["set_type"], row["reps_full"], row["weight_kg"]) for row in rows] == [
        ("squat", "warmup", "5", "40.0"),
        ("squat", "working", "5", "82.5"),
        ("plank", "working", "0", ""),
    ]
    assert rows[2]["hold_s"] == "45.0"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "\uff1d1"])
def test_no_text_is_a_formula_for_a_spreadsheet(name: str) -> None:
    session = msgspec.structs.replace(lifted(), notes=name, focus=name)
    (row, *_) = rows_of(table.header() + table.rows([session]))
    assert row["workout_notes"].startswith("'")
    assert row["title"].startswith("'")


def test_quotes_commas_and_line_breaks_stay_in_their_cell() -> None:
    notes = 'a, "b";\nc'
    (row, *_) = rows_of(table.header() + table.rows([msgspec.structs.replace(lifted(), notes=notes)]))
    assert row["workout_notes"] == notes


def test_every_row_has_a_value_for_every_column() -> None:
    content = (table.header() + table.rows([rich_session(), msgspec.structs.replace(lifted(), exercises=())])).decode()
    assert {len(row) for row in csv.reader(io.StringIO(content, newline=""))} == {len(table.COLUMNS)}


def test_the_filters_narrow_an_export(here: Desk) -> None:
    here.save(lifted(), make_session("b", user_id="ann", start="2026-03-01T10:00:00+01:00"))
    wanted = Wanted(since=date(2026, 2, 1), until=date(2026, 2, 28))
    rows = rows_of(asyncio.run(here.export("csv", wanted=wanted)))
    assert {row["session_id"] for row in rows} == {lifted().session_id}


def test_nobody_elses_workouts_are_in_an_export(here: Desk) -> None:
    here.save(lifted(), make_session("b", user_id="bob"))
    assert {row["user_id"] for row in rows_of(asyncio.run(here.export("csv")))} == {"ann"}


def test_an_export_comes_in_parts(here: Desk) -> None:
    here.save(*(make_session(f"s{number}", user_id="ann") for number in range(45)))

    async def parts() -> int:
        return len([part async for part in here.transfers.export("ann", "csv", Wanted())])

    assert asyncio.run(parts()) == 4


# FIT


def messages(content: bytes, name: str) -> list[dict[str, Any]]:
    with fitdecode.FitReader(io.BytesIO(content), check_crc=fitdecode.CrcCheck.RAISE) as reader:
        frames = [one for one in reader if isinstance(one, fitdecode.FitDataMessage) and one.name == name]
    return [{field.name: field.value for field in frame.fields} for frame in frames]


def test_a_fit_reader_finds_the_sets_with_reps_weights_and_times() -> None:
    sets = messages(fit_file(lifted()), "set")
    active = [one for one in sets if one["set_type"] == "active"]
    assert [(one["repetitions"], one["weight"], one["duration"]) for one in active] == [
        (5, 40.0, 20.0),
        (5, 82.5, 25.0),
        (None, None, 45.0),
    ]
    assert active[1]["start_time"] == datetime(2026, 2, 16, 17, 31, 50, tzinfo=UTC)
    assert [one["category"] for one in active] == ["squat", "squat", "plank"]


def test_rests_are_sets_of_their_own() -> None:
    assert [one["duration"] for one in messages(fit_file(lifted()), "set") if one["set_type"] == "rest"] == [90.0, 45.0]


def test_a_fit_reader_finds_one_strength_session_and_the_names() -> None:
    content = fit_file(lifted())
    (session,) = messages(content, "session")
    assert (session["sport"], session["sub_sport"]) == ("training", "strength_training")
    assert (session["total_elapsed_time"], session["total_calories"]) == (225.0, 13)
    assert [one["wkt_step_name"] for one in messages(content, "exercise_title")] == ["Squat", "Plänk"]
    (activity,) = messages(content, "activity")
    assert activity["num_sessions"] == 1


def test_the_vendors_own_reader_finds_no_fault() -> None:
    sdk = pytest.importorskip("garmin_fit_sdk")
    content = bytearray(fit_file(lifted()))
    assert sdk.Decoder(sdk.Stream.from_byte_array(content)).check_integrity()
    found, faults = sdk.Decoder(sdk.Stream.from_byte_array(content)).read()
    assert faults == []
    assert [one.get("weight") for one in found["set_mesgs"]] == [40.0, None, 82.5, None, None]


@pytest.mark.parametrize("session", [rich_session(), make_session(reps=0), make_session(sets=60)])
def test_any_session_makes_a_sound_file(session: Session) -> None:
    assert messages(fit_file(session), "file_id")[0]["type"] == "activity"


def test_a_fit_file_has_its_local_start_in_its_name() -> None:
    assert fit_name(lifted()) == "2026-02-16_183000_959f633d.fit"


def test_a_zip_of_fit_files_tells_which_workouts_are_too_old_for_it(here: Desk) -> None:
    here.save(lifted(), make_session("b", user_id="ann", start="1985-03-01T10:00:00+01:00"))
    with zipfile.ZipFile(io.BytesIO(asyncio.run(here.export("fit")))) as archive:
        assert sorted(archive.namelist()) == [fit_name(lifted()), "left_out.txt"]
        assert b"before 1990" in archive.read("left_out.txt")


def test_the_checksum_is_the_one_of_the_specification() -> None:
    assert crc(b"123456789") == 0xBB3D


@given(st.text(max_size=80), st.integers(-5, 1 << 33))
@settings(max_examples=50, deadline=None)
def test_texts_and_numbers_of_any_size_fit_into_their_fields(text: str, value: int) -> None:
    file = FitFile()
    field = Field(number=2, base="string", size=16)
    file.add(Kind(number=264, fields=(field, Field(number=0, base="uint16"))), [text, value])
    (found,) = messages(file.finish(), "exercise_title")
    assert set(found) == {"wkt_step_name", "exercise_category"}


def test_a_time_before_1990_is_refused() -> None:
    with pytest.raises(ValueError, match="before 1990"):
        timestamp(datetime(1985, 1, 1, tzinfo=UTC))


# Everything


def test_the_zip_of_everything_holds_workouts_files_profile_and_other_records(here: Desk) -> None:
    here.save(lifted())
    for entity, key in (("member", "ann"), ("program", "p1"), ("readiness", "r1")):
        here.journal.put_record(entity, key, {"user_id": "ann", "name": "Ann"}, here.rev(), NOW)
    here.journal.put_record("program", "p2", {"user_id": "bob"}, here.rev(), NOW)
    with zipfile.ZipFile(io.BytesIO(asyncio.run(here.export("json")))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [
            *("README.txt", "profile.json", "records/program.jsonl", "records/readiness.jsonl"),
            *("session_files/training_session_2026_02_16_959f633d.json", "workouts.jsonl"),
        ]
        assert json.loads(archive.read("profile.json"))["name"] == "Ann"
        assert [json.loads(line)["key"] for line in archive.read("records/program.jsonl").splitlines()] == ["p1"]
        assert msgspec.json.decode(archive.read("workouts.jsonl"), type=Session) == lifted()


def test_an_export_imported_into_an_empty_kiosk_gives_equal_sessions(here: Desk, tmp_path: Path) -> None:
    here.save(
        lifted(), *(make_session(f"s{n}", user_id="ann", start=f"2026-01-{n:02d}T10:00:00+01:00") for n in (1, 2))
    )
    content = asyncio.run(here.export("json"))
    with desk(tmp_path / "other", trusts_exports=True) as other:
        report = asyncio.run(other.bring(content, name="export.zip"))
        assert (report.new, report.refused) == (3, 0)
        names = {"user_name": "", "device_id": ""}
        assert [msgspec.structs.replace(one, **names) for one in other.sessions()] == [
            msgspec.structs.replace(one, **names) for one in here.sessions()
        ]


def test_an_export_from_a_file_is_told_and_not_counted_by_the_camera(here: Desk, tmp_path: Path) -> None:
    here.save(lifted())
    content = asyncio.run(here.export("json"))
    with desk(tmp_path / "other") as other:
        asyncio.run(other.bring(content, name="export.zip"))
        (session,) = other.sessions()
        assert session.source == "import"
        assert session.exercises == lifted().exercises


def test_an_export_imported_where_it_comes_from_changes_nothing(here: Desk) -> None:
    here.save(lifted())
    content = asyncio.run(here.export("json"))
    report = asyncio.run(here.bring(content, name="export.zip"))
    assert (report.new, report.known) == (0, 1)


def test_an_edited_export_cant_bring_figures_nobody_reaches(here: Desk) -> None:
    document = msgspec.to_builtins(lifted())
    document["exercises"][0]["sets"][0]["weight_kg"] = 1e9
    report = asyncio.run(here.bring(msgspec.json.encode(document) + b"\n", name="workouts.jsonl"))
    assert (report.new, report.refused) == (0, 1)
    assert "weight 1e+09 is not between" in report.rows[0].reason
