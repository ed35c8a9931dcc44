"""The peer: sessions in SQLite as one would keep them there, durable when committed, indexed for the history page."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from edge_agent.records import Session

INSERT = "INSERT INTO sessions (user_id, start_time, document) VALUES (?, ?, ?)"
_PAGE = "SELECT document FROM sessions WHERE user_id = ? ORDER BY start_time DESC LIMIT ?"


class _Kept(msgspec.Struct):
    session: Session


_decoder = msgspec.json.Decoder(_Kept)


def open_sqlite(path: Path, held: Iterable[dict[str, Any]]) -> sqlite3.Connection:
    """Return a new database with these documents, in WAL mode, synced at every commit."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE sessions (id INTEGER PRIMARY KEY, user_id TEXT, start_time TEXT, document BLOB)")
    connection.execute("CREATE INDEX by_user ON sessions (user_id, start_time)")
    with connection:
        connection.executemany(INSERT, map(row, held))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def row(document: dict[str, Any]) -> tuple[str, str, bytes]:
    """Return what is inserted for a document."""
    session = document["session"]
    return session["user_id"], session["start_time"], msgspec.json.encode(document)


def page(connection: sqlite3.Connection, user_id: str, limit: int) -> tuple[Session, ...]:
    """Return somebody's newest sessions; all start times here have one offset, so their texts sort by age."""
    rows = connection.execute(_PAGE, (user_id, limit))
    return tuple(_decoder.decode(document).session for (document,) in rows)
