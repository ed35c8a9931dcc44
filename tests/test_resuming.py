"""A set that is running while the agent is killed, in real processes."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_agent.demo.settings import clip_path
from tests.running_demo import running_agent

pytestmark = [pytest.mark.process, pytest.mark.slow]


@contextmanager
def running_vision(folder: Path) -> Iterator[None]:
    """Vision by itself, as its own unit runs it: the demo's clip again and again."""
    settings = folder / "vision.toml"
    settings.write_text(
        f'[camera]\nkind = "file"\npath = "{clip_path()}"\nloop = true\n[storage]\nfolder = "{folder}"\n'
    )
    command = [sys.executable, "-m", "edge_agent", "vision", "--config", str(settings)]
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


def wait_until_kept(folder: Path, session_id: str) -> None:
    give_up_s = time.monotonic() + 15
    while session_id.encode() not in (folder / "journal").read_bytes():
        assert time.monotonic() < give_up_s, "the running session was not journaled"
        time.sleep(0.05)


def test_a_killed_agent_goes_on_with_the_set_while_its_person_is_still_there(tmp_path: Path) -> None:
    # However long the new agent takes to start: the athlete squats again before the set is over.
    patient = "[session]\nset_end_after_s = 120\n"
    with running_vision(tmp_path):
        with running_agent(tmp_path, patient) as agent:
            before = agent.wait_for("/api/live", lambda live: live["phase"] == "set" and live["reps"] >= 2)
            wait_until_kept(tmp_path, before["session_id"])
            agent.process.kill()
        with running_agent(tmp_path, patient) as agent:
            back = agent.wait_for("/api/live", lambda live: live["session_id"])
            assert back["session_id"] == before["session_id"]
            assert back["session_reps"] >= before["reps"]
            grown = agent.wait_for("/api/live", lambda live: live["session_reps"] > back["session_reps"])
            assert (grown["session_id"], grown["set_number"]) == (before["session_id"], before["set_number"])
            assert agent.ask("/api/sessions")["sessions"] == []
