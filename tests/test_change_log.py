"""The order in which a database took its records, the same from every database."""

import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest

from edge_agent.cloud import change_log
from edge_agent.cloud.opening import store_at
from edge_agent.cloud.store import ChangeLog, Found, RecordStore
from tests.cloud_parts import NOW, Database, check, gone, member, one_of_each, patiently, session, write
from tests.sync_parts import unpacked

pytestmark = pytest.mark.process


@pytest.fixture
def store(database: Database) -> Iterator[RecordStore]:
    with database.opened() as store:
        yield store


def read_all(log: ChangeLog, limit: int = 2, **options: object) -> list[str]:
    """Keys in the log's order, page by page."""
    keys: list[str] = []
    cursor, more = "", True
    while more:
        found = log.changes(cursor, limit, **options)  # type: ignore[arg-type]
        assert found is not None
        keys += [delivery.change.key for _, delivery in found.changes]
        cursor, more = found.cursor, found.more
    return keys


def test_records_come_in_the_order_of_their_commits(store: RecordStore) -> None:
    for number, key in enumerate("edcab"):
        write(store, session(number, key))
    assert read_all(store.log) == list("edcab")


def test_a_new_version_moves_to_the_end_and_is_shown_once(store: RecordStore) -> None:
    write(store, session(1, "one"), session(2, "two"))
    write(store, session(3, "one"))
    assert read_all(store.log) == ["two", "one"]


def test_the_same_again_and_older_ones_are_not_listed(store: RecordStore) -> None:
    write(store, session(2, "one"), session(1, "two"))
    before = store.log.changes("", 10)
    write(store, session(2, "one"), session(1, "one"))
    assert store.log.changes("", 10) == before


def test_a_cursor_shows_what_came_after_it(store: RecordStore) -> None:
    write(store, session(1, "one"))
    found = store.log.changes("", 10)
    assert found
    assert (found.more, store.log.changes(found.cursor, 10)) == (
        False,
        Found(changes=(), cursor=found.cursor, more=False),
    )
    write(store, gone(2, "session", "one"))
    later = store.log.changes(found.cursor, 10)
    assert later
    assert [unpacked(one.change) for _, one in later.changes] == [gone(2, "session", "one")]


def test_a_member_s_deletion_lists_what_it_takes_along(store: RecordStore) -> None:
    write(store, *one_of_each())
    write(store, gone(9, "member", "ann"))
    found = store.log.changes("", 100)
    assert found
    assert {(one.change.entity, one.change.op) for _, one in found.changes} == {
        (change.entity, "delete") for change in one_of_each()
    }


def test_only_what_came_from_the_devices_named(store: RecordStore) -> None:
    write(store, session(1, "one"))
    store.write([check(member(2, "bob"), "kiosk-2"), check(member(3, "eve"), "kiosk-3")], NOW)
    assert read_all(store.log, devices=["kiosk-1", "kiosk-3"]) == ["one", "eve"]


def test_what_another_device_has_written_over_since_is_its_own(store: RecordStore) -> None:
    write(store, member(1, "bob"))
    store.write([check(member(2, "bob"), "kiosk-2")], NOW)
    assert read_all(store.log, devices=["kiosk-1"]) == []
    assert read_all(store.log, devices=["kiosk-2"]) == ["bob"]


@pytest.mark.parametrize("cursor", ["1:0123abcd", "99:0123abcd", "0:", "x", "1", ":", "-1:a", "9" * 30 + ":a"])
def test_a_cursor_of_another_life_is_known_as_such(store: RecordStore, cursor: str) -> None:
    write(store, session(1, "one"))
    assert store.log.changes(cursor, 10) is None


def test_a_wiped_database_does_not_know_its_old_cursors(database: Database, store: RecordStore) -> None:
    write(store, session(1, "one"))
    found = store.log.changes("", 10)
    assert found
    database.empty()
    assert store.log.changes(found.cursor, 10) is None
    write(store, session(2, "two"))
    assert store.log.changes(found.cursor, 10) is None


def test_a_cursor_stays_where_little_is_passed_over(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_log, "FAR", 3)
    write(store, session(1, "one"), session(2, "two"))
    assert store.log.changes("", 10, ["kiosk-9"]) == Found(changes=(), cursor="", more=False)
    write(store, session(3, "three"))
    passed = store.log.changes("", 10, ["kiosk-9"])
    assert passed
    assert (passed.changes, passed.cursor[:2]) == ((), "3:")


def test_a_database_from_before_the_log_is_listed_when_it_is_opened(database: Database) -> None:
    with database.opened() as store:
        write(store, *one_of_each())
    database.forget_log()
    with database.opened() as store:
        assert sorted(read_all(store.log)) == sorted(one.key for one in one_of_each())


def test_a_bookmark_is_moved_by_one(store: RecordStore) -> None:
    assert store.log.bookmark("mirror") == ""
    assert store.log.move_bookmark("mirror", "", "a")
    assert not store.log.move_bookmark("mirror", "", "b")
    assert store.log.move_bookmark("mirror", "a", "b")
    assert store.log.bookmark("mirror") == "b"


def test_devices_belong_to_gyms(store: RecordStore) -> None:
    store.log.assign("north", ["kiosk-1", "kiosk-2"])
    store.log.assign("south", ["kiosk-2", "kiosk-3"])
    store.log.assign("", ["kiosk-3"])
    assert store.log.gyms() == {"kiosk-1": "north", "kiosk-2": "south"}


def test_nothing_is_passed_over_while_several_write(database: Database) -> None:
    """A reader that follows four writers sees each record, though their commits overlap."""
    each = 20
    faults: list[BaseException] = []

    def work(name: str) -> None:
        try:
            store = store_at(database.url)
            patiently(store.open)
            with closing(store):
                for number in range(each):
                    patiently(partial(write, store, session(number, f"{name}{number}")))
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            faults.append(error)

    writers = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for writer in writers:
        writer.start()
    seen, cursor = set(), ""
    store = store_at(database.url)
    patiently(store.open)
    with closing(store):
        while True:
            running = any(writer.is_alive() for writer in writers)
            found = patiently(partial(store.log.changes, cursor, 7))
            assert found is not None
            seen |= {delivery.change.key for _, delivery in found.changes}
            cursor = found.cursor
            if not running and not found.more:
                break
    assert not faults
    assert len(seen) == 4 * each
