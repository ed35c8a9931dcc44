"""`edge-agent members` on the journal of a kiosk whose agent is stopped."""

from pathlib import Path

import pytest

from edge_agent.agent.kiosk import Kiosk
from edge_agent.cli import main
from edge_agent.journal.tables import Journal
from tests.people_parts import PHONE, PIN, tell

Screen = pytest.CaptureFixture[str]


@pytest.fixture
def config(tmp_path: Path) -> str:
    """Settings of a kiosk with Olga, who owns it, and Ann."""

    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Olga", PIN, "owner")
        await kiosk.people.join("Ann", PIN)

    tell(tmp_path / "state", story)
    path = tmp_path / "config.toml"
    path.write_text(f'[storage]\nfolder = "{tmp_path}/state"\n')
    return str(path)


def test_the_members_are_listed_by_name(config: str, capsys: Screen) -> None:
    assert main(["members", "--config", config]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.split()[:3] == ["Ann", "member", "PIN"]
    assert second.split()[:3] == ["Olga", "owner", "PIN"]


def test_an_owner_who_forgot_the_pin_gets_a_code(config: str, tmp_path: Path, capsys: Screen) -> None:
    assert main(["members", "--config", config, "--reset-code", "olga"]) == 0
    code = capsys.readouterr().out.split(" code ")[1].split(",")[0]

    async def story(kiosk: Kiosk) -> None:
        assert (await kiosk.people.set_pin("Olga", code, "8253", PHONE)).role == "owner"

    tell(tmp_path / "state", story)


def test_an_unknown_name_gets_none(config: str, capsys: Screen) -> None:
    assert main(["members", "--config", config, "--reset-code", "Eve"]) == 2
    assert "nobody is called 'Eve'" in capsys.readouterr().err


def test_while_the_agent_runs_its_pages_are_named(config: str, tmp_path: Path, capsys: Screen) -> None:
    with Journal.open(tmp_path / "state"):
        assert main(["members", "--config", config]) == 2
    assert "/members" in capsys.readouterr().err


def test_without_a_journal_none_is_made(tmp_path: Path, capsys: Screen) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[storage]\nfolder = "{tmp_path}/state"\n')
    assert main(["members", "--config", str(path)]) == 2
    assert "no journal" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()


def test_a_kiosk_without_members_says_so(tmp_path: Path, capsys: Screen) -> None:
    Journal.open(tmp_path / "state").close()
    path = tmp_path / "config.toml"
    path.write_text(f'[storage]\nfolder = "{tmp_path}/state"\n')
    assert main(["members", "--config", str(path)]) == 0
    assert capsys.readouterr().out == "No members yet.\n"
