"""One function for each TFLite operator that says it in ONNX."""

from collections.abc import Callable

import numpy as np

from edge_agent.errors import PermanentError
from edge_agent.pose.conversion.graph import TO_NCHW, TO_NHWC, Graph
from edge_agent.pose.conversion.network import Network, Operator, Shape


def convert(operator: Operator, network: Network, graph: Graph) -> None:
    """Add the operator to `graph`. Raises `PermanentError` for a kind that the converter does not know."""
    if operator.kind not in _CONVERTERS:
        raise PermanentError(f"TFLite's operator {operator.kind} is not known to the converter")
    _CONVERTERS[operator.kind](operator, network, graph)


def value(tensor: int) -> str:
    """Return the name that the TFLite tensor's value has in the ONNX graph; one of rank 4 is in NCHW there."""
    return f"t{tensor}"


def padding(size: int, window: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """Return the rows (or columns) that TFLite's padding SAME adds before and after `size` of them.

    The output has ceil(size / stride); an odd one goes to the end (TensorFlow, nn.convolution), so that a stride
    of 2 over an even size is padded on one side only.
    """
    reach = (window - 1) * dilation + 1
    total = max((-(-size // stride) - 1) * stride + reach - size, 0)
    return total // 2, total - total // 2


def _convolution(operator: Operator, network: Network, graph: Graph) -> None:
    picture, kernel, bias = operator.inputs
    weights = network.constants[kernel]
    # TFLite: (out, row, column, in), but (1, row, column, out) depthwise; ONNX: (out, in of its group, row, column)
    weights = weights.transpose((3, 0, 1, 2) if operator.kind == "DEPTHWISE_CONV_2D" else TO_NCHW)
    name = graph.node(
        "Conv",
        [
            value(picture),
            graph.weights(value(kernel), np.ascontiguousarray(weights)),
            graph.weights(value(bias), network.constants[bias]),
        ],
        _unactivated(operator),
        kernel_shape=weights.shape[2:],
        strides=operator.options.stride,
        dilations=operator.options.dilation,
        group=network.shapes[picture][3] // weights.shape[1],
        pads=_pads(operator, network.shapes[picture], (weights.shape[2], weights.shape[3])),
    )
    _activate(operator, name, graph)


def _max_pool(operator: Operator, network: Network, graph: Graph) -> None:
    picture = operator.inputs[0]
    name = graph.node(
        "MaxPool",
        [value(picture)],
        _unactivated(operator),
        kernel_shape=operator.options.window,
        strides=operator.options.stride,
        pads=_pads(operator, network.shapes[picture], operator.options.window),
    )
    _activate(operator, name, graph)


def _add(operator: Operator, network: Network, graph: Graph) -> None:
    first, second = operator.inputs
    if network.shapes[first] != network.shapes[second] or not network.constants.keys().isdisjoint(operator.inputs):
        raise PermanentError("TFLite's ADD of a constant or of different shapes is not known to the converter")
    name = graph.node("Add", [value(first), value(second)], _unactivated(operator))
    _activate(operator, name, graph)


def _concatenation(operator: Operator, network: Network, graph: Graph) -> None:
    rank = len(network.shapes[operator.outputs[0]])
    axis = operator.options.axis % rank
    name = graph.node(
        "Concat",
        [value(tensor) for tensor in operator.inputs],
        _unactivated(operator),
        axis=TO_NCHW.index(axis) if rank == 4 else axis,
    )
    _activate(operator, name, graph)


def _pad(operator: Operator, network: Network, graph: Graph) -> None:
    picture, amounts = operator.inputs
    pairs = network.constants[amounts]
    ordered = pairs[list(TO_NCHW)] if len(pairs) == 4 else pairs
    constant = graph.constant(value(amounts), ordered.T.ravel().astype(np.int64))
    graph.node("Pad", [value(picture), constant], value(operator.outputs[0]))


def _resize_bilinear(operator: Operator, network: Network, graph: Graph) -> None:
    """The sampling points at the border are clamped in both formats."""
    picture, output = operator.inputs[0], operator.outputs[0]
    if operator.options.align_corners:
        mode = "align_corners"
    else:
        mode = "half_pixel" if operator.options.half_pixel_centres else "asymmetric"
    rows, columns = np.divide(network.shapes[output][1:3], network.shapes[picture][1:3])
    scales = graph.constant(f"{value(output)}_scales", np.array([1, 1, rows, columns], np.float32))
    graph.node(
        "Resize", [value(picture), "", scales], value(output), mode="linear", coordinate_transformation_mode=mode
    )


def _depth_to_space(operator: Operator, _network: Network, graph: Graph) -> None:
    graph.node(
        "DepthToSpace",
        [value(operator.inputs[0])],
        value(operator.outputs[0]),
        blocksize=operator.options.block_size,
        mode="DCR",
    )


def _logistic(operator: Operator, _network: Network, graph: Graph) -> None:
    graph.node("Sigmoid", [value(operator.inputs[0])], value(operator.outputs[0]))


def _reshape(operator: Operator, network: Network, graph: Graph) -> None:
    """The order of the numbers counts, so a picture goes through NHWC, unless it is a single pixel."""
    tensor, output = operator.inputs[0], operator.outputs[0]
    before, after = network.shapes[tensor], network.shapes[output]
    if len(after) == 4:
        raise PermanentError("TFLite's RESHAPE to a picture is not known to the converter")
    name = value(tensor)
    if len(before) == 4 and before[1:3] != (1, 1):
        name = graph.node("Transpose", [name], f"{value(output)}_nhwc", perm=TO_NHWC)
    shape = graph.constant(f"{value(output)}_shape", np.array(after, np.int64))
    graph.node("Reshape", [name, shape], value(output))


def _pads(operator: Operator, picture: Shape, window: tuple[int, int]) -> tuple[int, ...]:
    """Return rows and columns added at the beginning, then those at the end, as ONNX wants them."""
    if not operator.options.same_padding:
        return (0, 0, 0, 0)
    options = operator.options
    rows = padding(picture[1], window[0], options.stride[0], options.dilation[0])
    columns = padding(picture[2], window[1], options.stride[1], options.dilation[1])
    return (rows[0], columns[0], rows[1], columns[1])


def _unactivated(operator: Operator) -> str:
    name = value(operator.outputs[0])
    return name if operator.options.activation == "NONE" else f"{name}_raw"


def _activate(operator: Operator, name: str, graph: Graph) -> None:
    """Apply the activation that TFLite fuses into the operator to its value `name`."""
    output = value(operator.outputs[0])
    if operator.options.activation == "RELU":
        graph.node("Relu", [name], output)
    elif operator.options.activation == "RELU6":
        zero, six = graph.constant("zero", np.array(0, np.float32)), graph.constant("six", np.array(6, np.float32))
        graph.node("Clip", [name, zero, six], output)


_CONVERTERS: dict[str, Callable[[Operator, Network, Graph], None]] = {
    "ADD": _add,
    "CONCATENATION": _concatenation,
    "CONV_2D": _convolution,
    "DEPTH_TO_SPACE": _depth_to_space,
    "DEPTHWISE_CONV_2D": _convolution,
    "LOGISTIC": _logistic,
    "MAX_POOL_2D": _max_pool,
    "PAD": _pad,
    "RESHAPE": _reshape,
    "RESIZE_BILINEAR": _resize_bilinear,
}
