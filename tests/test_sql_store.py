"""What only SQLite does; what every database does is in test_cloud_stores.py, _contents.py and _servers.py."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from edge_agent.cloud.sql import SqlStore
from edge_agent.cloud.store import Outcome
from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.records import Change
from tests.cloud_parts import check, patiently
from tests.sync_parts import DEVICE, make_change, rows

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


def test_a_users_workouts_in_time_are_found_by_an_index(store: SqlStore, database: Path) -> None:
    query = "explain query plan select * from workout_sessions where user_id = 'apoorva' order by start_time"
    (plan,) = rows(database, query)
    assert "USING INDEX workout_sessions_of_user" in plan[-1]


def test_a_locked_database_is_tried_again_later(store: SqlStore, database: Path) -> None:
    with sqlite3.connect(database, isolation_level=None) as other:
        other.execute("begin immediate")
        with pytest.raises(TemporaryError, match="locked"):
            write(store, make_change(1))
    assert write(store, make_change(1)) == ["stored"]


def test_what_is_sent_again_is_answered_and_not_written_again(store: SqlStore, database: Path) -> None:
    write(store, make_change(1))
    before = rows(database, "select received_at from records")
    later = "2026-02-17T09:00:00.000+00:00"
    assert store.write([check(make_change(1), DEVICE)], later) == ["stored"]
    assert rows(database, "select received_at from records") == before
    assert len(rows(database, "select * from change_log")) == 1


@pytest.mark.parametrize("successor", ["nothing", "an older copy"])
def test_nothing_is_confirmed_into_a_file_that_is_gone(store: SqlStore, database: Path, successor: str) -> None:
    """Deleted, or restored under its name, while a worker has it open: what was committed there, nobody would find."""
    backup = database.with_name("backup.db")
    with sqlite3.connect(database) as one, sqlite3.connect(backup) as other:
        one.backup(other)
    write(store, make_change(1))
    for end in ("", "-wal", "-shm"):
        database.with_name(f"{database.name}{end}").unlink(missing_ok=True)
    if successor == "an older copy":
        backup.rename(database)
    patiently(partial(write, store, make_change(2)))
    assert rows(database, "select key from records") == [(make_change(2).key,)]


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


def refused_to_open(path: Path) -> Any:
    with pytest.raises(ConfigError, match=str(path)) as caught, opened(path):
        pass
    return caught.value


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "unable to open" in str(refused_to_open(tmp_path / "none" / "cloud.db"))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cloud.db").write_text("a diary " * 1000)
    assert "not a database" in str(refused_to_open(tmp_path / "cloud.db"))
