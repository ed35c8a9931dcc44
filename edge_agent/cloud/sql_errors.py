"""What the errors of SQL databases mean: try again, refuse the content, or change the settings."""

import sqlalchemy as sa

from edge_agent.errors import ConfigError, EdgeError, PermanentError, TemporaryError

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
    if getattr(error.orig, "sqlite_errorname", ""):
        away = is_locked(error)
    elif _mysql_code(error):
        away = _mysql_code(error) not in _MYSQL_REFUSED and not isinstance(error, sa.exc.ProgrammingError)
    elif _sqlstate(error):
        away = not _sqlstate(error).startswith(("28", "3D", "42"))
    else:
        away = "FATAL" not in text or any(words in text for words in _POSTGRES_AWAY)
    return (TemporaryError if away else ConfigError)(f"database {where}: {text}")


def is_locked(error: sa.exc.DBAPIError) -> bool:
    """Whether somebody else is writing into a SQLite database."""
    return getattr(error.orig, "sqlite_errorname", "").startswith(_SQLITE_TRANSIENT)


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
