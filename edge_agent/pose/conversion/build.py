"""Makes the three shipped models again, from the published TFLite files, with their digests beside them."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from edge_agent.errors import ConfigError
from edge_agent.pose.conversion.network import Shape
from edge_agent.pose.conversion.packages import TARBALL, WHEEL, fetch, read_published
from edge_agent.pose.model_files import DIGESTS_FILE, FILES, ModelName

_LANDMARK_OUTPUTS: dict[str, Shape] = {
    "landmarks": (1, 195),
    "presence": (1, 1),
    "heatmap": (1, 64, 64, 39),
    "world": (1, 117),
}
"""All but the segmentation mask, (1, 256, 256, 1): leaving it out halves the time of a frame."""


class BuiltModel(NamedTuple):
    """A model file that has been written."""

    name: ModelName
    path: Path
    size_bytes: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.name:9} {self.path}  {self.size_bytes / 1e6:.1f} MB  sha256 {self.sha256}"


class _Recipe(NamedTuple):
    source: str
    outputs: dict[str, Shape]


_RECIPES: dict[ModelName, _Recipe] = {
    "detector": _Recipe("pose_detection.tflite", {"boxes": (1, 2254, 12), "scores": (1, 2254, 1)}),
    "lite": _Recipe("pose_landmark_lite.tflite", _LANDMARK_OUTPUTS),
    "full": _Recipe("pose_landmark_full.tflite", _LANDMARK_OUTPUTS),
}


def build_models(out: Path, source: Path | None) -> list[BuiltModel]:
    """Write the three models and their SHA256SUMS into `out`, made from the TFLite files in `source`.

    Without `source` the files are fetched with their packages. Raises `ConfigError` for a missing package or tool,
    a wrong file or a folder that cannot be written, `TemporaryError` without network. Nothing is written unless all
    three convert.
    """
    converted = _convert_all(source)
    try:
        out.mkdir(parents=True, exist_ok=True)
        built = [_write(out, name, content) for name, content in converted.items()]
        digests = "".join(f"{model.sha256}  {model.path.name}\n" for model in built)
        _replace(out / DIGESTS_FILE, digests.encode())
    except OSError as error:
        raise ConfigError(
            f"{out}: cannot be written ({error.strerror}); make room or name another folder: --out FOLDER"
        ) from error
    return built


def _convert_all(source: Path | None) -> dict[ModelName, bytes]:
    convert_file = _converter()
    with tempfile.TemporaryDirectory(prefix="edge-agent-models-") as scratch:
        folder = source or Path(scratch)
        if source is None:
            fetch(folder)
        return {
            name: convert_file(read_published(folder, recipe.source), recipe.outputs, _origin(recipe.source))
            for name, recipe in _RECIPES.items()
        }


def _converter() -> Callable[[bytes, dict[str, Shape], str], bytes]:
    try:
        from edge_agent.pose.conversion.model import convert_file  # noqa: PLC0415 - optional dependencies
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"building the models needs the package {error.name}: pip install 'edge-agent[dev]'"
        ) from error
    return convert_file


def _origin(source: str) -> str:
    """Say in the file itself what it is and what was changed, as its licence asks."""
    return (
        f"Google BlazePose GHUM, Apache License 2.0. Converted from {source} ({WHEEL}, {TARBALL}): TFLite to ONNX,"
        " float16 weights as they were, without the segmentation branch."
    )


def _write(folder: Path, name: ModelName, content: bytes) -> BuiltModel:
    path = folder / FILES[name]
    _replace(path, content)
    return BuiltModel(name, path, len(content), hashlib.sha256(content).hexdigest())


def _replace(path: Path, content: bytes) -> None:
    """Let the file appear whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
