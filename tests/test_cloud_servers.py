"""Databases that come and go, refuse, or are of another version: the same for all."""

import threading
from functools import partial

import pytest

from edge_agent.cloud.opening import store_at
from edge_agent.cloud.store import SCHEMA, Opened, RecordStore
from edge_agent.errors import ConfigError, TemporaryError
from tests.cloud_parts import Database, gone, patiently, session, write
from tests.databases import PASSWORD, Server
from tests.first_schema import CHANGES, make_first
from tests.sync_parts import DEVICE, make_rev

pytestmark = pytest.mark.process


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
        try:
            server.kill()
        finally:
            thread.join(120)  # also where there is no server to kill, and the test is skipped
        server.start()
        there = database.records().keys()
        assert {one.key for number in confirmed for one in batches[number]} <= there
        assert len(there) < 800
        if not database.is_mongo:
            assert len(there) % 20 == 0  # a batch is whole or absent
        for batch in batches:
            patiently(partial(write, store, *batch))
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
        patiently(partial(write, store, session(2, "two")))
    assert set(database.records()) == {"one", "two"}


def test_a_database_that_was_wiped_is_made_again(fresh: Database) -> None:
    with fresh.opened() as store:
        write(store, session(1, "one"))
        fresh.wipe()
        patiently(partial(write, store, session(1, "one")))
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
        patiently(partial(write, store, session(2, "two")))
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


def refused(url: str) -> str:
    if "@" not in url:
        pytest.skip("it has no logins, and makes what is not there")
    store = store_at(url)
    with pytest.raises(ConfigError) as caught:
        store.open()
    store.close()
    assert "\n" not in str(caught.value)
    return str(caught.value)


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


def test_the_first_try_after_an_outage_succeeds_though_connections_died_in_it(fresh: Database) -> None:
    """Each try that fails makes the pause before the next one longer, up to minutes."""
    if not fresh.url.startswith("postgresql"):
        pytest.skip("of PostgreSQL")
    with fresh.opened() as store, fresh.engine() as engine, engine.connect() as other:
        admin = other.execution_options(isolation_level="AUTOCOMMIT")
        read_only = f"alter database {engine.url.database} set default_transaction_read_only"
        others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        others += " and pid <> pg_backend_pid()"
        admin.exec_driver_sql(f"{read_only} = on")
        admin.exec_driver_sql(others)
        for _ in range(2):
            with pytest.raises(TemporaryError):
                write(store, session(1, "one"))
        admin.exec_driver_sql("set default_transaction_read_only = off")
        admin.exec_driver_sql(f"{read_only} = off")
        admin.exec_driver_sql(others)
        assert write(store, session(1, "one")) == ["stored"]


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
