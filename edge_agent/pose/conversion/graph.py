"""Writes ONNX: the only module that knows the package `onnx`.

Pictures are in ONNX's order NCHW from end to end; only the input, the outputs and a reshape need TFLite's NHWC.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edge_agent.pose.conversion.network import Array, Shape

# Old enough for every ONNX Runtime of the last years
_OPSET = 13
_IR_VERSION = 8
TO_NCHW = (0, 3, 1, 2)
TO_NHWC = (0, 2, 3, 1)


class Graph:
    """A graph that grows node by node. Values are known by their names."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: dict[str, Array] = {}
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def node(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Add one ONNX operator and return its output's name."""
        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, name: str, values: Array) -> str:
        """Add a constant, once, and return its name."""
        self._constants.setdefault(name, values)
        return name

    def weights(self, name: str, values: Array) -> str:
        """Add float weights, once, and return their name: float32 to the operators, in the file as they come."""
        if values.dtype != np.float16:
            return self.constant(name, values)
        half = f"{name}_half"
        if half not in self._constants:
            self.node("Cast", [self.constant(half, values)], name, to=TensorProto.FLOAT)
        return name

    def input(self, name: str, shape: Shape) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def output(self, name: str, shape: Shape) -> None:
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def serialized(self, name: str, words: str) -> bytes:
        """Return the checked model as a file's content; `words` tell where it comes from."""
        constants = [numpy_helper.from_array(values, known) for known, values in self._constants.items()]
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, constants)
        model = helper.make_model(
            graph,
            producer_name="edge-agent",
            doc_string=words,
            ir_version=_IR_VERSION,
            opset_imports=[helper.make_opsetid("", _OPSET)],
        )
        onnx.checker.check_model(model, full_check=True)
        content: bytes = model.SerializeToString(deterministic=True)
        return content
