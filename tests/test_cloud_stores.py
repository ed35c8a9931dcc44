"""One suite for every cloud database: the same answers and the same contents, whatever it is."""

import os
import threading
import zlib
from collections.abc import Iterator
from itertools import pairwise, permutations
from typing import Any

import pytest
import sqlalchemy as sa

from edge_agent.cloud.opening import store_at
from edge_agent.cloud.store import SCHEMA, Opened, RecordStore
from edge_agent.digests import Version, digest_days
from edge_agent.errors import ConfigError, PermanentError, TemporaryError
from edge_agent.records import Change
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
from tests.databases import DATABASES, PASSWORD, REAL_MONGO, Server, server_named
from tests.first_schema import CHANGES, make_first
from tests.sync_parts import DEVICE, make_rev, unpacked

pytestmark = pytest.mark.process


@pytest.fixture(scope="session", params=DATABASES)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with server_named(request.param) as server:
        yield server


@pytest.fixture(scope="session")
def shared(server: Server) -> Database:
    server.create("gym")
    return Database(server.url("gym"))


@pytest.fixture
def database(shared: Database) -> Database:
    """Empty, with or without a schema."""
    shared.empty()
    return shared


@pytest.fixture
def fresh(server: Server, request: pytest.FixtureRequest) -> Database:
    """Of this test alone, which may do to its schema what it likes."""
    name = f"gym_{zlib.crc32(request.node.nodeid.encode()):x}"
    server.create(name)
    return Database(server.url(name))


@pytest.fixture
def store(database: Database) -> Iterator[RecordStore]:
    with database.opened() as store:
        yield store


def test_a_real_mongodb_is_among_them() -> None:
    """Without one the whole suite is not run again for it."""
    if REAL_MONGO not in os.environ:
        pytest.skip(f"needs {REAL_MONGO}")
    assert "mongodb" in DATABASES


# Versions


def test_a_new_record_is_stored_and_is_there_after_a_restart(database: Database) -> None:
    with database.opened() as store:
        assert write(store, session(1, "one")) == ["stored"]
    with database.opened() as store:
        (there,) = store.read([("session", "one"), ("session", "two")])
        assert (there.device_id, unpacked(there.change)) == (DEVICE, session(1, "one"))


def test_the_same_again_is_stored_and_changes_nothing(store: RecordStore, database: Database) -> None:
    write(store, *one_of_each())
    before = [database.rows("records"), *(database.readable(kind) for kind in ("member", "session", "progress"))]
    assert write(store, *one_of_each(), *one_of_each()) == ["stored"] * 12
    assert [
        database.rows("records"),
        *(database.readable(kind) for kind in ("member", "session", "progress")),
    ] == before


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_the_newest_wins_in_any_order(store: RecordStore, database: Database, order: tuple[int, ...]) -> None:
    newest_so_far = 0
    for number in order:
        expected = "stored" if number > newest_so_far else "stale"
        assert write(store, session(number, "one", reps=number)) == [expected]
        newest_so_far = max(newest_so_far, number)
    assert database.records() == {"one": (make_rev(3), "put")}
    assert [row["reps"] for row in database.readable("session")] == [3]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_the_newest_wins_within_a_batch(store: RecordStore, database: Database, order: tuple[int, ...]) -> None:
    outcomes = write(store, *(session(number, "one", reps=number) for number in order))
    assert dict(zip(order, outcomes, strict=True)) == {1: "stale", 2: "stale", 3: "stored"}
    assert [row["reps"] for row in database.readable("session")] == [3]


def test_other_content_under_the_same_rev_is_a_clash(store: RecordStore, database: Database) -> None:
    write(store, session(1, "one", reps=1))
    assert write(store, session(1, "one", reps=2)) == ["clash"]
    assert [row["reps"] for row in database.readable("session")] == [1]


def test_keys_that_differ_by_case_are_two_records(store: RecordStore, database: Database) -> None:
    assert write(store, session(1, "one"), session(2, "ONE"), session(3, "One.")) == ["stored"] * 3
    assert len(database.readable("session")) == 3


def test_revs_are_compared_as_the_kiosks_do(store: RecordStore) -> None:
    """Many a database's sort order puts a after B, or a hyphen nowhere."""
    revs = ["1771281290000-000a-b", "1771281290000-000a-a.", "1771281290000-000a-a", "1771281290000-000a-Z"]
    changes = [Change(**{**_fields(session(1, f"s{number}")), "rev": rev}) for number, rev in enumerate(revs)]
    for newer, older in pairwise(changes):
        moved = Change(**{**_fields(newer), "rev": older.rev})
        assert write(store, newer, moved) == ["stored", "stale"]


def _fields(change: Change) -> dict[str, Any]:
    return {name: getattr(change, name) for name in change.__struct_fields__}


def test_a_batch_of_a_hundred_is_answered_in_order(store: RecordStore, database: Database) -> None:
    changes = [session(number, f"s{number * 37 % 100:02d}") for number in range(100)]
    assert write(store, *changes) == ["stored"] * 100
    assert database.records() == {change.key: (change.rev, "put") for change in changes}


# Deletions


def test_a_deletion_leaves_a_tombstone_and_nothing_to_read(store: RecordStore, database: Database) -> None:
    write(store, session(1, "one"), session(1, "two"))
    assert write(store, gone(2, "session", "one")) == ["stored"]
    assert database.records() == {"one": (make_rev(2), "delete"), "two": (make_rev(1), "put")}
    assert [row["session_id"] for row in database.readable("session")] == ["two"]


def test_a_late_version_does_not_bring_back_what_was_deleted(store: RecordStore, database: Database) -> None:
    write(store, gone(2, "session", "one"))
    assert write(store, session(1, "one")) == ["stale"]
    assert database.readable("session") == []


def test_a_newer_version_brings_it_back(store: RecordStore, database: Database) -> None:
    write(store, session(1, "one"), gone(2, "session", "one"))
    assert write(store, session(3, "one", reps=7)) == ["stored"]
    assert [row["reps"] for row in database.readable("session")] == [7]


def test_a_deleted_member_takes_everything_along(store: RecordStore, database: Database) -> None:
    write(store, *one_of_each("ann"), session(4, "of-bob", user_id="bob"))
    assert write(store, gone(7, "member", "ann")) == ["stored"]
    assert {key for key, (_, op) in database.records().items() if op == "put"} == {"of-bob"}
    assert all(row["doc"] is None for row in database.rows("records") if row["key"] != "of-bob")
    assert [row["user_id"] for row in database.readable("session")] == ["bob"]
    for kind in ("program", "progress", "readiness", "check_in"):
        assert database.readable(kind) == []
    assert len(database.readable("member")) == 1


@pytest.mark.parametrize("number", range(24))
def test_a_deletion_and_what_it_takes_may_come_in_any_order(
    store: RecordStore, database: Database, number: int
) -> None:
    changes = [member(1), session(2, "old"), gone(3, "member", "ann"), session(4, "new")]
    for change in list(permutations(changes))[number]:
        write(store, change)
    records = database.records()
    assert records["ann"] == (make_rev(3), "delete")
    assert records["old"] == (make_rev(2), "delete")
    assert records["new"] == (make_rev(4), "put")
    assert [row["session_id"] for row in database.readable("session")] == ["new"]
    assert len(database.readable("member")) == 1  # somebody trains under this id again


def test_what_came_with_a_deleted_member_is_stale(store: RecordStore) -> None:
    write(store, session(1, "one"), gone(2, "member", "ann"))
    assert write(store, session(1, "one"), session(1, "late")) == ["stale", "stale"]


def test_a_member_who_comes_back_does_not_bring_back_the_past(store: RecordStore, database: Database) -> None:
    write(store, session(1, "one"), gone(2, "member", "ann"), member(3, name="Ann again"))
    assert write(store, session(1, "late")) == ["stale"]
    assert database.readable("session") == []
    assert [row["name"] for row in database.readable("member")] == ["Ann again"]


def test_a_deletion_that_lost_still_takes_along(store: RecordStore, database: Database) -> None:
    write(store, member(3), session(1, "one"))
    assert write(store, gone(2, "member", "ann")) == ["stale"]
    assert database.records()["one"] == (make_rev(1), "delete")


def test_a_claimed_workout_does_not_go_with_whom_it_was_first(store: RecordStore, database: Database) -> None:
    write(store, session(1, "one", user_id="unnamed"), session(2, "one", user_id="ann"))
    write(store, gone(3, "member", "unnamed"))
    assert [row["user_id"] for row in database.readable("session")] == ["ann"]


def test_a_deleted_program_takes_its_progress_and_leaves_workouts(store: RecordStore, database: Database) -> None:
    write(store, *one_of_each(), session(7, "two", program_id="plan"))
    write(store, gone(8, "program", "plan"))
    assert database.readable("progress") == database.readable("check_in") == database.readable("program") == []
    assert len(database.readable("session")) == 2


def test_progress_may_come_before_its_program(store: RecordStore, database: Database) -> None:
    write(store, progress(3, completed=True))
    write(store, program(2, title="Later"))
    assert [row["title"] for row in database.readable("program")] == ["Later"]
    assert [bool(row["completed"]) for row in database.readable("progress")] == [True]


# Several workers


def test_workers_that_write_the_same_in_opposite_orders_agree(database: Database) -> None:
    """Each round both write all; in the end the newest of each is there, readable, and nobody is stuck."""
    keys = [f"s{number:02d}" for number in range(20)]
    faults: list[BaseException] = []

    def work(store: RecordStore, numbers: range) -> None:
        try:
            for number in numbers:
                for some in (keys[::-1], keys):
                    patiently(store, [session(number, key, reps=number, user_id=f"u{number % 3}") for key in some])
        except BaseException as fault:  # noqa: BLE001 - shown by the test
            faults.append(fault)

    with database.opened() as one, database.opened() as two:
        threads = [
            threading.Thread(target=work, args=(one, range(1, 9, 2))),
            threading.Thread(target=work, args=(two, range(8, 0, -2))),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert not faults
    assert set(database.records().values()) == {(make_rev(8), "put")}
    assert [row["reps"] for row in database.readable("session")] == [8] * 20


def test_a_member_deleted_while_another_worker_writes_leaves_nothing(database: Database) -> None:
    def work(store: RecordStore) -> None:
        for number in range(10):
            patiently(store, [session(number, f"s{number}-{part}") for part in range(5)])

    with database.opened() as one, database.opened() as two:
        thread = threading.Thread(target=work, args=(one,))
        thread.start()
        for _ in range(5):
            patiently(two, [gone(100, "member", "ann"), member(99)])
        thread.join(120)
    assert {op for _, op in database.records().values()} == {"delete"}
    assert len(database.records()) == 51
    assert database.readable("session") == database.readable("member") == []


def patiently(store: RecordStore, changes: list[Change]) -> None:
    """Write as the worker does: what did not work for a while is tried again."""
    for _ in range(50):
        try:
            write(store, *changes)
        except TemporaryError:
            continue
        return
    raise AssertionError("it never worked")


def test_several_may_make_the_schema_at_once(fresh: Database) -> None:
    found: list[Opened | Exception] = []

    def work() -> None:
        store = store_at(fresh.url)
        for _ in range(50):
            try:
                found.append(store.open())
                break
            except TemporaryError:
                continue
        store.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert Opened(found=None) in found


# Contents


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


# Reconciling


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


# Servers that come and go


def test_a_killed_server_leaves_nothing_half_and_a_resend_heals(server: Server, database: Database) -> None:
    """Killed while batches are written; in the end all is there once, and no receipt was given for what is not."""
    batches = [[session(number, f"s{number}-{part}") for part in range(20)] for number in range(40)]
    confirmed: list[int] = []
    begun = threading.Event()

    def work(store: RecordStore) -> None:
        for number, batch in enumerate(batches):
            try:
                write(store, *batch)
            except TemporaryError:
                return
            confirmed.append(number)
            if number == 2:
                begun.set()

    with database.opened() as store:
        thread = threading.Thread(target=work, args=(store,))
        thread.start()
        assert begun.wait(60)
        server.kill()
        thread.join(120)
        server.start()
        there = database.records().keys()
        assert {one.key for number in confirmed for one in batches[number]} <= there
        assert len(there) < 800
        if not database.is_mongo:
            assert len(there) % 20 == 0  # a batch is whole or absent
        for batch in batches:
            patiently(store, batch)
    assert len(database.records()) == 800
    assert len(database.readable("session")) == 800


def test_a_server_that_is_away_is_waited_for(server: Server, database: Database) -> None:
    with database.opened() as store:
        write(store, session(1, "one"))
        server.kill()
        with pytest.raises(TemporaryError):
            write(store, session(2, "two"))
        late = store_at(database.url)
        with pytest.raises(TemporaryError) as caught:
            late.open()
        assert "s3cret" not in str(caught.value)
        server.start()
        assert late.open() == Opened(found=SCHEMA)
        late.close()
        patiently(store, [session(2, "two")])
    assert set(database.records()) == {"one", "two"}


def test_a_database_that_was_wiped_is_made_again(fresh: Database) -> None:
    with fresh.opened() as store:
        write(store, session(1, "one"))
        fresh.wipe()
        patiently(store, [session(1, "one")])
    assert fresh.records() == {"one": (make_rev(1), "put")}


def test_a_schema_that_has_lost_its_version_is_finished(fresh: Database) -> None:
    with fresh.opened() as store:
        write(store, session(1, "one"))
        if fresh.is_mongo:
            with fresh.client() as client:
                client.get_default_database()["schema_version"].delete_many({})
        else:
            with fresh.engine() as engine, engine.begin() as connection:
                connection.exec_driver_sql("delete from schema_version")
        patiently(store, [session(2, "two")])
    assert set(fresh.records()) == {"one", "two"}


def test_a_newer_schema_is_refused_and_left_alone(fresh: Database) -> None:
    with fresh.opened() as store:
        write(store, session(1, "one"))
    fresh.set_version(99)
    with pytest.raises(ConfigError, match="version 99: upgrade"), fresh.opened():
        pass
    assert set(fresh.records()) == {"one"}


def test_a_worker_stops_writing_once_the_schema_is_newer(fresh: Database) -> None:
    with fresh.opened() as store:
        fresh.set_version(99)
        for _ in range(2):
            with pytest.raises(TemporaryError, match="99"):
                write(store, session(1, "one"))
    assert fresh.records() == {}


def test_postgresql_reads_by_key_however_often_it_was_asked(store: RecordStore, database: Database) -> None:
    """It keeps a plan after some ten times, made for any values, and that one reads the whole table."""
    if not database.url.startswith("postgresql"):
        pytest.skip("of PostgreSQL")
    write(store, *(session(number, f"s{number:04d}") for number in range(2000)))
    keys = [f"s{number:04d}" for number in range(0, 2000, 40)]
    for _ in range(15):
        write(store, *(session(3000, key) for key in keys))
    with database.engine() as engine, engine.connect() as connection:
        query = "select seq_scan from pg_stat_user_tables where relname = 'records'"
        before = connection.exec_driver_sql(query).scalar_one()
    for _ in range(15):
        write(store, *(session(3000, key) for key in keys))
    with database.engine() as engine, engine.connect() as connection:
        assert connection.exec_driver_sql(query).scalar_one() - before < 10


# Refusals


def refused(url: str) -> str:
    if "@" not in url:
        pytest.skip("it has no logins, and makes what is not there")
    store = store_at(url)
    with pytest.raises(ConfigError) as caught:
        store.open()
    store.close()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.usefixtures("shared")
def test_a_wrong_password_is_told_without_it(server: Server) -> None:
    message = refused(server.url("gym").replace(PASSWORD, "wr0ng"))
    assert "gym" in message
    assert "wr0ng" not in message


def test_a_database_that_does_not_exist_is_told(server: Server) -> None:
    assert "nowhere" in refused(server.url("nowhere"))


def test_a_database_that_is_read_only_is_waited_for(fresh: Database) -> None:
    if not fresh.url.startswith("postgresql"):
        pytest.skip("of PostgreSQL")
    with fresh.opened():
        pass
    with fresh.engine() as engine, engine.begin() as connection:
        connection.exec_driver_sql(f"alter database {engine.url.database} set default_transaction_read_only = on")
    with fresh.opened() as store, pytest.raises(TemporaryError, match="read-only"):
        write(store, session(1, "one"))


# Upgrades


def test_a_database_of_the_first_schema_is_upgraded_with_its_data(fresh: Database) -> None:
    if fresh.is_mongo:
        pytest.skip("MongoDB came with the second schema")
    make_first(fresh)
    with fresh.opened() as store:
        assert store.open() == Opened(found=SCHEMA)
        assert write(store, *CHANGES) == ["stored"] * 3
        assert [(one.key, one.rev) for one in store.versions(DEVICE, "2026-02-16")] == [
            ("one", make_rev(1)),
            ("three", make_rev(3)),
        ]
        assert [row["user_id"] for row in fresh.readable("session")] == ["ann", "bob"]
        assert len(fresh.readable("member")) == 2
        write(store, gone(9, "member", "bob"))
    assert [row["session_id"] for row in fresh.readable("session")] == ["one"]


def test_an_upgrade_says_what_it_found_and_did(fresh: Database) -> None:
    if fresh.is_mongo:
        pytest.skip("MongoDB came with the second schema")
    make_first(fresh)
    store = store_at(fresh.url)
    assert store.open() == Opened(found=1, rewritten=2)
    store.close()


def test_an_upgrade_that_was_killed_is_finished(fresh: Database) -> None:
    if fresh.is_mongo:
        pytest.skip("MongoDB came with the second schema")
    make_first(fresh)
    fresh.set_version(0)
    with fresh.opened() as store:
        assert len(fresh.readable("session")) == 2
        assert len(store.versions(DEVICE, "2026-02-16")) == 2
