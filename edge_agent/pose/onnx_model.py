"""One ONNX model on the CPU through ONNX Runtime: a picture in, named outputs out."""

from pathlib import Path

import numpy as np
import onnxruntime

from edge_agent.image import Image
from edge_agent.pose.arrays import Floats
from edge_agent.pose.model_files import ModelName, read_model


class OnnxModel:
    """A model with one input of shape (1, height, width, 3) and outputs known by name, never by position."""

    def __init__(self, name: ModelName, threads: int, folder: Path) -> None:
        self._session = onnxruntime.InferenceSession(
            read_model(name, folder), _options(threads), providers=["CPUExecutionProvider"]
        )
        model_input = self._session.get_inputs()[0]
        self._input_name = model_input.name
        self._input: Floats = np.empty(model_input.shape, np.float32)
        self._outputs = [output.name for output in self._session.get_outputs()]

    def run(self, picture: Image, scale: float, offset: float) -> dict[str, Floats]:
        """Run on `picture * scale + offset` and return every output by its name."""
        np.multiply(picture, np.float32(scale), out=self._input[0])
        if offset:
            self._input += np.float32(offset)
        values = self._session.run(self._outputs, {self._input_name: self._input})
        return dict(zip(self._outputs, values, strict=True))


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Waiting threads that spin take the processor from the camera and the browser: 53 ms a frame instead of 6
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return options
