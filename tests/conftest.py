"""The option `--long`: without it, what is marked `long` is left out, whatever else is chosen.

And no command that a test has run leaves its logging behind. Below are the broker, the databases and the browser that
tests share.
"""

import logging
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge_agent.cloud.store import RecordStore
from tests.brokers import Broker, broker_named
from tests.browsing import KIOSK, browsing
from tests.chromium import chromium
from tests.cloud_parts import Database
from tests.databases import DATABASES, Server, server_named
from tests.fake_agent import FakeAgent, some_members
from tests.web_serving import Serving, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest_plugins = ("tests.skips",)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long forms too")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """A process for each core, up to four since tests start others; on one core none but this one."""
    cores = os.cpu_count() or 1
    return min(cores, 4) if cores > 1 else 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    items[:] = [item for item in items if not item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(autouse=True)
def _no_logging_left_behind() -> Iterator[None]:
    """A handler that a command has set up writes to a stream that is closed after its test."""
    yield
    root = logging.getLogger()
    for handler in [one for one in root.handlers if type(one) is logging.StreamHandler]:
        root.removeHandler(handler)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A running Mosquitto that may be killed."""
    with broker_named("mosquitto", tmp_path) as broker:
        broker.start()
        yield broker


@pytest.fixture(scope="module", params=DATABASES)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A database server of each kind, one after the other."""
    with server_named(request.param) as server:
        server.create("gym")
        yield server


@pytest.fixture
def database(server: Server) -> Database:
    """A database of each kind, empty."""
    database = Database(server.url("gym"))
    with database.opened():
        database.empty()
    return database


@pytest.fixture
def fresh(server: Server, request: pytest.FixtureRequest) -> Database:
    """A database of this test alone, which may do to its schema what it likes."""
    name = f"gym_{zlib.crc32(request.node.nodeid.encode()):x}"
    server.create(name)
    return Database(server.url(name))


@pytest.fixture
def store(database: Database) -> Iterator[RecordStore]:
    """A store of each kind, open and empty."""
    with database.opened() as store:
        yield store


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Chromium, in which `kiosk.local` is this machine as phones see it."""
    with chromium("--host-resolver-rules=MAP kiosk.local 127.0.0.1") as browser:
        yield browser


@pytest.fixture
def serving() -> Iterator[Serving]:
    """The pages of a kiosk that has members."""
    agent = FakeAgent()
    some_members(agent.people)
    with served(agent) as serving:
        yield serving


@pytest.fixture
def phone(browser: "Browser") -> "Iterator[Page]":
    """A page on a phone."""
    with browsing(browser) as page:
        yield page


@pytest.fixture
def screen(browser: "Browser", serving: Serving) -> "Iterator[Page]":
    """The kiosk's own screen."""
    with browsing(browser, viewport=KIOSK) as page:
        page.goto(f"{serving.url}/?kiosk=1")
        yield page
