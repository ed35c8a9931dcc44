"""Commands on the kiosk's machine may ask a running agent whose pages want a sign-in."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from edge_agent import service
from edge_agent.agent.kiosk import Kiosk
from edge_agent.agent.role import run_agent
from edge_agent.cli import main
from edge_agent.settings import load
from tests.people_parts import PIN, Story
from tests.ports import free_port

Screen = pytest.CaptureFixture[str]


def beside(folder: Path, story: Story) -> str:
    """Run the agent until the story is told; returns its settings."""
    path = folder / "config.toml"
    path.write_text(f'[storage]\nfolder = "{folder}/state"\n[web]\nhost = "127.0.0.1"\nport = {free_port()}\n')

    async def run() -> None:
        stop = asyncio.Event()

        async def accompany(kiosk: Kiosk) -> None:
            async with asyncio.timeout(20):
                if not kiosk.people.claimed:
                    await kiosk.people.join("Olga", PIN, "owner")
                await story(kiosk)
            stop.set()

        await run_agent(load(path), folder / "state", folder / "vision.sock", stop, (accompany,))

    asyncio.run(run())
    return str(path)


def test_a_claimed_kiosk_tells_the_command_line_how_the_sync_is(tmp_path: Path, capsys: Screen) -> None:
    async def story(_: Kiosk) -> None:
        assert await asyncio.to_thread(main, ["sync", "--json", "--config", str(tmp_path / "config.toml")]) == 0

    beside(tmp_path, story)
    assert json.loads(capsys.readouterr().out)["pending"] == 1


def test_without_the_key_the_agent_tells_nothing(tmp_path: Path, capsys: Screen) -> None:
    async def story(_: Kiosk) -> None:
        service.command_key_file(tmp_path / "state").unlink()
        assert await asyncio.to_thread(main, ["sync", "--config", str(tmp_path / "config.toml")]) == 2

    beside(tmp_path, story)
    assert "its own key" in capsys.readouterr().err


def test_only_the_agents_user_reads_the_key(tmp_path: Path) -> None:
    async def story(_: Kiosk) -> None: ...

    beside(tmp_path, story)
    path = service.command_key_file(tmp_path / "state")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_text()
    beside(tmp_path, story)
    assert path.read_text() != first
