from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from edge_agent.cloud.documents import KINDS, Document
from edge_agent.cloud.mongo_documents import readable
from edge_agent.cloud.rows import TABLES, member_stub, row_of, set_rows
from edge_agent.cloud.sql_tables import PLAIN, WORKOUT_SETS
from edge_agent.errors import PermanentError
from edge_agent.records import Change
from tests.cloud_parts import member, one_of_each, program, progress, session
from tests.history_parts import done, entry, workout

REV = "1771281290000-0000-kiosk-1"


def document(change: Change) -> Document:
    return msgspec.convert(change.doc, KINDS[change.entity])


@pytest.mark.parametrize("change", one_of_each(), ids=lambda change: change.entity)
def test_a_row_has_a_value_for_each_column(change: Change) -> None:
    row = row_of(document(change))
    given_by_the_store = {"created_at"} if change.entity == "session" else set()
    assert row.keys() | given_by_the_store == {column.name for column in PLAIN[change.entity].columns}


def test_owners_come_before_what_they_own() -> None:
    assert list(KINDS) == list(TABLES)
    order = [table.name for table in PLAIN.values()]
    for table in PLAIN.values():
        for key in table.foreign_keys:
            assert order.index(key.column.table.name) < order.index(table.name)


def test_moments_are_in_utc_and_the_day_is_the_kiosks() -> None:
    row = row_of(document(session(1, "one", start_time="2026-02-17T00:30:00+02:00")))
    assert row["start_time"] == datetime(2026, 2, 16, 22, 30, tzinfo=UTC)
    assert (row["day"], row["timestamp"]) == ("2026-02-17", "2026-02-17T00:30:00+02:00")


def test_a_nul_becomes_a_replacement_character_wherever_it_is() -> None:
    row = row_of(document(member(1, name="A\0nn", profile={"a": ["b\0", {"c": "\0"}]})))
    assert (row["name"], row["profile"]) == ("A\ufffdnn", {"a": ["b\ufffd", {"c": "\ufffd"}]})


@pytest.mark.parametrize("number", [2**31, -(2**31), 10**30])
def test_a_number_that_fits_no_column_is_refused(number: int) -> None:
    with pytest.raises(PermanentError, match=f"cannot take it: week_number {number} is too large"):
        row_of(document(progress(1, week_number=number)))


def test_a_stub_is_a_whole_row() -> None:
    assert member_stub("ann", "Ann") == row_of(document(member(1, created_at=None)))


def exercises(*names: str) -> dict[str, Any]:
    change = session(1, "one")
    assert change.doc is not None
    (entry,) = change.doc["exercises"]
    several = [entry | {"exercise": name} for name in names]
    return readable(document(session(1, "one", exercises=several)), REV)


def test_mongodb_has_one_exercise_as_text_and_several_as_array() -> None:
    assert exercises("squat")["exercise"] == "squat"
    assert exercises("squat", "plank")["exercise"] == ["squat", "plank"]
    assert [entry["exercise"] for entry in exercises("squat", "plank")["exercises"]] == ["squat", "plank"]


def test_no_field_in_mongodb_begins_like_an_operator() -> None:
    found = readable(document(program(1, program_json={"$set": [{"$inc": 1, "a.b": 2}]})), REV)
    assert found["program_json"] == {"\uff04set": [{"\uff04inc": 1, "a.b": 2}]}


def test_what_is_readable_in_mongodb_is_found_by_the_records_key() -> None:
    assert [readable(document(change), REV)["_id"] for change in one_of_each()] == [one.key for one in one_of_each()]


def test_each_set_of_a_session_has_a_row() -> None:
    rows = set_rows(
        workout("a", "2026-02-16T00:30:00+13:00", entry(done(5), done(0, 0.0)), entry(done(3)), user_id="bob")
    )
    assert [(row["number"], row["reps"], row["weight_kg"]) for row in rows] == [
        (1, 5, 80.0),
        (2, 0, None),
        (3, 3, 80.0),
    ]
    assert {(row["user_id"], row["day"]) for row in rows} == {("bob", "2026-02-16")}
    assert rows[0].keys() == {column.name for column in WORKOUT_SETS.columns}


def test_reps_that_fit_no_column_are_refused_though_their_sum_would_fit() -> None:
    with pytest.raises(PermanentError, match="reps_full"):
        row_of(workout("a", "2026-02-16T18:00:00+01:00", entry(done(2**31), done(-(2**31)))))
