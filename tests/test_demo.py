"""The whole product in real processes: camera to confirmed cloud record."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.patience import patience_s
from tests.ports import free_port
from tests.running_demo import children, refusal, running_agent, running_demo

pytestmark = [pytest.mark.process, pytest.mark.slow]


def test_the_demo_ends_with_five_squats_confirmed_by_the_cloud(tmp_path: Path) -> None:
    with running_demo(tmp_path, "--once", "--json") as demo:
        told = demo.process.communicate(timeout=120)[0]
    assert demo.process.returncode == 0
    result = json.loads(told.splitlines()[-1])
    assert (result["exercise"], result["reps"], result["saved"], result["confirmed"]) == ("squat", 5, True, True)

    log = json.loads(Path(result["session_file"]).read_text())
    assert log["exercises"][0]["workingSets"][0]["repCount"] == {"full": 5, "partial": 0}
    with sqlite3.connect(tmp_path / "cloud.sqlite") as cloud:
        ((entity, document),) = cloud.execute("select entity, doc from records").fetchall()
    assert entity == "session"
    assert json.loads(document)["session_id"] == log["_id"]


def test_a_killed_vision_process_keeps_the_count_and_comes_back(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        before = demo.wait_for("/api/live", lambda live: live["reps"] >= 2)
        (vision,) = children(demo.process.pid, "vision")
        os.kill(vision, signal.SIGKILL)
        after = demo.wait_for("/api/live", lambda live: live["vision"] == "lost", within_s=patience_s(5))
        assert after["reps"] >= before["reps"]
        assert after["session_id"] == before["session_id"]
        back = demo.wait_for("/api/live", lambda live: live["vision"] == "running", within_s=20)
        assert back["session_reps"] >= before["reps"]

        # On a slow machine the athlete may have left meanwhile: then the session is saved, with what was counted.
        def goes_on(live: dict[str, Any]) -> bool:
            return bool(live["session_reps"] > back["session_reps"] or live["last_session_id"] == before["session_id"])

        demo.wait_for("/api/live", goes_on)


def test_a_killed_agent_keeps_what_was_saved_and_closes_the_running_set(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        saved = demo.wait_for("/api/sessions", lambda page: page["sessions"])["sessions"][0]
        running = demo.wait_for("/api/live", lambda live: live["phase"] == "set" and live["reps"] >= 3)
        # A running set is journaled every 5 s; the file holds its document as text.
        give_up_s = time.monotonic() + 15
        while (tmp_path / "journal").read_bytes().count(running["session_id"].encode()) < 2:
            assert time.monotonic() < give_up_s
            time.sleep(0.05)
        demo.process.kill()
        demo.process.wait(10)
    with running_agent(tmp_path) as agent:
        page = agent.wait_for("/api/sessions", lambda page: len(page["sessions"]) >= 2)
    kept = {one["session_id"]: one for one in page["sessions"]}
    assert kept[saved["session_id"]]["exercises"] == saved["exercises"]
    interrupted = kept[running["session_id"]]
    assert interrupted["interrupted"]
    assert interrupted["exercises"][0]["sets"][0]["reps_full"] >= 1


def test_ctrl_c_stops_everything_within_three_seconds(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        demo.wait_for("/api/live", lambda live: live["vision"] == "running")
        started = [pid for verb in ("vision", "ingest") for pid in children(demo.process.pid, verb)]
        assert len(started) == 2
        begun_s = time.monotonic()
        demo.process.send_signal(signal.SIGINT)
        demo.process.wait(10)
        assert time.monotonic() - begun_s < patience_s(3)
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_of_one_session_can_be_stopped_and_keeps_its_reps(tmp_path: Path, number: signal.Signals) -> None:
    with running_demo(tmp_path, "--once") as demo:
        demo.wait_for("/api/live", lambda live: live["reps"] >= 2)
        begun_s = time.monotonic()
        demo.process.send_signal(number)
        assert demo.process.wait(10) == 1
        assert time.monotonic() - begun_s < patience_s(3)
    (file,) = (tmp_path / "sessions").glob("*.json")
    assert json.loads(file.read_text())["exercises"][0]["workingSets"][0]["repCount"]["full"] >= 2


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.3])
def test_ctrl_c_while_everything_starts_ends_without_noise(tmp_path: Path, after_s: float) -> None:
    command = [sys.executable, "-m", "edge_agent", "demo", "--folder", str(tmp_path), "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        give_up_s = time.monotonic() + 30
        while not (tmp_path / "config.toml").exists() and time.monotonic() < give_up_s:
            time.sleep(0.01)
        time.sleep(after_s)  # the moment is what is tested
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=10)[1]
    assert "Traceback" not in told
    assert "never awaited" not in told


def test_a_video_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    (line,) = refusal("demo", "--once", "--folder", str(tmp_path), "--camera", str(tmp_path / "none.mp4")).splitlines()
    assert line.startswith("edge-agent: ")
    assert "none.mp4" in line


def test_an_unknown_exercise_is_refused_in_one_line(tmp_path: Path) -> None:
    (line,) = refusal("demo", "--once", "--folder", str(tmp_path), "--exercise", "sqat").splitlines()
    assert "no exercise 'sqat'" in line
    assert "squat" in line


def test_a_journal_in_use_is_refused_in_one_line(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        demo.wait_for("/health", lambda _: True)
        (line,) = refusal("demo", "--once", "--folder", str(tmp_path)).splitlines()
    assert str(tmp_path) in line


def test_a_port_in_use_is_refused_in_one_line(tmp_path: Path) -> None:
    with running_demo(tmp_path / "one") as demo:
        demo.wait_for("/health", lambda _: True)
        port = demo.address.rsplit(":", 1)[1]
        (line,) = refusal("demo", "--once", "--folder", str(tmp_path / "two"), "--port", port).splitlines()
    assert port in line
    assert "in use" in line
