import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from edge_agent import canonical
from edge_agent.cloud.checking import check
from edge_agent.cloud.sql import SqlStore
from edge_agent.cloud.store import Outcome
from edge_agent.errors import ConfigError, PermanentError, TemporaryError
from edge_agent.records import Change
from tests.sync_parts import DEVICE, huge_session, make_change, rows

NOW = "2026-02-17T08:00:00.000+00:00"


@contextmanager
def opened(database: Path) -> Iterator[SqlStore]:
    store = SqlStore(f"sqlite:///{database}")
    store.open()
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "cloud.db"


@pytest.fixture
def store(database: Path) -> Iterator[SqlStore]:
    with opened(database) as store:
        yield store


def write(store: SqlStore, *changes: Change) -> list[Outcome]:
    return store.write([check(change, DEVICE) for change in changes], NOW)


def deletion(number: int, key: str) -> Change:
    return make_change(number, key=key, op="delete", doc=None, hash=canonical.digest(None))


def test_what_was_stored_is_there_after_a_restart(database: Path) -> None:
    change = make_change(1)
    with opened(database) as store:
        assert write(store, change) == ["stored"]
    with opened(database):
        query = "select entity, key, device_id, rev, hash, op, doc from records"
        assert rows(database, query) == [
            ("session", change.key, DEVICE, change.rev, change.hash, "put", canonical.encode(change.doc).decode())
        ]


def test_the_same_again_is_stored_and_changes_nothing(store: SqlStore, database: Path) -> None:
    write(store, make_change(1))
    before = rows(database, "select * from records") + rows(database, "select * from workout_sessions")
    assert write(store, make_change(1), make_change(1)) == ["stored", "stored"]
    assert rows(database, "select * from records") + rows(database, "select * from workout_sessions") == before


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_the_newest_wins_in_any_order(store: SqlStore, database: Path, order: tuple[int, ...]) -> None:
    for number in order:
        write(store, make_change(number, key="one"))
    assert rows(database) == [("one", make_change(3).rev)]
    assert rows(database, "select reps from workout_sessions") == [(4,)]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_the_newest_wins_within_a_batch(store: SqlStore, database: Path, order: tuple[int, ...]) -> None:
    outcomes = write(store, *(make_change(number, key="one") for number in order))
    assert dict(zip(order, outcomes, strict=True)) == {1: "stale", 2: "stale", 3: "stored"}
    assert rows(database) == [("one", make_change(3).rev)]


def test_an_old_version_is_stale(store: SqlStore) -> None:
    write(store, make_change(2, key="one"))
    assert write(store, make_change(1, key="one"), make_change(3, key="one")) == ["stale", "stored"]


def test_other_content_under_the_same_rev_is_a_clash(store: SqlStore) -> None:
    write(store, make_change(1, key="one"))
    other = make_change(2, key="one", rev=make_change(1).rev)
    assert write(store, other) == ["clash"]


def test_a_deletion_leaves_a_tombstone_and_no_plain_row(store: SqlStore, database: Path) -> None:
    write(store, make_change(1, key="one"), make_change(1, key="two"))
    assert write(store, deletion(2, "one")) == ["stored"]
    assert rows(database, "select key, op, doc is null from records order by key") == [
        ("one", "delete", 1),
        ("two", "put", 0),
    ]
    assert rows(database, "select session_id from workout_sessions") == [("two",)]


def test_a_late_version_does_not_bring_back_what_was_deleted(store: SqlStore, database: Path) -> None:
    write(store, deletion(2, "one"))
    assert write(store, make_change(1, key="one")) == ["stale"]
    assert rows(database, "select count(*) from workout_sessions") == [(0,)]


def test_workouts_are_plain_rows(store: SqlStore, database: Path) -> None:
    write(store, make_change(4))
    query = (
        "select user_id, user_name, device_id, source, exercise, sets, reps, accuracy, start_time, duration,"
        " feedback_points, notes from workout_sessions"
    )
    assert rows(database, query) == [
        (
            "apoorva",
            "Apoorva Sharma",
            DEVICE,
            "camera",
            "squat",
            1,
            5,
            None,
            "2026-02-16 22:34:50.000000",
            60.0,
            "[]",
            None,
        )
    ]


def test_a_users_workouts_in_time_are_found_by_an_index(store: SqlStore, database: Path) -> None:
    query = "explain query plan select * from workout_sessions where user_id = 'apoorva' order by start_time"
    (plan,) = rows(database, query)
    assert "USING INDEX workout_sessions_of_user" in plan[-1]


def test_a_batch_is_whole_or_absent(store: SqlStore, database: Path) -> None:
    huge = huge_session()
    with pytest.raises(PermanentError, match="cannot take it"):
        write(store, make_change(2), huge)
    assert rows(database) == []
    assert write(store, make_change(2)) == ["stored"]


def test_a_locked_database_is_tried_again_later(store: SqlStore, database: Path) -> None:
    with sqlite3.connect(database, isolation_level=None) as other:
        other.execute("begin immediate")
        with pytest.raises(TemporaryError, match="locked"):
            write(store, make_change(1))
    assert write(store, make_change(1)) == ["stored"]


def test_what_is_confirmed_survives_a_power_cut(store: SqlStore) -> None:
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("pragma synchronous").scalar() == 2


def test_a_newer_schema_is_refused_and_left_alone(database: Path) -> None:
    with sqlite3.connect(database) as newer:
        newer.execute("create table schema_version (version integer primary key)")
        newer.execute("insert into schema_version values (99)")
    with pytest.raises(ConfigError, match="version 99: upgrade"), opened(database):
        pass
    assert rows(database, "select name from sqlite_master where type = 'table'") == [("schema_version",)]


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "oracle://gym:s3cret@host/db", "mongodb://host"]
)
def test_an_address_of_no_database_we_know_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="sqlite:///") as caught:
        SqlStore(url)
    assert "s3cret" not in str(caught.value)


def refused_to_open(path: Path) -> Any:
    with pytest.raises(ConfigError, match=str(path)) as caught, opened(path):
        pass
    return caught.value


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "unable to open" in str(refused_to_open(tmp_path / "none" / "cloud.db"))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cloud.db").write_text("a diary " * 1000)
    assert "not a database" in str(refused_to_open(tmp_path / "cloud.db"))
