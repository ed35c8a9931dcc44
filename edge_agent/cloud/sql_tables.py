"""The tables of the SQL databases.

`records` is the truth: each record's newest version as canonical JSON, a deletion as a tombstone without document. The
other tables are plain rows made from it, kept in the same transaction, for people and their SQL.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from edge_agent.cloud.rows import TABLES


class Moment(sa.TypeDecorator[datetime]):
    """A moment to the microsecond, kept as UTC where the database knows no time zones."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(sa.DateTime())

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Store as UTC."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Read back as UTC."""
        return None if value is None else value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _plain(length: int) -> sa.types.TypeEngine[str]:
    """Return the type of a short ASCII text that is compared byte by byte: revs sort by age, keys differ by case."""
    return (
        sa.String(length)
        .with_variant(postgresql.VARCHAR(length, collation="C"), "postgresql")
        .with_variant(mysql.VARCHAR(length, charset="ascii", collation="ascii_bin"), "mysql", "mariadb")
    )


def _user_id() -> sa.types.TypeEngine[str]:
    binary = mysql.VARCHAR(255, charset="utf8mb4", collation="utf8mb4_bin")
    return (
        sa.String(255)
        .with_variant(postgresql.VARCHAR(255, collation="C"), "postgresql")
        .with_variant(binary, "mysql", "mariadb")
    )


_TEXT = sa.Text().with_variant(mysql.LONGTEXT(charset="utf8mb4"), "mysql", "mariadb")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
METADATA = sa.MetaData()


def _table(name: str, *parts: sa.Column[Any] | sa.Index | sa.PrimaryKeyConstraint) -> sa.Table:
    return sa.Table(
        name,
        METADATA,
        *parts,
        mysql_engine="InnoDB",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mariadb_charset="utf8mb4",
    )


SCHEMA_VERSION = _table("schema_version", sa.Column("version", sa.Integer, primary_key=True, autoincrement=False))

RECORDS = _table(
    "records",
    sa.Column("entity", _plain(32)),
    sa.Column("key", _plain(128)),
    sa.Column("device_id", _plain(64), nullable=False),
    sa.Column("rev", _plain(96), nullable=False),
    sa.Column("hash", _plain(64), nullable=False),
    sa.Column("op", _plain(8), nullable=False),
    sa.Column("doc", _TEXT),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("user_id", _user_id(), comment="whose deletion takes it along"),
    sa.Column("program_id", _plain(128), comment="whose deletion takes it along"),
    sa.Column("day", _plain(10), comment="of the rev, UTC"),
    sa.Column("mark", sa.BigInteger, comment="of this version, to be added up"),
    # The key first: PostgreSQL, before it has statistics, would look for all records of the entity.
    sa.PrimaryKeyConstraint("key", "entity"),
    sa.Index("records_of_device", "device_id", "day"),
    sa.Index("records_of_user", "user_id"),
    sa.Index("records_of_program", "program_id"),
)

OWNERS = _table(
    "owners",
    sa.Column("entity", _plain(32), primary_key=True),
    sa.Column("key", _user_id(), primary_key=True),
    sa.Column("erased_rev", _plain(96), nullable=False, comment="of the newest deletion, or empty"),
)
"""A row for each member and program, which writers lock: nothing is put beside the deletion that takes it along."""


CHANGE_LOG = _table(
    "change_log",
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("tag", _plain(16), nullable=False, comment="of whoever listed it"),
    sa.Column("entity", _plain(32), nullable=False),
    sa.Column("key", _plain(128), nullable=False),
    sa.Column("rev", _plain(96), nullable=False),
    sa.Column("op", _plain(8), nullable=False),
    sa.Column("device_id", _plain(64), nullable=False),
    sa.Index("change_log_of_record", "entity", "key", "rev", "op", unique=True),
    sa.Index("change_log_of_device", "device_id", "number"),
)
"""Each version in the order in which the database took it."""

BOOKMARKS = _table(
    "bookmarks",
    sa.Column("name", _plain(64), primary_key=True),
    sa.Column("value", _plain(200), nullable=False),
)

DEVICES = _table(
    "devices",
    sa.Column("device_id", _plain(64), primary_key=True),
    sa.Column("gym", _plain(64), nullable=False),
)


def _users() -> sa.ForeignKey:
    return sa.ForeignKey("user_health_profiles.userId", ondelete="CASCADE")


def _programs() -> sa.ForeignKey:
    return sa.ForeignKey("programs.id", ondelete="CASCADE")


def _plain_table(entity: str, *parts: sa.Column[Any] | sa.Index) -> sa.Table:
    return _table(TABLES[entity], *parts)


MEMBERS = _plain_table(
    "member",
    sa.Column("userId", _user_id(), primary_key=True),
    sa.Column("name", _TEXT, nullable=False),
    sa.Column("email", _TEXT),
    sa.Column("profile", _JSON, nullable=False),
    sa.Column("created_at", Moment),
)

PROGRAMS = _plain_table(
    "program",
    sa.Column("id", _plain(128), primary_key=True),
    sa.Column("user_id", _user_id(), _users(), nullable=False),
    sa.Column("title", _TEXT, nullable=False),
    sa.Column("program_json", _JSON, nullable=False),
    sa.Column("methodology_id", _TEXT),
    sa.Column("generation_metadata", _JSON, nullable=False),
    sa.Column("created_at", Moment),
    sa.Index("idx_programs_user", "user_id"),
)

_ORDINAL = "the same day as a number; 1 was Monday, 1 January of the year 1"

WORKOUT_SESSIONS = _plain_table(
    "session",
    sa.Column("session_id", _plain(128), primary_key=True),
    sa.Column("user_id", _user_id(), _users(), nullable=False),
    sa.Column("user_name", _TEXT, nullable=False),
    sa.Column("device_id", _plain(64), nullable=False),
    sa.Column("source", _plain(16), nullable=False),
    sa.Column("exercise", _TEXT, nullable=False, comment="keys in order, separated by commas"),
    sa.Column("sets", sa.Integer, nullable=False),
    sa.Column("reps", sa.Integer, nullable=False, comment="full ones"),
    sa.Column("accuracy", sa.Double, comment="0 to 1"),
    sa.Column("timestamp", _plain(50), nullable=False, comment="of the start, as the kiosk wrote it"),
    sa.Column("day", _plain(10), nullable=False, comment="of the start, where the kiosk is"),
    sa.Column("day_ordinal", sa.Integer, nullable=False, comment=_ORDINAL),
    sa.Column("start_time", Moment, nullable=False),
    sa.Column("end_time", Moment, nullable=False),
    sa.Column("duration", sa.Double, nullable=False, comment="seconds"),
    sa.Column("calories", sa.Double, comment="kcal"),
    sa.Column("feedback_points", _TEXT, nullable=False, comment="a list in JSON"),
    sa.Column("notes", _TEXT),
    sa.Column("program_id", _TEXT),
    sa.Column("week_number", sa.Integer),
    sa.Column("day_number", sa.Integer),
    sa.Column("created_at", Moment, nullable=False, comment="when the cloud had it first"),
    sa.Index("workout_sessions_of_user", "user_id", "start_time"),
)

_EXERCISE = sa.Text().with_variant(mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb")

WORKOUT_SETS = _table(
    "workout_sets",
    sa.Column("session_id", _plain(128), sa.ForeignKey("workout_sessions.session_id", ondelete="CASCADE")),
    sa.Column("number", sa.Integer, autoincrement=False, comment="within the session, from 1"),
    sa.Column("user_id", _user_id(), nullable=False),
    sa.Column("device_id", _plain(64), nullable=False),
    sa.Column("day", _plain(10), nullable=False, comment="of the session"),
    sa.Column("day_ordinal", sa.Integer, nullable=False, comment=_ORDINAL),
    sa.Column("exercise", _EXERCISE, nullable=False),
    sa.Column("verified", sa.Boolean, nullable=False, comment="a camera saw this exercise"),
    sa.Column("working", sa.Boolean, nullable=False, comment="and no warm-up"),
    sa.Column("reps", sa.Integer, nullable=False, comment="full ones"),
    sa.Column("seen_reps", sa.Integer, nullable=False, comment="of them, those that the camera counted"),
    sa.Column("weight_kg", sa.Double, comment="none for the body alone"),
    sa.Column("hold_ms", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("session_id", "number"),
    sa.Index("workout_sets_of_user", "user_id", "day"),
)
"""What only the JSON of `records` would tell: each set of a living session."""

PROGRESS_LOGS = _plain_table(
    "progress",
    sa.Column("id", _plain(128), primary_key=True),
    sa.Column("user_id", _user_id(), _users(), nullable=False),
    sa.Column("program_id", _plain(128), _programs(), nullable=False),
    sa.Column("week_number", sa.Integer, nullable=False),
    sa.Column("day_number", sa.Integer, nullable=False),
    sa.Column("completed", sa.Boolean, nullable=False),
    sa.Column("completed_at", Moment),
    sa.Column("feedback", _JSON, nullable=False),
    sa.Column("created_at", Moment),
    sa.Index("idx_progress_logs_user_program", "user_id", "program_id"),
    sa.Index("idx_progress_logs_week_day", "week_number", "day_number"),
    sa.Index("idx_progress_logs_completed", "completed", "completed_at"),
)

READINESS_CHECKS = _plain_table(
    "readiness",
    sa.Column("id", _plain(128), primary_key=True),
    sa.Column("user_id", _user_id(), _users(), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("score", sa.Double),
    sa.Column("answers", _JSON, nullable=False),
    sa.Index("idx_readiness_checks_user", "user_id", "created_at"),
)

CHECK_INS = _plain_table(
    "check_in",
    sa.Column("id", _plain(128), primary_key=True),
    sa.Column("user_id", _user_id(), _users(), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("program_id", _plain(128), _programs()),
    sa.Column("start_date", _TEXT),
    sa.Column("end_date", _TEXT),
    sa.Column("sessions_completed", sa.Integer, nullable=False),
    sa.Column("sessions_planned", sa.Integer, nullable=False),
    sa.Column("adherence_rate", sa.Double, comment="0 to 1"),
    sa.Column("average_rpe", sa.Double),
    sa.Column("notes", _TEXT),
    sa.Index("idx_check_ins_user", "user_id", "created_at"),
)

PLAIN = {entity: METADATA.tables[table] for entity, table in TABLES.items()}
"""The table of plain rows of each kind of record, owners before what they own."""
