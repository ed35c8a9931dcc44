"""`edge-agent run` as an owner starts it: both roles, a real settings file."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.pose.model_files import FILES, MODELS_FOLDER
from tests.ports import free_port
from tests.running_demo import RunningDemo, refusal, running

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT / "edge_agent/demo/squat_session_enter_exit.mp4"
pytestmark = pytest.mark.process


def settings(folder: Path, text: str, port: int | None = None) -> Path:
    path = folder / "config.toml"
    place = f'[storage]\nfolder = "{folder}"\n[web]\nhost = "127.0.0.1"\nport = {port or free_port()}\n'
    path.write_text(text + "\n" + place)
    return path


@pytest.mark.slow
def test_a_film_is_counted_and_saved_while_no_broker_is_there(tmp_path: Path) -> None:
    port = free_port()
    camera = f'[camera]\nkind = "file"\npath = "{CLIP}"\npace = "fast"\n'
    nobody = f'[sync]\nbroker = "mqtt://127.0.0.1:{free_port()}"\n'
    config = settings(tmp_path, camera + nobody, port)
    with running("run", "--config", str(config)) as process:
        kiosk = RunningDemo(process, port, tmp_path)
        (session,) = kiosk.wait_for("/api/sessions", lambda page: page["sessions"])["sessions"]
        assert session["exercises"][0]["sets"][0]["reps_full"] == 5
        sync = kiosk.ask("/api/sync")
        assert (sync["pending"], sync["connected"]) == (1, False)
        assert "unreachable" in sync["connection"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(3) == 0


def test_without_a_camera_all_that_was_tried_is_named_in_one_line(tmp_path: Path) -> None:
    config = settings(tmp_path, '[camera]\nkind = "auto"\ndevice = "97"\n')
    (line,) = refusal("run", "--config", str(config)).splitlines()
    assert line.startswith("edge-agent: no camera found; picamera2: ")
    assert "usb: " in line


def test_all_faults_of_the_settings_are_told_and_nothing_is_started(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[camera]\nkindd = 'usb'\n[web]\nport = 0\n")
    assert refusal("run", "--config", str(path)).splitlines() == [
        f"edge-agent: {path}, line 2: camera.kindd: unknown key; did you mean 'kind'?",
        f"edge-agent: {path}, line 4: web.port: 0 is not between 1 and 65535",
    ]
    assert [one.name for one in tmp_path.iterdir()] == ["config.toml"]


def test_a_broken_broker_address_is_told_in_one_line(tmp_path: Path) -> None:
    config = settings(tmp_path, f'[camera]\nkind = "file"\npath = "{CLIP}"\n[sync]\nbroker = "tcp://x"\n')
    (line,) = refusal("agent", "--config", str(config)).splitlines()
    assert "'tcp://x'" in line
    assert "mqtt://" in line


@pytest.fixture(scope="module")
def damaged_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with a model cut short."""
    folder = tmp_path_factory.mktemp("copy")
    for package in ("edge_agent", "web"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    model = folder / MODELS_FOLDER.relative_to(ROOT) / FILES["lite"]
    model.write_bytes(model.read_bytes()[:1000])
    return folder


def test_a_damaged_model_is_told_in_one_line_with_the_remedy(damaged_copy: Path, tmp_path: Path) -> None:
    config = settings(tmp_path, f'[camera]\nkind = "file"\npath = "{CLIP}"\n')
    (line,) = refusal("run", "--config", str(config), folder=damaged_copy).splitlines()
    assert FILES["lite"] in line
    assert "damaged" in line
    assert "models build" in line


def test_the_models_are_verified_on_demand(damaged_copy: Path) -> None:
    told = refusal("models", "verify", folder=damaged_copy)
    assert FILES["lite"] in told
    assert (
        subprocess.run([sys.executable, "-m", "edge_agent", "models", "verify"], check=False, cwd=ROOT).returncode == 0
    )


def test_the_settings_in_force_are_printed() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "edge_agent", "config"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert '[camera]\nkind = "auto"' in told.stdout
