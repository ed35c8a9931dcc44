import numpy as np
import pytest

from edge_agent.pose.model_files import MODELS_FOLDER
from edge_agent.pose.onnx_model import OnnxModel


def _grey(side: int, level: int = 128) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((side, side, 3), level, np.uint8)


def test_outputs_come_by_name() -> None:
    outputs = OnnxModel("lite", 1, MODELS_FOLDER).run(_grey(256), 1 / 255, 0.0)
    shapes = {name: values.shape for name, values in outputs.items()}
    assert shapes == {"landmarks": (1, 195), "presence": (1, 1), "heatmap": (1, 64, 64, 39), "world": (1, 117)}


def test_the_detector_gives_a_box_for_each_anchor() -> None:
    outputs = OnnxModel("detector", 1, MODELS_FOLDER).run(_grey(224), 2 / 255, -1.0)
    assert outputs["boxes"].shape == (1, 2254, 12)
    assert outputs["scores"].shape == (1, 2254, 1)


def test_scale_and_offset_make_the_models_input() -> None:
    model = OnnxModel("detector", 1, MODELS_FOLDER)
    dark = model.run(_grey(224, 0), 1.0, 0.0)["scores"]
    shifted = model.run(_grey(224, 100), 0.01, -1.0)["scores"]
    assert np.allclose(dark, shifted, atol=1e-4)


@pytest.mark.parametrize("threads", [1, 3])
def test_outputs_outlive_the_next_run(threads: int) -> None:
    model = OnnxModel("lite", threads, MODELS_FOLDER)
    first = model.run(_grey(256, 0), 1 / 255, 0.0)["landmarks"]
    kept = first.copy()
    model.run(_grey(256, 255), 1 / 255, 0.0)
    assert np.array_equal(first, kept)
