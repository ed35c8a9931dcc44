import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from edge_agent.exporting.training_log import file_names, to_training_log
from edge_agent.journal.files import Files
from edge_agent.journal.session_files import write_session_file
from edge_agent.records import Session, WorkoutSet
from tests.journal_parts import FailingFiles, make_session

SCHEMA = json.loads(resources.files("edge_agent.journal").joinpath("training_session_log.schema.json").read_bytes())


def check(document: Any) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def rich_session() -> Session:
    """The workout of the specification's example."""
    plain = make_session()
    entry = plain.exercises[0]
    warmup = WorkoutSet(number=1, kind="warmup", started_at="", ended_at="", reps_full=5, weight_kg=20)
    working = WorkoutSet(
        number=2,
        started_at="",
        ended_at="",
        reps_full=5,
        weight_kg=80,
        rpe=8,
        rep_assessment="perfect",
        rest_before_s=90,
        notes="steady",
    )
    bench = msgspec.structs.replace(entry, name="Barbell Bench Press", muscles=(), sets=(warmup, working))
    return msgspec.structs.replace(
        plain, exercises=(bench,), phase=2, week=5, is_deload_week=False, focus="upper-strength"
    )


EXAMPLE = {
    "dataModelVersion": "0.0.1",
    "dataModelType": "training_session_log",
    "_id": "0194f7a1-5ca4-7c42-9530-f957959f633d",
    "userId": "apoorva",
    "userName": "Apoorva Sharma",
    "date": "2026-02-16T23:34:50+01:00",
    "phase": 2,
    "week": 5,
    "isDeloadWeek": False,
    "focus": "upper-strength",
    "exercises": [
        {
            "Order": 1,
            "Name": "Barbell Bench Press",
            "targetMuscleGroups": [],
            "warmupSets": [{"set": 1, "weightKg": 20, "repCount": 5, "notes": None}],
            "workingSets": [
                {
                    "set": 1,
                    "weightKg": 80,
                    "repCount": {"full": 5, "partial": 0},
                    "rpe": 8,
                    "repAssessment": "perfect",
                    "actualRestMinutes": 1.5,
                    "notes": "steady",
                }
            ],
        }
    ],
}


def test_a_session_becomes_exactly_the_specified_document() -> None:
    assert to_training_log(rich_session()) == EXAMPLE
    assert json.dumps(to_training_log(rich_session())) == json.dumps(EXAMPLE)


def test_the_document_of_a_camera_session_fits_the_schema() -> None:
    check(to_training_log(make_session()))
    check(to_training_log(rich_session()))


@pytest.mark.parametrize("field", ["_id", "date", "exercises", "phase"])
def test_the_schema_refuses_a_document_that_lacks_a_field(field: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check({name: value for name, value in EXAMPLE.items() if name != field})


def test_the_schema_refuses_what_is_not_in_it() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check(EXAMPLE | {"calories": 100})
    with pytest.raises(jsonschema.ValidationError):
        check(EXAMPLE | {"date": "16.02.2026"})


def test_the_date_in_the_name_is_the_one_where_the_session_was() -> None:
    late = make_session(start="2026-02-16T23:59:00-08:00")
    assert next(file_names(late)).startswith("training_session_2026_02_16_")


def test_sessions_of_one_minute_have_different_names() -> None:
    first = make_session("0194f7a1-5ca4-7c42-9530-f957959f633d")
    second = make_session("0194f7a1-5ca5-7c42-8a11-0c1d2e3f4a5b")
    assert next(file_names(first)) != next(file_names(second))


def test_every_name_has_eight_hexadecimal_digits() -> None:
    for session_id in ("0194f7a1-5ca4-7c42-9530-f957959f633d", "imported/../42"):
        for name in file_names(make_session(session_id)):
            digits = name.removeprefix("training_session_2026_02_16_").removesuffix(".json")
            assert len(digits) == 8
            assert int(digits, 16) >= 0


def test_a_name_taken_by_another_session_is_passed_over(tmp_path: Path) -> None:
    first = make_session("0194f7a1-0000-7000-8000-0000959f633d")
    second = make_session("0194f7a2-0000-7000-8000-0000959f633d")
    names = [write_session_file(Files(), tmp_path, one) for one in (first, second)]
    assert names[0].endswith("_959f633d.json")
    assert names[0] != names[1]
    ids = [json.loads((tmp_path / name).read_bytes())["_id"] for name in names]
    assert ids == [first.session_id, second.session_id]


def test_a_foreign_file_is_never_written_over(tmp_path: Path) -> None:
    foreign = tmp_path / next(file_names(make_session()))
    foreign.write_text("not JSON")
    name = write_session_file(Files(), tmp_path, make_session())
    assert foreign.read_text() == "not JSON"
    check(json.loads((tmp_path / name).read_bytes()))


def test_a_new_version_replaces_the_file(tmp_path: Path) -> None:
    write_session_file(Files(), tmp_path, make_session(reps=3))
    write_session_file(Files(), tmp_path, make_session(reps=4))
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_bytes())["exercises"][0]["workingSets"][0]["repCount"] == {"full": 4, "partial": 0}


@pytest.mark.parametrize("operation", ["pwrite", "fsync", "rename"])
def test_a_new_version_that_can_not_be_written_leaves_the_old_file_whole(tmp_path: Path, operation: str) -> None:
    files = FailingFiles()
    name = write_session_file(files, tmp_path, make_session(reps=3))
    before = (tmp_path / name).read_bytes()
    files.failing = {operation}
    with pytest.raises(OSError, match="error"):
        write_session_file(files, tmp_path, make_session(reps=4), name)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def held_session() -> Session:
    plain = make_session()
    held = WorkoutSet(number=1, started_at="", ended_at="", reps_full=0, hold_s=34.2)
    plank = msgspec.structs.replace(plain.exercises[0], exercise="plank", name="Plank", sets=(held,))
    return msgspec.structs.replace(plain, exercises=(plank,))


def test_seconds_are_told_of_what_is_held() -> None:
    document = to_training_log(held_session())
    check(document)
    row = document["exercises"][0]["workingSets"][0]
    assert (row["holdSeconds"], row["repCount"]) == (34.2, {"full": 0, "partial": 0})
