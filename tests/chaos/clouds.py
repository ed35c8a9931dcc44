"""The databases at the end of the way, read without the product's own code."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol

import msgspec

from edge_agent import canonical

Contents = tuple[Mapping[str, str], Mapping[str, int]]
"""Digest of each session's document by key, and how many plain rows each has."""


class Cloud(Protocol):
    @property
    def port(self) -> int | None:
        """Where its server listens; None when it has none."""

    def url(self, port: int | None) -> str:
        """Return its address, reached through another port of this machine."""

    def start(self) -> None: ...

    def kill(self) -> None: ...

    def read(self) -> Contents: ...


class SqliteCloud:
    port = None

    def __init__(self, folder: Path) -> None:
        self._path = folder / "cloud.db"

    def url(self, port: int | None) -> str:  # noqa: ARG002 - there is no server
        return f"sqlite:///{self._path}"

    def start(self) -> None: ...

    def kill(self) -> None: ...

    def read(self) -> Contents:
        with closing(sqlite3.connect(self._path)) as database:
            documents = database.execute("SELECT key, doc FROM records WHERE entity = 'session'").fetchall()
            rows = Counter(key for (key,) in database.execute("SELECT session_id FROM workout_sessions"))
        return {key: canonical.digest(msgspec.json.decode(doc)) for key, doc in documents}, rows


CLOUDS: Mapping[str, Callable[[Path], Cloud]] = {"sqlite": SqliteCloud}
"""Makes each kind of database in a folder."""
