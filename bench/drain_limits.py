"""What bounds draining: the broker alone with the same messages, checking them, and the database alone with their rows.

The rows are those that a worker has written, its sets and its change log included, read from its database and put into
an empty one of the same schema: the same tables and indexes, the same durability, as many sessions in a transaction,
from one connection. Once by the driver's own bulk call, once by the worker's statements: the quicker one counts, as the
bulk call of some drivers is a loop.
"""

import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pymongo
import sqlalchemy as sa
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from pymongo import ReplaceOne
from pymongo.write_concern import WriteConcern

from bench.drain_figures import DRIVER, WORKER
from bench.drain_kiosk import DEVICE
from edge_agent import wire
from edge_agent.cloud import sql_connecting, sql_statements
from edge_agent.cloud.checking import check
from edge_agent.cloud.opening import store_at
from edge_agent.cloud.sql_bulk import BulkInsert
from edge_agent.cloud.sql_tables import CHANGE_LOG, MEMBERS, OWNERS, RECORDS, WORKOUT_SESSIONS, WORKOUT_SETS

_TOPIC = "bench/drain"
_WITHIN_S = 300.0

Transaction = Callable[[], None]
Prepare = Callable[[str, str, int], tuple[int, list[Transaction]]]


# The broker


def messages_s(port: int, payloads: Sequence[bytes]) -> float:
    """Return the QoS 1 messages a second that get through from one paho client to another."""
    all_there, subscribed = threading.Event(), threading.Event()
    left = len(payloads)

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if not left:
            all_there.set()

    reader, writer = _client(port), _client(port)
    reader.on_message = count
    reader.on_subscribe = lambda *_: subscribed.set()
    reader.subscribe(_TOPIC, qos=1)
    assert subscribed.wait(_WITHIN_S)
    begun_s = time.monotonic()
    for payload in payloads:
        writer.publish(_TOPIC, payload, qos=1)
    assert all_there.wait(_WITHIN_S), f"{left} messages have not come"
    took_s = time.monotonic() - begun_s
    for client in (reader, writer):
        client.disconnect()
        client.loop_stop()
    return len(payloads) / took_s


def _client(port: int) -> paho.Client:
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.connect("127.0.0.1", port)
    client.loop_start()
    return client


# What a worker must do whatever the database


def checks_s(payloads: Sequence[bytes]) -> float:
    """Return the changes a second that one process reads from messages and checks: shape, canonical form, digest."""
    gc.disable()  # a worker looks for cycles seldom
    try:
        begun_s, count = time.process_time(), 0
        for payload in payloads:
            changes, refused = wire.decode_changes(payload, wire.PROPERTIES)
            assert not refused
            count += len([check(change, DEVICE) for change in changes])
        return count / (time.process_time() - begun_s)
    finally:
        gc.enable()


# The database


def transactions(url: str) -> int:
    """Return how many transactions have written sessions: each marks what it lists."""
    if url.startswith("mongodb"):
        with pymongo.MongoClient[dict[str, Any]](url) as client:
            return len(client.get_default_database()["change_log"].distinct("tag"))
    engine = sql_connecting.make_engine(url)
    with engine.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.count(sa.distinct(CHANGE_LOG.c.tag)))) or 0)


def upserts_s(written: str, empty: Iterator[str], size: int) -> dict[str, float]:
    """Return the sessions a second that get from one database into others, `size` of them in a transaction, by way."""
    by_sql: dict[str, Prepare] = {DRIVER: _by_the_driver, WORKER: _by_the_worker_s_statements}
    ways = {DRIVER: _mongo} if written.startswith("mongodb") else by_sql
    return {way: _upserts_s(prepare, written, next(empty), size) for way, prepare in ways.items()}


def _upserts_s(prepare: Prepare, written: str, empty: str, size: int) -> float:
    store = store_at(empty)
    store.open()
    store.close()
    count, each = prepare(written, empty, size)
    begun_s = time.monotonic()
    for transaction in each:
        transaction()
    return count / (time.monotonic() - begun_s)


def _queries() -> dict[sa.Table, sa.Select[Any]]:
    sets = sa.select(WORKOUT_SETS).join(WORKOUT_SESSIONS)
    return {
        RECORDS: sa.select(RECORDS).order_by(RECORDS.c.rev),
        WORKOUT_SESSIONS: sa.select(WORKOUT_SESSIONS).order_by(WORKOUT_SESSIONS.c.start_time),
        WORKOUT_SETS: sets.order_by(WORKOUT_SESSIONS.c.start_time, WORKOUT_SETS.c.session_id, WORKOUT_SETS.c.number),
        CHANGE_LOG: sa.select(CHANGE_LOG).order_by(CHANGE_LOG.c.number),
    }


def _copy_owners(reading: sa.Connection, target: sa.Engine) -> None:
    with target.begin() as writing:
        for table in (OWNERS, MEMBERS):
            writing.execute(sa.insert(table), [row._asdict() for row in reading.execute(sa.select(table))])


def _by_the_driver(written: str, empty: str, size: int) -> tuple[int, list[Transaction]]:
    source, target = sql_connecting.make_engine(written), sql_connecting.make_engine(empty)
    queries = _queries()
    statements = [sql_statements.replace(target, table).compile(target) for table in queries]
    with source.connect() as reading:
        _copy_owners(reading, target)
        tables = [reading.exec_driver_sql(str(query.compile(source))).mappings().all() for query in queries.values()]
    source.dispose()
    connection = target.raw_connection()

    def transaction(parts: Sequence[Sequence[Any]]) -> None:
        cursor = connection.cursor()
        if target.dialect.name == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        for statement, part in zip(statements, parts, strict=True):
            cursor.executemany(str(statement), part)
        cursor.execute("COMMIT") if target.dialect.name == "sqlite" else connection.commit()

    columns = [_parameters(statement, rows) for statement, rows in zip(statements, tables, strict=True)]
    return len(tables[0]), [_once(transaction, parts) for parts in _lots(columns, size)]


def _by_the_worker_s_statements(written: str, empty: str, size: int) -> tuple[int, list[Transaction]]:
    source, target = sql_connecting.make_engine(written), sql_connecting.make_engine(empty)
    inserts = [
        BulkInsert(target, sql_statements.replace(target, table), whole_documents=table is RECORDS)
        for table in _queries()
    ]
    with source.connect() as reading:
        _copy_owners(reading, target)
        tables = [list(map(dict, reading.execute(query).mappings())) for query in _queries().values()]
    source.dispose()

    def transaction(parts: Sequence[Sequence[Any]]) -> None:
        with target.begin() as connection:
            for insert, part in zip(inserts, parts, strict=True):
                insert.write(connection, part)

    return len(tables[0]), [_once(transaction, parts) for parts in _lots(tables, size)]


def _parameters(statement: Any, rows: Sequence[Any]) -> list[Any]:
    if statement.positional:
        return [tuple(row[name] for name in statement.positiontup) for row in rows]
    return [dict(row) for row in rows]


def _mongo(written: str, empty: str, size: int) -> tuple[int, list[Transaction]]:
    with pymongo.MongoClient[dict[str, Any]](written) as client:
        source = client.get_default_database()
        orders = {"records": "rev", "workouts": "start_time", "change_log": "_id"}
        rows = [list(source[name].find().sort(order)) for name, order in orders.items()]
    durable = WriteConcern("majority", j=True)
    target = pymongo.MongoClient[dict[str, Any]](empty).get_default_database(write_concern=durable)

    def transaction(parts: Sequence[Sequence[Any]]) -> None:
        for name, part in zip(orders, parts, strict=True):
            target[name].bulk_write([ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in part], ordered=False)

    return len(rows[0]), [_once(transaction, parts) for parts in _lots(rows, size)]


def _lots(columns: Sequence[Sequence[Any]], size: int) -> Iterator[list[Sequence[Any]]]:
    """Part the rows by sessions; a table may have several rows for each, but as many for one as for another."""
    each = [len(column) // len(columns[0]) for column in columns]
    for begin in range(0, len(columns[0]), size):
        yield [column[begin * rows : (begin + size) * rows] for column, rows in zip(columns, each, strict=True)]


def _once(transaction: Callable[[Sequence[Sequence[Any]]], None], parts: Sequence[Sequence[Any]]) -> Transaction:
    return lambda: transaction(parts)
