"""What differs between SQLite, PostgreSQL and MySQL or MariaDB: connecting, upserts, locks, and what errors mean."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from edge_agent import canonical
from edge_agent.errors import ConfigError, EdgeError, PermanentError, TemporaryError

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


def make_engine(address: str) -> sa.Engine:
    """Return how to reach a database; nothing connects yet. Raises `ConfigError`, never with a password in it."""
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigError(f"database address: {HOW}") from None
    if url.drivername == "sqlite":
        return _sqlite_engine(url)
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


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    if url.database in (None, "", ":memory:"):
        raise ConfigError(f"database address {show(url)}: {HOW}")
    engine = _engine(url, None, {})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
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


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(_READING) else "BEGIN IMMEDIATE")


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


# Statements


def newer_wins(engine: sa.Engine, table: sa.Table, keys: Sequence[str]) -> sa.Insert:
    """Return an insert that replaces a row by one with a higher `rev`, or by a deletion with the same."""
    others = [column.name for column in table.columns if column.name not in keys]
    if engine.dialect.name in ("mysql", "mariadb"):
        # Assigned from left to right: once `rev` is new, the condition is over. VALUES() and no bound values, or the
        # driver sends row by row.
        condition = "VALUES(`rev`) > `rev` OR (VALUES(`rev`) = `rev` AND VALUES(`op`) = 'delete' AND `op` = 'put')"
        ordered = [*(name for name in others if name not in ("op", "rev")), "op", "rev"]
        taken = {name: f"IF({condition}, VALUES(`{name}`), `{name}`)" for name in ordered}
        return mysql.insert(table).on_duplicate_key_update(
            [(name, sa.literal_column(text)) for name, text in taken.items()]
        )
    insert = _insert(engine, table)
    new = insert.excluded
    wins = sa.or_(new.rev > table.c.rev, sa.and_(new.rev == table.c.rev, new.op == "delete", table.c.op == "put"))
    return insert.on_conflict_do_update(index_elements=keys, set_={name: new[name] for name in others}, where=wins)


def replace(engine: sa.Engine, table: sa.Table, keep: Sequence[str] = ()) -> sa.Insert:
    """Return an insert that replaces the row under the same primary key, but for the columns in `keep`."""
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in (*keys, *keep)]
    if engine.dialect.name in ("mysql", "mariadb"):
        return mysql.insert(table).on_duplicate_key_update(
            [(name, sa.literal_column(f"VALUES(`{name}`)")) for name in others]
        )
    insert = _insert(engine, table)
    return insert.on_conflict_do_update(index_elements=keys, set_={name: insert.excluded[name] for name in others})


def insert_missing(engine: sa.Engine, table: sa.Table) -> sa.Insert:
    """Return an insert that leaves alone what is there."""
    key = next(iter(table.primary_key)).name
    if engine.dialect.name in ("mysql", "mariadb"):
        return mysql.insert(table).on_duplicate_key_update([(key, sa.literal_column(f"`{key}`"))])
    return _insert(engine, table).on_conflict_do_nothing()


def in_bulk(engine: sa.Engine, insert: sa.Insert) -> sa.Insert:
    """Return an insert of rows that have all columns, for `write_rows`.

    PostgreSQL gets all rows as one text in JSON: a third of the time, here and there, of a statement for each row. Not
    for documents: those would be quoted and parsed for nothing.
    """
    table = insert.table
    if engine.dialect.name != "postgresql" or any(isinstance(one.type, sa.JSON) for one in table.columns):
        return insert
    columns = [sa.column(one.name, _element(one.type)) for one in table.columns]
    rows = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text), postgresql.JSON))
    new = rows.table_valued(*columns).render_derived(name="new_rows", with_types=True)
    return insert.from_select([one.name for one in columns], sa.select(*new.c))


def _element(column: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """Return the type of what is in the text; its length and collation are the column's affair."""
    return sa.Text() if isinstance(column, sa.String) else column


def write_rows(connection: sa.Connection, insert: sa.Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute an insert of `in_bulk`."""
    if insert.select is None:
        connection.execute(insert, list(rows))
    else:
        connection.execute(insert, {"rows": msgspec.json.encode(rows).decode()})


def _insert(engine: sa.Engine, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if engine.dialect.name == "postgresql" else sqlite.insert(table)


def any_name(table: sa.Table, names: Sequence[tuple[str, str]]) -> sa.ColumnElement[bool]:
    """Return a condition that each database answers from the primary key, unlike one on pairs."""
    groups = groupby(sorted(names), lambda one: one[0])
    return sa.or_(
        *(sa.and_(table.c.entity == entity, table.c.key.in_([key for _, key in group])) for entity, group in groups)
    )


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


# Errors

_SQLITE_TRANSIENT = ("SQLITE_BUSY", "SQLITE_LOCKED")

_POSTGRES_PERMANENT = ("22", "23", "54")
"""Classes of SQLSTATE: data, integrity, program limits."""
_POSTGRES_AWAY = ("starting up", "shutting down", "recovery mode", "too many clients", "connection slots")
"""Refusals that pass; a connection that fails has no SQLSTATE."""

_MYSQL_PERMANENT = {1118, 1153, 1301, 3140, 3157, 4025}
"""Too large a row or packet, no JSON, nested too deeply, a constraint."""
_MYSQL_REFUSED = {1044, 1045, 1049, 1142, 1698}
"""Login, database or right that is not there."""


def write_error(error: Exception, where: str) -> EdgeError:
    """Return what a failed write means: `PermanentError` for content that can't be taken, else `TemporaryError`."""
    if not isinstance(error, sa.exc.DBAPIError):
        return PermanentError(f"the database cannot take it: {_line(error)}")
    foreign_key = "foreign key" in str(error.orig).lower()
    permanent = (
        isinstance(error, sa.exc.DataError)
        or (isinstance(error, sa.exc.IntegrityError) and not foreign_key)
        or _sqlstate(error).startswith(_POSTGRES_PERMANENT)
        or _mysql_code(error) in _MYSQL_PERMANENT
    )
    if permanent and not foreign_key and not error.connection_invalidated:
        return PermanentError(f"the database cannot take it: {_line(error.orig)}")
    return TemporaryError(f"database {where}: {_line(error.orig)}")


def open_error(error: sa.exc.DBAPIError, where: str) -> EdgeError:
    """Return what a failed opening means: `TemporaryError` while the server is away, else `ConfigError`."""
    text = _line(error.orig)
    sqlite_name = getattr(error.orig, "sqlite_errorname", "")
    if sqlite_name:
        away = sqlite_name.startswith(_SQLITE_TRANSIENT)
    elif _mysql_code(error):
        away = _mysql_code(error) not in _MYSQL_REFUSED and not isinstance(error, sa.exc.ProgrammingError)
    elif _sqlstate(error):
        away = not _sqlstate(error).startswith(("28", "3D", "42"))
    else:
        away = "FATAL" not in text or any(words in text for words in _POSTGRES_AWAY)
    return (TemporaryError if away else ConfigError)(f"database {where}: {text}")


def _sqlstate(error: sa.exc.DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _mysql_code(error: sa.exc.DBAPIError) -> int:
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0


def _line(error: object) -> str:
    match getattr(error, "args", ()):
        case (int(code), str(words)):  # of PyMySQL
            return f"{words} ({code})"
    return " ".join(str(error).split())
