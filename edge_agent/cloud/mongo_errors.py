"""How to reach a MongoDB, and what its errors mean. No message has a password in it."""

from typing import Any

from pymongo import MongoClient
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    DocumentTooLarge,
    InvalidOperation,
    InvalidURI,
    OperationFailure,
    PyMongoError,
)
from pymongo.uri_parser import parse_uri

from edge_agent.errors import ConfigError, EdgeError, PermanentError, TemporaryError

_HOW = "write it as mongodb://user:password@host/database, special characters as %XX"
_PATIENCE: dict[str, Any] = {"serverSelectionTimeoutMS": 2000, "connectTimeoutMS": 5000, "socketTimeoutMS": 30_000}

_PERMANENT = {2, 9, 52, 121, 10334, 17280, 17419}
"""It does not parse, a validator refused it, or it is too large."""
_REFUSED = {13, 18, 8000}
"""Not allowed, or no such login; the last is Atlas's."""
_LONGEST = 300


def connect(uri: str, database: str) -> tuple[MongoClient[dict[str, Any]], str, str]:
    """Return a client that has not connected yet, the name of its database, and what a log may tell of the address.

    `database` is for an address that names none. Raises `ConfigError`.
    """
    try:
        parsed = parse_uri(uri)
        client: MongoClient[dict[str, Any]] = MongoClient(uri, tz_aware=True, connect=False, **_PATIENCE)
    except (PyMongoError, ValueError) as error:
        # What it says may repeat parts of the address, and so of the password.
        raise ConfigError(f"database address: not one of MongoDB ({type(error).__name__}); {_HOW}") from None
    name = parsed["database"] or database
    if not name:
        raise ConfigError(f"database address: it names no database, nor does MONGO_DB; {_HOW}")
    hosts = ",".join(f"{host}:{port}" for host, port in parsed["nodelist"])
    return client, name, f"mongodb://{hosts}/{name}"


def open_error(error: PyMongoError, where: str) -> EdgeError:
    """Return what a failed opening means: `ConfigError` for a refusal, else `TemporaryError`."""
    refused = isinstance(error, ConfigurationError | InvalidURI | InvalidOperation) or (
        isinstance(error, OperationFailure) and error.code in _REFUSED
    )
    return (ConfigError if refused else TemporaryError)(f"database {where}: {_line(error)}")


def write_error(error: Exception, where: str) -> EdgeError:
    """Return what a failed write means: `PermanentError` for content that can't be taken, else `TemporaryError`."""
    if not isinstance(error, PyMongoError) or isinstance(error, DocumentTooLarge):
        return PermanentError(f"the database cannot take it: {_line(error)}")
    if _codes(error) & _PERMANENT:
        return PermanentError(f"the database cannot take it: {_line(error)}")
    return TemporaryError(f"database {where}: {_line(error)}")


def _codes(error: PyMongoError) -> set[int | None]:
    if isinstance(error, BulkWriteError):
        return {one["code"] for one in error.details["writeErrors"]}
    return {error.code} if isinstance(error, OperationFailure) else set()


def _line(error: Exception) -> str:
    if isinstance(error, BulkWriteError):
        faults = [one["errmsg"] for one in error.details["writeErrors"] + error.details["writeConcernErrors"]]
        return " ".join("; ".join(faults).split())[:_LONGEST]
    # After that comes the state of the whole cluster.
    return " ".join(str(error).split()).partition(" (configured timeouts")[0][:_LONGEST]
