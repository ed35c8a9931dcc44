import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_agent.cli import main
from tests.cloud_parts import Database
from tests.first_schema import make_first


def migrate(url: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = main(["cloud", "migrate", "--store", url])
    printed = capsys.readouterr()
    return status, (printed.out or printed.err).strip().splitlines()[-1]


def test_a_new_database_gets_its_schema_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path}/cloud.db"
    assert migrate(url, capsys) == (0, "made the schema, version 4")
    assert migrate(url, capsys) == (0, "the schema is up to date, version 4")


def test_an_old_one_is_upgraded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = Database(f"sqlite:///{tmp_path}/cloud.db")
    make_first(database)
    words = "upgraded the schema from version 1 to version 4; made 2 plain rows anew"
    assert migrate(database.url, capsys) == (0, words)


def test_an_unfinished_upgrade_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = Database(f"sqlite:///{tmp_path}/cloud.db")
    make_first(database)
    database.set_version(0)
    status, words = migrate(database.url, capsys)
    assert (status, "an upgrade that had not ended" in words) == (0, True)


def test_what_cannot_be_opened_is_one_line_and_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, words = migrate(f"sqlite:///{tmp_path}/none/cloud.db", capsys)
    assert status == 2
    assert "unable to open" in words


class _Writer(logging.Handler):
    """Holds SQLite's lock until somebody says that it waits."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("begin immediate")
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())
        self._connection.execute("rollback")


@contextmanager
def locked(path: Path) -> Iterator[_Writer]:
    logger = logging.getLogger("edge_agent.cloud.sql_connecting")
    writer = _Writer(path)
    logger.addHandler(writer)
    yield writer
    logger.removeHandler(writer)


@pytest.mark.parametrize(
    "arguments", [["gym"], ["gym", "north", "kiosk-1"], ["reconcile", "--mirror", "sqlite:///{}/m.db"]]
)
def test_a_database_that_others_write_into_is_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    url = f"sqlite:///{tmp_path}/cloud.db"
    migrate(url, capsys)
    action, *others = [one.format(tmp_path) for one in arguments]
    with locked(tmp_path / "cloud.db") as writer:
        assert main(["cloud", action, "--store", url, *others]) == 0
    assert writer.heard == [f"database sqlite:///{tmp_path}/cloud.db: others are writing; it is waited for"]
