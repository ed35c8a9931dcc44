import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_imports_point_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_the_agent_loads_no_native_inference() -> None:
    """What can crash in native code lives in the vision process only."""
    text = "import sys, edge_agent.agent.role; print(*sorted({'numpy', 'cv2', 'onnxruntime'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


def test_vision_loads_no_network_code() -> None:
    text = "import sys, edge_agent.vision; print(*sorted({'litestar', 'paho', 'uvicorn'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""
