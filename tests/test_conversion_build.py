"""The shipped models against the same ones made again from what Google published."""

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest

from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.pose.conversion.build import build_models
from edge_agent.pose.conversion.network import Array
from edge_agent.pose.conversion.packages import fetch
from edge_agent.pose.model_files import FILES, MODELS_FOLDER, ModelName, read_model, verify_models
from tests.tiny_networks import run_onnx

CLIP = MODELS_FOLDER.parents[1] / "demo" / "squat_session_enter_exit.mp4"
RANGES = {"detector": (-1.0, 1.0), "lite": (0.0, 1.0), "full": (0.0, 1.0)}
# The weights are equal and so is the arithmetic: on one machine nothing differs. The runtime may add up in another
# order where the graphs are optimised differently: float32 with 70 layers, and outputs up to 900 pixels or logits.
RELATIVE = 1e-4
ABSOLUTE = {"presence": 1e-5, "world": 1e-4}
ABSOLUTE_OTHERWISE = 1e-2
MODELS: tuple[ModelName, ...] = ("detector", "lite", "full")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    try:
        fetch(folder)
    except (ConfigError, TemporaryError) as error:
        pytest.skip(f"needs the published packages: {error}")
    return folder


@pytest.fixture(scope="module")
def built(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built")
    build_models(out, published)
    return out


def pictures(model: ModelName, side: int) -> Iterator[Array]:
    """Noise, an empty picture, and frames of the demo's clip: with nobody, standing and deep in a squat."""
    low, high = RANGES[model]
    noise = np.random.default_rng(1)
    for _ in range(2):
        yield noise.uniform(low, high, (1, side, side, 3)).astype(np.float32)
    yield np.zeros((1, side, side, 3), np.float32)
    clip = cv2.VideoCapture(str(CLIP))
    for frame in (0, 100, 250):
        clip.set(cv2.CAP_PROP_POS_FRAMES, frame)
        _, image = clip.read()
        square = cv2.resize(image[:, 80:560, ::-1], (side, side))
        yield (square[None] / 255 * (high - low) + low).astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_a_model_made_again_computes_what_the_shipped_one_does(model: ModelName, built: Path) -> None:
    again, shipped = read_model(model, built), read_model(model)
    side = onnxruntime.InferenceSession(shipped).get_inputs()[0].shape[1]
    for picture in pictures(model, side):
        outputs = run_onnx(again, picture)
        for name, expected in run_onnx(shipped, picture).items():
            tolerance = ABSOLUTE.get(name, ABSOLUTE_OTHERWISE)
            np.testing.assert_allclose(outputs[name], expected, rtol=RELATIVE, atol=tolerance, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_a_model_made_again_has_the_shipped_ones_interface(model: ModelName, built: Path) -> None:
    again, shipped = onnx.load_from_string(read_model(model, built)), onnx.load_from_string(read_model(model))
    assert again.graph.input == shipped.graph.input
    assert again.graph.output == shipped.graph.output


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_a_model_made_again_is_as_small_as_the_shipped_one(model: ModelName, built: Path) -> None:
    size = (MODELS_FOLDER / FILES[model]).stat().st_size
    assert (built / FILES[model]).stat().st_size == pytest.approx(size, rel=0.05)


@pytest.mark.slow
def test_what_was_built_passes_its_own_verification(built: Path) -> None:
    assert set(verify_models(built)) == set(FILES.values())


@pytest.mark.slow
def test_a_place_that_cannot_be_written_is_named(published: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"file: cannot be written .*--out FOLDER"):
        build_models(tmp_path / "file", published)


def test_nothing_is_written_when_a_source_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"pose_detection\.tflite: cannot be read"):
        build_models(tmp_path / "out", tmp_path)
    assert not (tmp_path / "out").exists()


def test_without_the_extra_the_package_to_install_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "edge_agent.pose.conversion.model", raising=False)
    monkeypatch.delitem(sys.modules, "edge_agent.pose.conversion.tflite_reader", raising=False)
    monkeypatch.setitem(sys.modules, "tflite", None)
    with pytest.raises(ConfigError, match=r"needs the package tflite: pip install 'edge-agent\[dev\]'"):
        build_models(tmp_path, tmp_path)
