"""Addresses of databases: which are taken, and what is said of those that are not."""

import sys

import pytest

from edge_agent.cloud.mongo import MongoStore
from edge_agent.cloud.opening import store_at
from edge_agent.cloud.sql import SqlStore
from edge_agent.errors import ConfigError, TemporaryError
from tests.ports import free_port


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///relative.db",
        "postgresql://gym:s3cret@host/gym?sslmode=verify-full",
        "mysql://gym:s3cret@host:3306/gym?ssl_ca=/ca.pem",
        "mariadb://gym@host/gym",
    ],
)
def test_sql_databases_are_chosen_by_scheme(url: str) -> None:
    assert isinstance(store_at(url, {}), SqlStore)


@pytest.mark.parametrize("url", ["mongodb://gym:s3cret@host/gym", "mongodb://a:27017,b:27017/gym?replicaSet=rs"])
def test_mongodb_is_chosen_by_scheme(url: str) -> None:
    assert isinstance(store_at(url, {}), MongoStore)


def test_just_mongodb_takes_the_address_from_the_environment() -> None:
    assert isinstance(store_at("mongodb", {"MONGO_URI": "mongodb://host", "MONGO_DB": "gym"}), MongoStore)


@pytest.mark.parametrize(
    ("url", "environment", "what_to_do"),
    [
        ("nonsense", {}, "sqlite:///"),
        ("sqlite://", {}, "sqlite:///"),
        ("sqlite:///:memory:", {}, "sqlite:///"),
        ("oracle://gym:s3cret@host/db", {}, "postgresql://"),
        ("postgresql+psycopg2://gym:s3cret@host/db", {}, "postgresql://"),
        ("postgresql://gym:s3cret@host", {}, "host/database"),
        ("mysql://gym:s3cret@host:port/db", {}, "mysql://"),
        ("postgresql://gym:x@s3cret@host/gym", {}, "special characters"),
        ("mysql://gym:x@/s3cret@host/gym", {}, "special characters"),
        ("mongodb", {}, "set MONGO_URI"),
        ("mongodb", {"MONGO_URI": "http://gym:s3cret@host"}, "set MONGO_URI"),
        ("mongodb://gym:s3cret@host", {}, "MONGO_DB"),
        ("mongodb://gym:s3cret@ho:st/db", {}, "mongodb://user:password"),
        ("mongodb://gym:s3c@ret@host/db", {}, "special characters"),
    ],
)
def test_what_cannot_work_is_told_with_what_to_write(url: str, environment: dict[str, str], what_to_do: str) -> None:
    with pytest.raises(ConfigError) as caught:
        store_at(url, environment)
    message = str(caught.value)
    assert what_to_do in message
    assert "s3c" not in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("module", "url"),
    [("psycopg", "postgresql://host/gym"), ("pymysql", "mysql://host/gym")],
)
def test_a_missing_driver_is_told(monkeypatch: pytest.MonkeyPatch, module: str, url: str) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=r"pip install 'edge-agent\[cloud\]'"):
        store_at(url, {})


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "mariadb", "mongodb"])
def test_a_server_that_is_not_there_may_come_back(scheme: str) -> None:
    store = store_at(f"{scheme}://gym:s3cret@127.0.0.1:{free_port()}/gym", {})
    with pytest.raises(TemporaryError, match=r"127\.0\.0\.1") as caught:
        store.open()
    store.close()
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)
