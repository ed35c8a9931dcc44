"""Records of each kind to write into stores, and stores as their readers see them: by plain SQL and plain pymongo."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
import pymongo
import sqlalchemy as sa

from edge_agent import canonical, wire
from edge_agent.cloud import checking
from edge_agent.cloud.mongo_documents import COLLECTIONS
from edge_agent.cloud.opening import store_at
from edge_agent.cloud.rows import TABLES
from edge_agent.cloud.sql_tables import METADATA
from edge_agent.cloud.store import Delivery, Outcome, RecordStore
from edge_agent.errors import TemporaryError
from edge_agent.records import Change
from tests.journal_parts import make_session
from tests.sync_parts import DEVICE, make_rev

T = TypeVar("T")

NOW = "2026-02-17T08:00:00.000+00:00"
CREATED = "2026-02-01T08:00:00+01:00"


def put(number: int, entity: str, key: str, **document: Any) -> Change:
    """The change that puts a document under rev `number`."""
    return Change(entity=entity, key=key, rev=make_rev(number), op="put", hash=canonical.digest(document), doc=document)


def gone(number: int, entity: str, key: str) -> Change:
    """The change that deletes a record under rev `number`."""
    return Change(entity=entity, key=key, rev=make_rev(number), op="delete", hash=canonical.digest(None), doc=None)


def session(number: int, key: str, *, user_id: str = "ann", reps: int = 3, **fields: Any) -> Change:
    document = msgspec.json.decode(msgspec.json.encode(make_session(key, user_id=user_id, reps=reps))) | fields
    return put(number, "session", key, **document)


def member(number: int, user_id: str = "ann", **fields: Any) -> Change:
    return put(number, "member", user_id, **{"user_id": user_id, "name": "Ann", "created_at": CREATED} | fields)


def program(number: int, key: str = "plan", *, user_id: str = "ann", **fields: Any) -> Change:
    weeks = {"weeks": [{"weekNumber": 1, "sessions": [{"dayNumber": 1}]}]}
    return put(
        number, "program", key, **{"id": key, "user_id": user_id, "title": "Base", "program_json": weeks} | fields
    )


def progress(number: int, key: str = "day-1", *, user_id: str = "ann", **fields: Any) -> Change:
    document = {"id": key, "user_id": user_id, "program_id": "plan", "week_number": 1, "day_number": 3}
    return put(number, "progress", key, **document | fields)


def readiness(number: int, key: str = "ready-1", *, user_id: str = "ann", **fields: Any) -> Change:
    return put(number, "readiness", key, **{"id": key, "user_id": user_id, "created_at": CREATED} | fields)


def check_in(number: int, key: str = "check-1", *, user_id: str = "ann", **fields: Any) -> Change:
    return put(number, "check_in", key, **{"id": key, "user_id": user_id, "created_at": CREATED} | fields)


def one_of_each(user_id: str = "ann") -> list[Change]:
    return [
        member(1, user_id),
        program(2, user_id=user_id),
        progress(3, user_id=user_id),
        session(4, "one", user_id=user_id),
        readiness(5, user_id=user_id),
        check_in(6, user_id=user_id, program_id="plan"),
    ]


class Database:
    """A database of a running server, and what its readers see."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_mongo = url.startswith("mongodb")

    @contextmanager
    def opened(self) -> Iterator[RecordStore]:
        store = store_at(self.url)
        try:
            store.open()
            yield store
        finally:
            store.close()

    def empty(self) -> None:
        """Delete all rows, of whichever tables there are, but not the schema."""
        if self.is_mongo:
            with self.client() as client:
                mongo = client.get_default_database()
                for name in {*mongo.list_collection_names()} - {"schema_version"}:
                    mongo[name].delete_many({})
            return
        with self.engine() as engine, engine.begin() as connection:
            there = sa.inspect(connection).get_table_names()
            for table in reversed(METADATA.sorted_tables):
                if table.name in there and table.name != "schema_version":
                    connection.execute(sa.delete(table))

    def forget_log(self) -> None:
        """Have the database be one from before there was a log of changes."""
        if self.is_mongo:
            with self.client() as client:
                client.get_default_database()["change_log"].delete_many({})
            return
        with self.engine() as engine, engine.begin() as connection:
            connection.exec_driver_sql("delete from change_log")

    def set_version(self, version: int) -> None:
        """Write another schema version into a database that has one."""
        if self.is_mongo:
            with self.client() as client:
                client.get_default_database()["schema_version"].update_one({}, {"$set": {"version": version}})
            return
        with self.engine() as engine, engine.begin() as connection:
            connection.exec_driver_sql(f"update schema_version set version = {version}")

    def wipe(self) -> None:
        """Drop everything."""
        if self.is_mongo:
            with self.client() as client:
                client.drop_database(client.get_default_database().name)
            return
        with self.engine() as engine:
            everything = sa.MetaData()
            everything.reflect(engine)
            everything.drop_all(engine)

    def records(self) -> dict[str, tuple[str, str]]:
        """Rev and operation by key."""
        return {row["key"]: (row["rev"], row["op"]) for row in self.rows("records")}

    def readable(self, entity: str) -> list[dict[str, Any]]:
        """What people read of a kind of record, sorted by its key."""
        rows = self.rows((COLLECTIONS if self.is_mongo else TABLES)[entity])
        return sorted(rows, key=lambda row: str(next(iter(row.values()))))

    def rows(self, name: str) -> list[dict[str, Any]]:
        if self.is_mongo:
            with self.client() as client:
                return [dict(row) for row in client.get_default_database()[name].find()]
        with self.engine() as engine, engine.connect() as connection:
            quote = engine.dialect.identifier_preparer.quote
            return [dict(row._mapping) for row in connection.exec_driver_sql(f"select * from {quote(name)}")]

    @contextmanager
    def engine(self) -> Iterator[sa.Engine]:
        drivers = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
        url = sa.make_url(self.url)
        engine = sa.create_engine(url.set(drivername=drivers.get(url.drivername, url.drivername)))
        try:
            yield engine
        finally:
            engine.dispose()

    def client(self) -> pymongo.MongoClient[dict[str, Any]]:
        return pymongo.MongoClient(self.url, tz_aware=True)


def check(change: Change, device_id: str) -> Delivery:
    """A change as a worker has it that a device has sent it to."""
    return checking.check(wire.pack(change), device_id)


def write(store: RecordStore, *changes: Change) -> list[Outcome]:
    return store.write([check(change, DEVICE) for change in changes], NOW)


def patiently(call: Callable[[], T]) -> T:
    """Call as a worker does: what is busy or away is asked again."""
    give_up_s = time.monotonic() + 120
    while True:
        try:
            return call()
        except TemporaryError:
            if time.monotonic() > give_up_s:
                raise
            time.sleep(0.01)
