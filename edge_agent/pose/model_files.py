"""The shipped model files, read whole and checked against their digests before anything runs them."""

import hashlib
from pathlib import Path
from typing import Literal

from edge_agent.errors import ConfigError

ModelName = Literal["detector", "lite", "full"]

MODELS_FOLDER = Path(__file__).parent / "models"
DIGESTS_FILE = "SHA256SUMS"
FILES: dict[ModelName, str] = {
    "detector": "pose_detector_fp16.onnx",
    "lite": "pose_landmark_lite_hm_fp16.onnx",
    "full": "pose_landmark_full_hm_fp16.onnx",
}

_REMEDY = "reinstall the package or run `edge-agent models build`"


def read_model(name: ModelName, folder: Path = MODELS_FOLDER) -> bytes:
    """Return the model's bytes, which match the folder's SHA256SUMS. Raises `ConfigError` in one line if not."""
    path = folder / FILES[name]
    expected = _digests(folder).get(path.name)
    if expected is None:
        raise ConfigError(f"{folder / DIGESTS_FILE}: has no digest of {path.name}; {_REMEDY}")
    content = _read(path)
    if hashlib.sha256(content).hexdigest() != expected:
        raise ConfigError(f"{path}: damaged model file ({len(content)} bytes, wrong SHA-256); {_REMEDY}")
    return content


def verify_models(folder: Path = MODELS_FOLDER) -> tuple[str, ...]:
    """Return the names of all model files once each is right. Raises `ConfigError` with a line for each that is not."""
    faults = []
    for name in FILES:
        try:
            read_model(name, folder)
        except ConfigError as error:
            faults.append(str(error))
    if faults:
        raise ConfigError("\n".join(dict.fromkeys(faults)))
    return tuple(FILES.values())


def _digests(folder: Path) -> dict[str, str]:
    """Map file names to digests from the lines `<sha256>  <name>`, as sha256sum writes them."""
    text = _read(folder / DIGESTS_FILE).decode("utf-8", errors="replace")
    fields = [line.split(maxsplit=1) for line in text.splitlines()]
    return {field[1].lstrip("*"): field[0] for field in fields if len(field) == 2}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: missing model file; {_REMEDY}") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); {_REMEDY}") from error
