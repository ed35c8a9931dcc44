"""Networks of one operator, and what their converted form makes of a picture."""

import numpy as np
import onnxruntime

from edge_agent.pose.conversion.network import Array, Network, Operator, Options, Shape


def one_operator(kind: str, before: Shape, after: Shape, options: Options, *constants: Array) -> Network:
    """Return a network of one operator: tensor 0 goes in, `constants` are 1, 2, ..., tensor 9 comes out."""
    numbered = dict(enumerate(constants, start=1))
    shapes = {0: before, 9: after} | {number: values.shape for number, values in numbered.items()}
    return Network("in", 0, (9,), (Operator(kind, (0, *numbered), (9,), options),), shapes, numbered)


def counting(shape: Shape) -> Array:
    """Return 0, 1, 2, ... in that shape."""
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def run_onnx(content: bytes, picture: Array) -> dict[str, Array]:
    """Return every output of the ONNX file's content by its name."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    values = session.run(names, {session.get_inputs()[0].name: picture})
    return dict(zip(names, values, strict=True))
