"""Reaching SQLite, PostgreSQL, MySQL and MariaDB: engines, what each connection is told, and locks on the schema."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from edge_agent import canonical
from edge_agent.cloud import sql_errors
from edge_agent.errors import ConfigError, TemporaryError

logger = logging.getLogger(__name__)

_LOCK_TIMEOUT_MS = 1500
"""Below the 3 s that stopping may take, for who waits here hears no signal; a worker waits anew without a pause."""
_CONNECT_TIMEOUT_S = 5
_READING = "edge_reading"
_SILENCE_S = 30
"""How long a server may be silent before its connection is given up."""

_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
_LZ4 = """SELECT set_config(name, 'lz4', false) FROM pg_settings
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)"""
"""A fifth less work for PostgreSQL than with its own compression, wherever it was built with this one."""
_SCHEMA_LOCK = 0x65646765
"""Any number, the same in all versions: whoever changes a PostgreSQL schema holds it."""


def make_engine(address: str, patience_s: float = 0.0) -> sa.Engine:
    """Return how to reach a database; nothing connects yet. Raises `ConfigError`, never with a password in it.

    With `patience_s`, who wants to write waits so long for SQLite's other writers; the servers queue theirs up.
    """
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigError(f"database address: {HOW}") from None
    if url.drivername != "sqlite" and "@" in f"{url.host}{url.database}":
        # Of a password with an @ in it, the rest would be taken for the host, and shown.
        raise ConfigError(f"database address: special characters of a password as %XX; {HOW}")
    if url.drivername == "sqlite":
        return _sqlite_engine(url, patience_s)
    if url.drivername not in _DRIVERS or not url.database:
        raise ConfigError(f"database address {show(url)}: {HOW}")
    options: dict[str, Any] = {"connect_timeout": _CONNECT_TIMEOUT_S}
    if url.drivername == "postgresql":
        options |= {"tcp_user_timeout": _SILENCE_S * 1000}
        options |= {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4}
    else:
        options |= {"charset": "utf8mb4", "read_timeout": _SILENCE_S, "write_timeout": _SILENCE_S}
    try:
        engine = _engine(url.set(drivername=_DRIVERS[url.drivername]), "READ COMMITTED", options)
    except ModuleNotFoundError as error:
        raise ConfigError(f"{error.name} is missing: pip install 'edge-agent[cloud]'") from error
    sa.event.listen(engine, "connect", _prepare_postgresql if url.drivername == "postgresql" else _prepare_mysql)
    return engine


def _sqlite_engine(url: sa.URL, patience_s: float) -> sa.Engine:
    if url.database in (None, "", ":memory:"):
        raise ConfigError(f"database address {show(url)}: {HOW}")
    engine = _engine(url, None, {})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    _stay_with_file(engine, url.database)
    sa.event.listen(engine, "begin", lambda connection: _begin_sqlite(connection, patience_s))
    return engine


def _engine(url: sa.URL, isolation_level: Any, connect: dict[str, Any]) -> sa.Engine:
    extra = {"isolation_level": isolation_level} if isolation_level else {}
    return sa.create_engine(
        url, connect_args=connect, json_serializer=lambda value: canonical.encode(value).decode(), **extra
    )


HOW = (
    "write it as sqlite:////absolute/path.db, postgresql://user:password@host/database,"
    " mysql://user:password@host/database or mongodb://user:password@host/database"
)


def show(url: sa.URL) -> str:
    """Return what a log may tell of an address."""
    port = f":{url.port}" if url.port else ""
    return f"{url.get_backend_name()}://{url.host or ''}{port}/{url.database or ''}"


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver's own transactions begin too late to keep writers in order (see _begin_sqlite).
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_LOCK_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _stay_with_file(engine: sa.Engine, path: str) -> None:
    """Have connections to a file that was deleted or replaced made anew: what they commit, nobody would find."""

    def note(_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info["file"] = _file_at(path)

    def check(_connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        if entry.info["file"] != _file_at(path):
            raise sa.exc.DisconnectionError(f"{path} is another file now")

    sa.event.listen(engine, "connect", note)
    sa.event.listen(engine, "checkout", check)


def _file_at(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin_sqlite(connection: sa.Connection, patience_s: float) -> None:
    if connection.get_execution_options().get(_READING):
        connection.exec_driver_sql("BEGIN")
        return
    give_up_s = time.monotonic() + patience_s
    told = False
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except sa.exc.OperationalError as error:
            if not sql_errors.is_locked(error) or time.monotonic() >= give_up_s:
                raise
            if not told:
                logger.warning("database %s: others are writing; it is waited for", show(connection.engine.url))
            told = True
        else:
            return


def reading(engine: sa.Engine) -> sa.Engine:
    """Return the engine for transactions that only read, all of it as it was at their beginning."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_READING: True})
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _prepare_postgresql(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = {_LOCK_TIMEOUT_MS}")
    # A plan that is kept for any values reads the whole table: at 16,000 records 400 a second instead of 2,100.
    cursor.execute("SET plan_cache_mode = force_custom_plan")
    cursor.execute(_LZ4)
    cursor.close()
    connection.commit()


def _prepare_mysql(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # Without strict mode a server may cut what is too long and say nothing.
    cursor.execute("SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')")
    cursor.execute(f"SET SESSION innodb_lock_wait_timeout = {max(1, _LOCK_TIMEOUT_MS // 1000)}")
    cursor.close()


@contextmanager
def schema_lock(connection: sa.Connection) -> Iterator[None]:
    """Keep others from changing the schema meanwhile; commit before the end. SQLite's writers are alone anyway."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
    if dialect not in ("mysql", "mariadb"):
        yield
        return
    if not connection.scalar(sa.select(sa.func.get_lock("edge-agent schema", _SILENCE_S // 2))):
        raise TemporaryError("somebody else is changing the database's schema")
    try:
        yield
    finally:
        connection.scalar(sa.select(sa.func.release_lock("edge-agent schema")))


def hold_schema(connection: sa.Connection, column: sa.Column[int]) -> int | None:
    """Return the schema's version, which nobody changes until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_SCHEMA_LOCK)))
        return connection.scalar(sa.select(column))
    return connection.scalar(sa.select(column).with_for_update(read=True))
