"""The commands `import` and `export`."""

import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from edge_agent.cli import main
from edge_agent.journal.tables import Journal
from edge_agent.records import Session
from tests.journal_parts import make_session
from tests.test_exporting import rows_of
from tests.test_importing_hevy import KG, row
from tests.test_session_files import EXAMPLE

NOW = "2026-02-17T00:00:00+01:00"


class Kiosk:
    """A folder with settings, and what the commands print."""

    def __init__(self, folder: Path, screen: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.settings = folder / "config.toml"
        self.settings.write_text(f'time_zone = "Europe/Berlin"\n[storage]\nfolder = "{self.state}"\n')
        self._screen = screen
        self.status = 0
        self.err = ""

    def run(self, command: str, *arguments: str | Path) -> str:
        self.status = main([command, "--config", str(self.settings), *map(str, arguments)])
        said = self._screen.readouterr()
        self.err = said.err
        return said.out

    def save(self, *sessions: Session) -> None:
        with Journal.open(self.state) as journal:
            for number, session in enumerate(sessions):
                journal.save_session(session, f"{1_771_281_290_000 + number:013d}-0000-kiosk-1", NOW)

    def sessions(self, user_id: str = "ann") -> tuple[Session, ...]:
        with Journal.open(self.state) as journal:
            return journal.sessions(user_id, 200).sessions

    def file(self, name: str, content: str) -> Path:
        path = self.folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path


@pytest.fixture
def kiosk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Kiosk:
    return Kiosk(tmp_path, capsys)


def test_a_file_is_imported_and_the_second_run_changes_nothing(kiosk: Kiosk) -> None:
    file = kiosk.file("hevy.csv", KG + row())
    assert kiosk.run("import", file, "--user", "ann").startswith("Imported: 1 new; 0 known")
    assert kiosk.run("import", file, "--user", "ann").startswith("Imported: 0 new; 1 known")
    assert len(kiosk.sessions()) == 1


def test_a_dry_run_keeps_nothing(kiosk: Kiosk) -> None:
    assert kiosk.run("import", kiosk.file("h.csv", KG + row()), "--user", "ann", "--dry-run").startswith(
        "Would import: 1"
    )
    assert kiosk.sessions() == ()


def test_a_folder_is_one_import_of_all_its_files(kiosk: Kiosk) -> None:
    kiosk.file("a/one.csv", KG + row())
    kiosk.file("b/same.csv", KG + row())
    kiosk.file("b/log.json", json.dumps(EXAMPLE))
    (report,) = reports(kiosk, kiosk.folder / "in")
    assert (report["new"], report["known"], report["total"]) == (2, 1, 3)


def test_a_refused_row_is_told_with_its_place_and_ends_with_1(kiosk: Kiosk) -> None:
    file = kiosk.file("h.csv", KG + row() + row(start='"16 Foo 2026, 18:30"'))
    assert "refused: h.csv, line 3: 'foo' is no month" in kiosk.run("import", file, "--user", "ann")
    assert kiosk.status == 1


def test_an_unknown_file_is_one_clear_line(kiosk: Kiosk) -> None:
    kiosk.run("import", kiosk.file("x.bin", "a,b\n"), "--user", "ann")
    assert (kiosk.status, kiosk.err.count("\n")) == (2, 1)
    assert "in no format that is known here" in kiosk.err


def test_a_member_may_be_named_and_an_unknown_one_is_refused(kiosk: Kiosk) -> None:
    with Journal.open(kiosk.state) as journal:
        journal.put_record("member", "id-1", {"user_id": "id-1", "name": "Ann"}, "1771281290000-0000-k", NOW)
    file = kiosk.file("h.csv", KG + row())
    kiosk.run("import", file, "--user", "ann")
    assert len(kiosk.sessions("id-1")) == 1
    kiosk.run("import", file, "--user", "bob")
    assert kiosk.err == "edge-agent: --user: no member 'bob'; known: Ann (id-1)\n"


def test_an_export_has_the_workouts_of_the_days_asked_for(kiosk: Kiosk) -> None:
    kiosk.save(make_session("a", user_id="ann"), make_session("b", user_id="ann", start="2026-03-01T10:00:00+01:00"))
    out = kiosk.folder / "out.csv"
    told = kiosk.run("export", out, "--user", "ann", "--format", "csv", "--since", "2026-03-01")
    assert told.startswith(f"Written: {out}")
    assert {one["session_id"] for one in rows_of(out.read_bytes())} == {"b"}


def test_an_export_while_an_agent_runs_is_made_from_a_copy(kiosk: Kiosk) -> None:
    kiosk.save(make_session("a", user_id="ann"))
    out = kiosk.folder / "out.zip"
    with Journal.open(kiosk.state):
        kiosk.run("export", out, "--user", "ann")
        kiosk.run("import", kiosk.file("h.csv", KG + row()), "--user", "ann")
    assert kiosk.status == 2
    assert "workouts.jsonl" in zipfile.ZipFile(out).namelist()
    assert sorted(one.name for one in kiosk.folder.iterdir()) == ["config.toml", "in", "out.zip", "state"]


def test_an_export_moves_to_an_empty_kiosk_as_it_was_measured(
    kiosk: Kiosk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kiosk.save(make_session("a", user_id="ann"))
    kiosk.run("export", kiosk.folder / "out.zip", "--user", "ann")
    (tmp_path / "other").mkdir()
    other = Kiosk(tmp_path / "other", capsys)
    other.run("import", kiosk.folder / "out.zip", "--user", "ann", "--as-measured")
    assert [(one.session_id, one.source, one.exercises) for one in other.sessions()] == [
        (one.session_id, one.source, one.exercises) for one in kiosk.sessions()
    ]


def test_an_export_of_nobody_known_leaves_no_file(kiosk: Kiosk) -> None:
    with Journal.open(kiosk.state) as journal:
        journal.put_record("member", "id-1", {"user_id": "id-1", "name": "Ann"}, "1771281290000-0000-k", NOW)
    kiosk.run("export", kiosk.folder / "out.csv", "--user", "bob")
    assert kiosk.status == 2
    assert not (kiosk.folder / "out.csv").exists()


def reports(kiosk: Kiosk, *files: Path) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(kiosk.run("import", *files, "--user", "ann", "--json"))
    return told


@pytest.mark.process
def test_an_import_that_is_killed_is_simply_run_again(kiosk: Kiosk) -> None:
    days = [f'"{day} {month} 2026, 18:30"' for month in ("Jan", "Mar", "May") for day in range(1, 31)]
    file = kiosk.file("h.csv", KG + "".join(row(start=day, end="") for day in days))
    command = [sys.executable, "-m", "edge_agent", "import", "--config", str(kiosk.settings)]
    with subprocess.Popen([*command, str(file), "--user", "ann"]) as running:
        deadline = time.monotonic() + 60
        while len(list(kiosk.state.glob("sessions/*.json"))) < 10 and time.monotonic() < deadline:
            time.sleep(0.005)
        running.kill()
    landed = len(kiosk.sessions())
    assert 0 < landed < len(days)
    (report,) = reports(kiosk, file)
    assert (report["new"], report["known"]) == (len(days) - landed, landed)
    assert len({one.start_time for one in kiosk.sessions()}) == len(kiosk.sessions()) == len(days)
