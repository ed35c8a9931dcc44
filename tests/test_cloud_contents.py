"""What is in every cloud database: the same, whatever it is."""

from typing import Any

import pytest
import sqlalchemy as sa

from edge_agent.cloud.store import RecordStore
from edge_agent.digests import Version, digest_days
from edge_agent.errors import PermanentError
from tests.cloud_parts import (
    Database,
    check_in,
    gone,
    member,
    one_of_each,
    program,
    progress,
    readiness,
    session,
    write,
)
from tests.databases import Server
from tests.sync_parts import DEVICE, make_rev, unpacked

pytestmark = pytest.mark.process


def test_extreme_values_are_stored_and_come_back_exactly(store: RecordStore) -> None:
    words = "\0 NUL, 𝄞 beyond the first plane, \u202e turned, 'quotes\" \\ % %s :name \uffff" + "long " * 20_000
    fields: dict[str, Any] = {
        "notes": words,
        "user_name": words,
        "duration_s": 1.7976931348623157e308,
        "accuracy": 5e-324,
    }
    early = "1000-01-02T00:00:00.000001+14:00"
    changes = [
        session(1, "one", **fields, feedback_points=[words], start_time=early, end_time="9999-12-31T23:59:59Z"),
        progress(2, feedback={"$set": words, "a.b": [1e308, -(2**63), None, True, {"": {}}]}),
        member(3, profile={"name": words}),
        session(4, "x" * 128, user_id="Ünïcødé 𝄞 " + "i" * 200),
    ]
    assert write(store, *changes) == ["stored"] * 4
    there = store.read([(change.entity, change.key) for change in changes])
    assert {one.change.key: unpacked(one.change) for one in there} == {change.key: change for change in changes}


def test_what_no_column_takes_is_refused_alone(store: RecordStore, database: Database) -> None:
    with pytest.raises(PermanentError, match="cannot take it"):
        write(store, session(1, "good"), progress(2, week_number=2**31))
    assert database.records() == {}
    assert write(store, session(1, "good")) == ["stored"]


def test_workouts_are_readable(store: RecordStore, database: Database) -> None:
    write(store, session(1, "one", reps=5, notes="heavy", calories_kcal=12.5, feedback_points=["Great depth"]))
    (row,) = database.readable("session")
    wanted: dict[str, Any] = {"session_id": "one", "user_id": "ann", "user_name": "Apoorva Sharma", "device_id": DEVICE}
    wanted |= {"source": "camera", "exercise": "squat", "sets": 1, "reps": 5, "calories": 12.5, "duration": 60.0}
    wanted |= {"notes": "heavy", "day": "2026-02-16", "timestamp": "2026-02-16T23:34:50+01:00"}
    assert {name: row[name] for name in wanted} == wanted
    assert str(row["start_time"]).startswith("2026-02-16 22:34:50")
    assert "Great depth" in str(row["feedback_points"])


def test_progress_is_readable(store: RecordStore, database: Database) -> None:
    at, feedback = "2026-01-28T15:30:00Z", {"intensityRating": "perfect"}
    write(store, program(1), progress(2, completed=True, completed_at=at, feedback=feedback))
    (row,) = database.readable("progress")
    assert (row["id"], row["user_id"], row["program_id"]) == ("day-1", "ann", "plan")
    assert (row["week_number"], row["day_number"], bool(row["completed"])) == (1, 3, True)
    assert str(row["completed_at"]).startswith("2026-01-28 15:30:00")
    assert "perfect" in str(row["feedback"])


def test_readiness_and_check_ins_are_readable(store: RecordStore, database: Database) -> None:
    write(store, readiness(1, score=7.5), check_in(2, adherence_rate=0.8, average_rpe=7.5, sessions_planned=5))
    assert [row["score"] for row in database.readable("readiness")] == [7.5]
    (row,) = database.readable("check_in")
    assert (row["adherence_rate"], row["average_rpe"], row["sessions_planned"]) == (0.8, 7.5, 5)


@pytest.mark.usefixtures("store")
def test_the_named_indexes_are_there(database: Database) -> None:
    if database.is_mongo:
        with database.client() as client:
            indexes = client.get_default_database()["workouts"].index_information().values()
        keys = [index["key"] for index in indexes]
        assert [("user_id", 1), ("start_time", -1)] in keys
        assert [("exercise", 1)] in keys
        return
    with database.engine() as engine:
        found = {index["name"]: index["column_names"] for index in sa.inspect(engine).get_indexes("progress_logs")}
    assert found["idx_progress_logs_user_program"] == ["user_id", "program_id"]
    assert found["idx_progress_logs_week_day"] == ["week_number", "day_number"]
    assert found["idx_progress_logs_completed"] == ["completed", "completed_at"]


def test_a_row_deleted_by_hand_takes_along_what_refers_to_it(store: RecordStore, database: Database) -> None:
    if database.is_mongo:
        pytest.skip("MongoDB has no foreign keys")
    write(store, *one_of_each())
    with database.engine() as engine, engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("pragma foreign_keys = on")
        quote = engine.dialect.identifier_preparer.quote("userId")
        connection.exec_driver_sql(f"delete from user_health_profiles where {quote} = 'ann'")
    for kind in ("program", "session", "progress", "readiness", "check_in"):
        assert database.readable(kind) == []


def test_mongos_validators_refuse_what_has_no_user(store: RecordStore, database: Database) -> None:
    if not database.is_mongo:
        pytest.skip("of MongoDB")
    with database.client() as client, pytest.raises(Exception, match="validation"):
        client.get_default_database()["workouts"].insert_one({"exercise": "squat"})


def test_digests_are_those_that_a_kiosk_computes(store: RecordStore) -> None:
    day_ms = 86_400_000
    changes = [session(number * day_ms // 3, f"s{number}") for number in range(10)]
    write(store, *changes, session(1, "gone"), gone(2, "session", "gone"))
    versions = [Version(entity=one.entity, key=one.key, rev=one.rev, hash=one.hash) for one in changes]
    assert store.digests(DEVICE) == digest_days(versions)
    assert len(store.digests(DEVICE)) == 4
    assert store.digests("another") == []
    assert store.devices() == [DEVICE]


def test_the_versions_of_a_day_are_listed(store: RecordStore) -> None:
    write(store, session(1, "b"), member(2), session(3, "a"), session(86_400_000, "tomorrow"))
    listed = store.versions(DEVICE, "2026-02-16")
    assert [(one.entity, one.key, one.rev) for one in listed] == [
        ("member", "ann", make_rev(2)),
        ("session", "a", make_rev(3)),
        ("session", "b", make_rev(1)),
    ]


def test_what_is_read_from_one_database_fits_into_another(store: RecordStore, server: Server) -> None:
    write(store, *one_of_each("ann"), *one_of_each("bob")[3:4], gone(9, "member", "ann"))
    names = [(change.entity, change.key) for change in one_of_each()]
    server.create("mirror_of_it")
    with Database(server.url("mirror_of_it")).opened() as mirror:
        mirror.write(list(reversed(store.read(names))), "2026-02-17T08:00:00+00:00")
        assert mirror.digests(DEVICE) == store.digests(DEVICE)
        assert mirror.read(names) == store.read(names)
