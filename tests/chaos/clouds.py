"""The databases at the end of the way, read without the product's own code."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import msgspec
import pymongo
import sqlalchemy as sa

from edge_agent import canonical
from tests.databases import Server, server_named

CLOUDS = ("sqlite", "postgresql", "mariadb", "secantus")
"""The last one speaks MongoDB's protocol."""

Contents = tuple[Mapping[str, str], Mapping[str, int]]
"""Digest of each session's document by key, and how many rows people see of each."""

_DATABASE = "chaos"


class Cloud:
    """A database that may be killed, unless it has no server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        server.create(_DATABASE)

    @property
    def port(self) -> int | None:
        """Where its server listens; None when it has none."""
        return getattr(self._server, "port", None)

    def url(self, port: int | None) -> str:
        """Return its address, reached through another port of this machine."""
        address = self._server.url(_DATABASE)
        return address.replace(f":{self.port}/", f":{port}/") if port else address

    def start(self) -> None:
        self._server.start()

    def kill(self) -> None:
        self._server.kill()

    def read(self) -> Contents:
        address = self._server.url(_DATABASE)
        return _read_mongo(address) if address.startswith("mongodb") else _read_sql(address)


@contextmanager
def cloud_named(name: str) -> Iterator[Cloud]:
    """A running database."""
    with server_named(name) as server:
        yield Cloud(server)


def _read_sql(address: str) -> Contents:
    drivers = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
    scheme = address.partition(":")[0]
    engine = sa.create_engine(address.replace(scheme, drivers.get(scheme, scheme), 1), poolclass=sa.NullPool)
    with engine.connect() as connection:
        documents = connection.execute(sa.text("SELECT * FROM records")).mappings()
        digests = _digests(one for one in documents if one["entity"] == "session")
        return digests, Counter(connection.execute(sa.text("SELECT session_id FROM workout_sessions")).scalars())


def _read_mongo(address: str) -> Contents:
    with closing(pymongo.MongoClient[dict[str, Any]](address)) as client:
        database = client[_DATABASE]
        digests = _digests(database["records"].find({"entity": "session"}))
        return digests, Counter(one["session_id"] for one in database["workouts"].find())


def _digests(records: Iterable[Any]) -> dict[str, str]:
    return {one["key"]: canonical.digest(msgspec.json.decode(one["doc"])) for one in records}
