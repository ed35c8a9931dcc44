"""Makes the tables and brings older ones up to date. The version is kept in the database.

Plain rows are made from `records`, so an upgrade throws them away and makes them anew; each step may be done twice, so
an upgrade that was killed is finished by the next. Meanwhile the version is 0, and no worker writes.
"""

import logging
from typing import Any

import msgspec
import sqlalchemy as sa

from edge_agent.cloud import sql_connecting
from edge_agent.cloud.documents import KINDS, program_of
from edge_agent.cloud.sql_plain import PlainRows
from edge_agent.cloud.sql_tables import METADATA, PLAIN, RECORDS, SCHEMA_VERSION, WORKOUT_SETS
from edge_agent.cloud.store import SCHEMA, Opened
from edge_agent.digests import Version, day_of, mark
from edge_agent.errors import ConfigError, TemporaryError

logger = logging.getLogger(__name__)

_UNFINISHED = 0
_PAGE = 500


def prepare(engine: sa.Engine, plain: PlainRows, where: str) -> Opened:
    """Make or upgrade the schema if need be; return what was done. Raises `ConfigError` when it is a newer one."""
    with engine.connect() as connection:
        if _found(connection, where) == SCHEMA and _is_complete(connection):
            return Opened(found=SCHEMA)
        with sql_connecting.schema_lock(connection):
            found = _found(connection, where)
            rewritten = 0
            METADATA.create_all(connection, [SCHEMA_VERSION])
            if found not in (None, SCHEMA):
                logger.warning("database %s: schema version %d becomes %d", where, found, SCHEMA)
                rewritten = _upgrade(connection, plain)
            METADATA.create_all(connection)
            _set_version(connection, SCHEMA)
            connection.commit()
    return Opened(found=found, rewritten=rewritten)


def check_version(connection: sa.Connection, where: str) -> None:
    """Keep the schema as it is until the transaction ends. Raises `TemporaryError` when it is not ours."""
    version = sql_connecting.hold_schema(connection, SCHEMA_VERSION.c.version)
    if version != SCHEMA:
        raise TemporaryError(f"database {where}: {_words(version)}")


def _words(version: int | None) -> str:
    if version is not None and version > SCHEMA:
        return f"it is of schema version {version}: upgrade edge-agent"
    return "its schema is being made"


def _found(connection: sa.Connection, where: str) -> int | None:
    if not sa.inspect(connection).has_table(SCHEMA_VERSION.name):
        return None
    version: int | None = connection.scalar(sa.select(sa.func.max(SCHEMA_VERSION.c.version)))
    if version is not None and version > SCHEMA:
        raise ConfigError(f"database {where}: {_words(version)}")
    return version


def _is_complete(connection: sa.Connection) -> bool:
    return METADATA.tables.keys() <= set(sa.inspect(connection).get_table_names())


def _set_version(connection: sa.Connection, version: int) -> None:
    connection.execute(sa.delete(SCHEMA_VERSION))
    connection.execute(sa.insert(SCHEMA_VERSION).values(version=version))


def _upgrade(connection: sa.Connection, plain: PlainRows) -> int:
    _set_version(connection, _UNFINISHED)
    for table in (WORKOUT_SETS, *reversed(PLAIN.values())):
        table.drop(connection, checkfirst=True)
    _add_columns(connection, RECORDS)
    METADATA.create_all(connection)
    _fill_columns(connection)
    return plain.make_anew(connection, sa.true())


def _add_columns(connection: sa.Connection, table: sa.Table) -> None:
    known = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in known:
            words = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {words}")
    for index in table.indexes:
        index.create(connection, checkfirst=True)


def _fill_columns(connection: sa.Connection) -> None:
    """Since version 2 a record says whose it is, and what it adds to its day's digest."""
    name = (RECORDS.c.entity == sa.bindparam("its_entity"), RECORDS.c.key == sa.bindparam("its_key"))
    columns: dict[str, Any] = {
        column: sa.bindparam(f"new_{column}") for column in ("user_id", "program_id", "day", "mark")
    }
    update = sa.update(RECORDS).where(*name).values(columns)
    while rows := connection.execute(sa.select(RECORDS).where(RECORDS.c.day.is_(None)).limit(_PAGE)).all():
        connection.execute(update, [_missing_values(row) for row in rows])


def _missing_values(row: sa.Row[tuple[object, ...]]) -> dict[str, object]:
    version = Version(entity=row.entity, key=row.key, rev=row.rev, hash=row.hash)
    document = None if row.doc is None else msgspec.json.decode(row.doc, type=KINDS[row.entity])
    return {
        "its_entity": row.entity,
        "its_key": row.key,
        "new_user_id": document.user_id if document else None,
        "new_program_id": program_of(document) if document else None,
        "new_day": day_of(row.rev),
        "new_mark": mark(version),
    }
