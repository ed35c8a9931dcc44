"""A whole TFLite file to a whole ONNX file, with the outputs that are asked for and nothing else."""

from collections.abc import Mapping

from edge_agent.errors import PermanentError
from edge_agent.pose.conversion.graph import TO_NCHW, TO_NHWC, Graph
from edge_agent.pose.conversion.network import Network, Shape, operators_for
from edge_agent.pose.conversion.operators import convert, value
from edge_agent.pose.conversion.tflite_reader import read_network


def convert_file(content: bytes, outputs: Mapping[str, Shape], words: str) -> bytes:
    """Return the TFLite file as ONNX with the named `outputs`; `words` of its origin go into the file.

    The input keeps its order NHWC and is called after it. Raises `PermanentError` for what cannot be converted.
    """
    return convert_network(read_network(content), outputs, words)


def convert_network(network: Network, outputs: Mapping[str, Shape], words: str = "") -> bytes:
    """Do it for a network that has been read. An output is found by its shape: TFLite's names say nothing."""
    graph = Graph()
    given = graph.input(f"{network.input_name}_nhwc", network.shapes[network.input])
    _reorder(graph, given, value(network.input), network.shapes[network.input], TO_NCHW)
    tensors = {name: _output(network, shape) for name, shape in outputs.items()}
    for operator in operators_for(network, tensors.values()):
        convert(operator, network, graph)
    for name, tensor in tensors.items():
        _reorder(graph, value(tensor), name, network.shapes[tensor], TO_NHWC)
        graph.output(name, network.shapes[tensor])
    return graph.serialized("pose", words)


def _output(network: Network, shape: Shape) -> int:
    fitting = [tensor for tensor in network.outputs if network.shapes[tensor] == shape]
    if len(fitting) != 1:
        raise PermanentError(f"this TFLite file has {len(fitting)} outputs of shape {shape}, not one")
    return fitting[0]


def _reorder(graph: Graph, name: str, output: str, shape: Shape, order: tuple[int, ...]) -> None:
    """Give the value a new name, and a picture a new order."""
    if len(shape) == 4:
        graph.node("Transpose", [name], output, perm=order)
    else:
        graph.node("Identity", [name], output)
