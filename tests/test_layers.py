import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_imports_point_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def _loaded(module: str, unwanted: set[str]) -> str:
    text = f"import sys, {module}; print(*sorted({unwanted} & set(sys.modules)))"
    return subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_agent_loads_no_native_inference() -> None:
    """What can crash in native code lives in the vision process only."""
    assert _loaded("edge_agent.agent.role", {"numpy", "cv2", "onnxruntime"}) == "\n"


def test_vision_loads_no_network_code() -> None:
    assert _loaded("edge_agent.vision", {"litestar", "paho", "uvicorn"}) == "\n"


def test_a_cloud_worker_loads_nothing_of_a_kiosk() -> None:
    unwanted = {"litestar", "edge_agent.agent", "edge_agent.journal", "edge_agent.coaching", "web"}
    assert _loaded("edge_agent.commands.ingest", unwanted) == "\n"
