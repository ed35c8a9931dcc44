"""What every cloud database makes of versions and deletions, also of several workers: the same."""

import os
import threading
from functools import partial
from itertools import pairwise, permutations
from typing import Any

import pytest
import sqlalchemy as sa

from edge_agent.cloud.opening import store_at
from edge_agent.cloud.sql_tables import RECORDS
from edge_agent.cloud.store import Opened, RecordStore
from edge_agent.errors import TemporaryError
from edge_agent.records import Change
from tests.cloud_parts import (
    Database,
    gone,
    member,
    one_of_each,
    patiently,
    program,
    progress,
    session,
    write,
)
from tests.databases import DATABASES, REAL_MONGO
from tests.sync_parts import DEVICE, make_rev, unpacked

pytestmark = pytest.mark.process


def test_a_real_mongodb_is_among_them() -> None:
    """Without one the whole suite is not run again for it."""
    if REAL_MONGO not in os.environ:
        pytest.skip(f"needs {REAL_MONGO}")
    assert "mongodb" in DATABASES


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


@pytest.mark.parametrize("at_once", [True, False])
def test_a_workout_that_a_deleted_member_claimed_is_gone(store: RecordStore, database: Database, at_once: bool) -> None:
    claimed, left = session(2, "one", user_id="bob"), gone(3, "member", "bob")
    write(store, session(1, "one", user_id="ann"), *(() if at_once else (left,)))
    assert write(store, claimed, *((left,) if at_once else ())) == ["stale", *(["stored"] * at_once)]
    assert database.readable("session") == []


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


def test_workers_that_write_the_same_in_opposite_orders_agree(database: Database) -> None:
    """Each round both write all; in the end the newest of each is there, readable, and nobody is stuck."""
    keys = [f"s{number:02d}" for number in range(20)]
    faults: list[BaseException] = []

    def work(store: RecordStore, numbers: range) -> None:
        try:
            for number in numbers:
                for some in (keys[::-1], keys):
                    batch = [session(number, key, reps=number, user_id=f"u{number % 3}") for key in some]
                    patiently(partial(write, store, *batch))
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
            patiently(partial(write, store, *(session(number, f"s{number}-{part}") for part in range(5))))

    with database.opened() as one, database.opened() as two:
        thread = threading.Thread(target=work, args=(one,))
        thread.start()
        for _ in range(5):
            patiently(partial(write, two, gone(100, "member", "ann"), member(99)))
        thread.join(120)
    assert {op for _, op in database.records().values()} == {"delete"}
    assert len(database.records()) == 51
    assert database.readable("session") == database.readable("member") == []


def test_a_workout_that_another_worker_is_deleting_is_not_made_readable_again(
    store: RecordStore, database: Database
) -> None:
    if database.is_mongo:
        pytest.skip("MongoDB locks no rows")
    write(store, session(9, "one"))
    with database.engine() as engine, engine.begin() as other:
        other.execute(sa.update(RECORDS).values(op="delete", doc=None, user_id=None))
        with pytest.raises(TemporaryError):
            write(store, gone(8, "member", "ann"))


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
