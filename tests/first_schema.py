"""The tables as version 1 of the schema had them, with a workout, one that was deleted and one of another member."""

from datetime import UTC, datetime

import sqlalchemy as sa

from edge_agent import canonical
from edge_agent.records import Change
from tests.cloud_parts import Database, gone, session
from tests.sync_parts import DEVICE

_METADATA = sa.MetaData()

_VERSION = sa.Table("schema_version", _METADATA, sa.Column("version", sa.Integer, primary_key=True))

_RECORDS = sa.Table(
    "records",
    _METADATA,
    sa.Column("entity", sa.String(32), primary_key=True),
    sa.Column("key", sa.String(128), primary_key=True),
    sa.Column("device_id", sa.String(64), nullable=False),
    sa.Column("rev", sa.String(96), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("op", sa.String(8), nullable=False),
    sa.Column("doc", sa.Text),
    sa.Column("received_at", sa.DateTime, nullable=False),
)

_SESSIONS = sa.Table(
    "workout_sessions",
    _METADATA,
    sa.Column("session_id", sa.String(128), primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False),
    sa.Column("start_time", sa.DateTime, nullable=False),
    sa.Index("workout_sessions_of_user", "user_id", "start_time"),
)

CHANGES = [session(1, "one"), gone(2, "session", "two"), session(3, "three", user_id="bob")]


def make_first(database: Database) -> None:
    """Fill an empty SQL database."""
    with database.engine() as engine, engine.begin() as connection:
        _METADATA.create_all(connection)
        connection.execute(sa.insert(_VERSION).values(version=1))
        connection.execute(sa.insert(_RECORDS), [_row(change) for change in CHANGES])
        start = datetime(2026, 2, 16, 22, 34, 50)
        connection.execute(sa.insert(_SESSIONS).values(session_id="one", user_id="ann", start_time=start))


def _row(change: Change) -> dict[str, object]:
    fields = {name: getattr(change, name) for name in ("entity", "key", "rev", "hash", "op")}
    doc = None if change.doc is None else canonical.encode(change.doc).decode()
    return {**fields, "doc": doc, "device_id": DEVICE, "received_at": datetime.now(UTC).replace(tzinfo=None)}
