"""The cloud's records in a SQL database, through SQLAlchemy. SQLite so far.

`records` is the truth: each record's newest version as canonical JSON, a deletion as a tombstone without document.
`workout_sessions` is for people and their SQL: a plain row for each session, kept in the same transaction.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from edge_agent import canonical
from edge_agent.cloud.store import Delivery, Outcome
from edge_agent.errors import ConfigError, PermanentError, TemporaryError
from edge_agent.records import Session

SCHEMA = 1

_BUSY_TIMEOUT_MS = 1500
"""Below the time that stopping may take; who waits longer tries again."""


class UtcTime(sa.TypeDecorator[datetime]):
    """A moment, kept as UTC also where the database knows no time zones."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Store as UTC without zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Read back as UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


_metadata = sa.MetaData()

SCHEMA_VERSION = sa.Table("schema_version", _metadata, sa.Column("version", sa.Integer, primary_key=True))

RECORDS = sa.Table(
    "records",
    _metadata,
    sa.Column("entity", sa.String(32), primary_key=True),
    sa.Column("key", sa.String(128), primary_key=True),
    sa.Column("device_id", sa.String(64), nullable=False),
    sa.Column("rev", sa.String(96), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("op", sa.String(8), nullable=False),
    sa.Column("doc", sa.Text),
    sa.Column("received_at", UtcTime, nullable=False),
)

WORKOUT_SESSIONS = sa.Table(
    "workout_sessions",
    _metadata,
    sa.Column("session_id", sa.String(128), primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False),
    sa.Column("user_name", sa.String(255), nullable=False),
    sa.Column("device_id", sa.String(64), nullable=False),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("exercise", sa.Text, nullable=False, comment="keys in order, separated by commas"),
    sa.Column("sets", sa.Integer, nullable=False),
    sa.Column("reps", sa.Integer, nullable=False, comment="full ones"),
    sa.Column("accuracy", sa.Float, comment="0 to 1"),
    sa.Column("start_time", UtcTime, nullable=False),
    sa.Column("end_time", UtcTime, nullable=False),
    sa.Column("duration", sa.Float, nullable=False, comment="seconds"),
    sa.Column("calories", sa.Float, comment="kcal"),
    sa.Column("feedback_points", sa.Text, nullable=False, comment="a list in JSON"),
    sa.Column("notes", sa.Text),
    sa.Index("workout_sessions_of_user", "user_id", "start_time"),
)


class SqlStore:
    """Implements `store.RecordStore`."""

    def __init__(self, url: str) -> None:
        """Raises `ConfigError` for a URL that names no database we can use."""
        try:
            self._url = sa.make_url(url)
        except sa.exc.ArgumentError as error:
            raise ConfigError(f"database address: {_HOW}") from error
        if self._url.drivername != "sqlite" or self._url.database in (None, "", ":memory:"):
            raise ConfigError(f"database address {self._url.render_as_string()!r}: {_HOW}")
        self._engine = sa.create_engine(self._url)
        sa.event.listen(self._engine, "connect", _prepare)
        sa.event.listen(self._engine, "begin", _begin)

    def open(self) -> None:
        """Connect and make the schema; a newer one is refused and left alone."""
        try:
            with self._engine.begin() as connection:
                self._make_schema(connection)
        except sa.exc.DBAPIError as error:
            if _is_busy(error):
                raise TemporaryError(f"database {self._url.database} is busy") from error
            raise ConfigError(f"database {self._url.database}: {error.orig}") from error

    def _make_schema(self, connection: sa.Connection) -> None:
        SCHEMA_VERSION.create(connection, checkfirst=True)
        version = connection.scalar(sa.select(sa.func.max(SCHEMA_VERSION.c.version)))
        if version is None:
            connection.execute(sa.insert(SCHEMA_VERSION).values(version=SCHEMA))
        elif version > SCHEMA:
            raise ConfigError(f"database {self._url.database} is of schema version {version}: upgrade edge-agent")
        _metadata.create_all(connection)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def write(self, deliveries: Sequence[Delivery], received_at: str) -> list[Outcome]:
        """Write newest versions, then read back what is there: that is what the receipts tell."""
        newest = _newest(deliveries)
        try:
            with self._engine.begin() as connection:
                connection.execute(_UPSERT_RECORDS, [_record_row(one, received_at) for one in newest])
                there = _read_back(connection, newest)
                _keep_sessions(connection, [one for one in newest if there[_name(one)] == _version(one)])
        except (sa.exc.DataError, sa.exc.IntegrityError, OverflowError, UnicodeEncodeError) as error:
            raise PermanentError(f"the database cannot take it: {getattr(error, 'orig', error)}") from error
        except sa.exc.DBAPIError as error:
            raise TemporaryError(f"database {self._url.database}: {error.orig}") from error
        return [_outcome(one, there[_name(one)]) for one in deliveries]


_HOW = "write it as sqlite:///relative.db or sqlite:////absolute/path.db"


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver's own transactions begin too late to keep writers in order (see _begin).
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_busy(error: sa.exc.DBAPIError) -> bool:
    return getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _newer_wins(table: sa.Table, keys: Sequence[str], condition: Any = None) -> sqlite.Insert:
    insert = sqlite.insert(table)
    columns = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    where = None if condition is None else condition(insert.excluded)
    return insert.on_conflict_do_update(index_elements=keys, set_=columns, where=where)


_UPSERT_RECORDS = _newer_wins(RECORDS, ["entity", "key"], lambda new: new.rev > RECORDS.c.rev)
_UPSERT_SESSIONS = _newer_wins(WORKOUT_SESSIONS, ["session_id"])


def _name(delivery: Delivery) -> tuple[str, str]:
    return delivery.change.entity, delivery.change.key


def _version(delivery: Delivery) -> tuple[str, str]:
    return delivery.change.rev, delivery.change.hash


def _newest(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Return the newest version of each record, sorted by key: workers that lock rows in one order never deadlock."""
    newest: dict[tuple[str, str], Delivery] = {}
    for one in deliveries:
        known = newest.get(_name(one))
        if known is None or known.change.rev < one.change.rev:
            newest[_name(one)] = one
    return sorted(newest.values(), key=_name)


def _read_back(connection: sa.Connection, deliveries: Sequence[Delivery]) -> dict[tuple[str, str], tuple[str, str]]:
    name = sa.tuple_(RECORDS.c.entity, RECORDS.c.key)
    query = sa.select(RECORDS.c.entity, RECORDS.c.key, RECORDS.c.rev, RECORDS.c.hash)
    rows = connection.execute(query.where(name.in_([_name(one) for one in deliveries])))
    return {(entity, key): (rev, digest) for entity, key, rev, digest in rows}


def _keep_sessions(connection: sa.Connection, deliveries: Sequence[Delivery]) -> None:
    kept = [_session_row(one.session) for one in deliveries if one.session]
    gone = [one.change.key for one in deliveries if one.change.entity == "session" and not one.session]
    if kept:
        connection.execute(_UPSERT_SESSIONS, kept)
    if gone:
        connection.execute(sa.delete(WORKOUT_SESSIONS).where(WORKOUT_SESSIONS.c.session_id.in_(gone)))


def _outcome(delivery: Delivery, there: tuple[str, str]) -> Outcome:
    if there == _version(delivery):
        return "stored"
    return "stale" if there[0] > delivery.change.rev else "clash"


def _record_row(delivery: Delivery, received_at: str) -> dict[str, object]:
    change = delivery.change
    return {
        "entity": change.entity,
        "key": change.key,
        "device_id": delivery.device_id,
        "rev": change.rev,
        "hash": change.hash,
        "op": change.op,
        "doc": None if change.doc is None else canonical.encode(change.doc).decode(),
        "received_at": datetime.fromisoformat(received_at),
    }


def _session_row(session: Session) -> dict[str, object]:
    return {
        "session_id": session.session_id,
        "user_id": session.user_id,
        "user_name": session.user_name,
        "device_id": session.device_id,
        "source": session.source,
        "exercise": ",".join(entry.exercise for entry in session.exercises),
        "sets": sum(len(entry.sets) for entry in session.exercises),
        "reps": session.reps,
        "accuracy": session.accuracy,
        "start_time": datetime.fromisoformat(session.start_time),
        "end_time": datetime.fromisoformat(session.end_time),
        "duration": session.duration_s,
        "calories": session.calories_kcal,
        "feedback_points": canonical.encode(session.feedback_points).decode(),
        "notes": session.notes,
    }
