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
