"""Chooses a store by the address of its database."""

import os
from collections.abc import Mapping

from edge_agent.cloud.store import RecordStore
from edge_agent.errors import ConfigError

_MONGO = ("mongodb://", "mongodb+srv://")


def store_at(url: str, environment: Mapping[str, str] = os.environ, *, patience_s: float = 0.0) -> RecordStore:
    """Return the store for `sqlite:///`, `postgresql://`, `mysql://`, `mariadb://` or `mongodb[+srv]://` addresses.

    Just `mongodb` stands for the address in `MONGO_URI`; a MongoDB address that names no database takes that of
    `MONGO_DB`. `patience_s` is for who does not try again by itself (`sql_connecting.make_engine`). Nothing connects
    yet. Raises `ConfigError`, never with a password in it.
    """
    # Each kind of database has its own drivers, and none is needed for the others.
    try:
        if url == "mongodb" or url.startswith(_MONGO):
            from edge_agent.cloud.mongo import MongoStore  # noqa: PLC0415

            return MongoStore(_mongo_address(url, environment), environment.get("MONGO_DB", ""))
        from edge_agent.cloud.sql import SqlStore  # noqa: PLC0415

        return SqlStore(url, patience_s)
    except ModuleNotFoundError as error:
        raise ConfigError(f"{error.name} is missing: pip install 'edge-agent[cloud]'") from error


def _mongo_address(url: str, environment: Mapping[str, str]) -> str:
    if url != "mongodb":
        return url
    address = environment.get("MONGO_URI", "")
    if not address.startswith(_MONGO):
        raise ConfigError("database address mongodb: set MONGO_URI to mongodb://user:password@host/database")
    return address
