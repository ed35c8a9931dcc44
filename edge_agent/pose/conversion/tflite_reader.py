"""Reads a TFLite file into a `Network`: the only module that knows the package `tflite` (the file's schema)."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tflite

from edge_agent.errors import PermanentError
from edge_agent.pose.conversion.network import Array, Level, Network, Operator, Options, densify

_OPTIONS = {
    "ADD": tflite.AddOptions,
    "CONCATENATION": tflite.ConcatenationOptions,
    "CONV_2D": tflite.Conv2DOptions,
    "DEPTH_TO_SPACE": tflite.DepthToSpaceOptions,
    "DEPTHWISE_CONV_2D": tflite.DepthwiseConv2DOptions,
    "MAX_POOL_2D": tflite.Pool2DOptions,
    "RESIZE_BILINEAR": tflite.ResizeBilinearOptions,
}
_DTYPES: dict[int, Any] = {
    tflite.TensorType.FLOAT32: np.dtype("<f4"),
    tflite.TensorType.FLOAT16: np.dtype("<f2"),
    tflite.TensorType.INT32: np.dtype("<i4"),
}
_UNPACKING = {"DENSIFY", "DEQUANTIZE"}


def read_network(content: bytes) -> Network:
    """Return the file's one network. Raises `PermanentError` for what the converter does not know.

    Weights that the network would unpack at run time (sparse ones, float16 ones) are constants here, still float16.
    """
    model = tflite.Model.GetRootAs(content, 0)
    if model.SubgraphsLength() != 1 or model.Subgraphs(0).InputsLength() != 1:
        raise PermanentError("this TFLite file holds several networks or inputs: only one of each can be converted")
    graph = model.Subgraphs(0)
    tensors = [graph.Tensors(number) for number in range(graph.TensorsLength())]
    constants = {
        number: _constant(model, tensor)
        for number, tensor in enumerate(tensors)
        if model.Buffers(tensor.Buffer()).DataLength()
    }
    return Network(
        input_name=tensors[graph.Inputs(0)].Name().decode(),
        input=graph.Inputs(0),
        outputs=_numbers(graph.OutputsAsNumpy()),
        operators=tuple(_unpacked(_operators(model, graph), constants)),
        shapes={number: _shape(tensor) for number, tensor in enumerate(tensors)},
        constants=constants,
    )


def _operators(model: Any, graph: Any) -> Iterator[Operator]:
    for position in range(graph.OperatorsLength()):
        operator = graph.Operators(position)
        kind = _kind(model.OperatorCodes(operator.OpcodeIndex()))
        yield Operator(
            kind,
            _numbers(operator.InputsAsNumpy()),
            _numbers(operator.OutputsAsNumpy()),
            _options(kind, operator.BuiltinOptions()),
        )


def _unpacked(operators: Iterator[Operator], constants: dict[int, Array]) -> Iterator[Operator]:
    """Yield the operators that compute; those that only unpack a constant add its unpacked form to `constants`."""
    for operator in operators:
        if operator.kind in _UNPACKING and operator.inputs[0] in constants:
            constants[operator.outputs[0]] = constants[operator.inputs[0]]
        else:
            yield operator


def _kind(code: Any) -> str:
    # Numbers above 127 did not fit into the field of the schema's first version, which old files still use
    number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    return _name(tflite.BuiltinOperator, number)


def _options(kind: str, table: Any) -> Options:
    if kind not in _OPTIONS or table is None:
        return Options()
    options = _OPTIONS[kind]()
    options.Init(table.Bytes, table.Pos)

    def read(name: str, otherwise: Any) -> Any:
        return getattr(options, name)() if hasattr(options, name) else otherwise

    activation = _name(tflite.ActivationFunctionType, read("FusedActivationFunction", 0))
    if activation not in {"NONE", "RELU", "RELU6"}:
        raise PermanentError(f"activation {activation} of TFLite's {kind} is not known to the converter")
    return Options(
        activation=activation,  # type: ignore[arg-type]
        same_padding=read("Padding", tflite.Padding.VALID) == tflite.Padding.SAME,
        stride=(read("StrideH", 1), read("StrideW", 1)),
        dilation=(read("DilationHFactor", 1), read("DilationWFactor", 1)),
        window=(read("FilterHeight", 1), read("FilterWidth", 1)),
        axis=read("Axis", 0),
        block_size=read("BlockSize", 1),
        align_corners=read("AlignCorners", False),
        half_pixel_centres=read("HalfPixelCenters", False),
    )


def _constant(model: Any, tensor: Any) -> Array:
    dtype = _DTYPES.get(tensor.Type())
    if dtype is None:
        raise PermanentError(f"TFLite's tensor type {_name(tflite.TensorType, tensor.Type())} is not known")
    values: Array = np.frombuffer(model.Buffers(tensor.Buffer()).DataAsNumpy().tobytes(), dtype)
    sparsity = tensor.Sparsity()
    if sparsity is None:
        return values.reshape(_shape(tensor))
    if sparsity.BlockMapLength():
        raise PermanentError("sparse TFLite tensors in blocks are not known to the converter")
    levels = [_level(sparsity.DimMetadata(position)) for position in range(sparsity.DimMetadataLength())]
    return densify(values, _shape(tensor), _numbers(sparsity.TraversalOrderAsNumpy()), levels)


def _level(dimension: Any) -> Level:
    if dimension.Format() == tflite.DimensionType.DENSE:
        return Level(dimension.DenseSize())
    segments = _vector(dimension.ArraySegmentsType(), dimension.ArraySegments())
    return Level(0, segments, _vector(dimension.ArrayIndicesType(), dimension.ArrayIndices()))


def _vector(kind: int, table: Any) -> Array:
    """Return the numbers of a `SparseIndexVector`, which has a type for each width."""
    vector = getattr(tflite, _name(tflite.SparseIndexVector, kind))()
    vector.Init(table.Bytes, table.Pos)
    return np.asarray(vector.ValuesAsNumpy())


def _shape(tensor: Any) -> tuple[int, ...]:
    return _numbers(tensor.ShapeAsNumpy()) if tensor.ShapeLength() else ()


def _numbers(array: Array) -> tuple[int, ...]:
    return tuple(int(number) for number in array)


def _name(enumeration: type, value: int) -> str:
    """Return the name of a value of the schema's enumerations, which are classes of plain numbers.

    Since Python 3.13 each class also has a number of its own, that of its first line.
    """
    names = (name for name, number in vars(enumeration).items() if number == value and not name.startswith("_"))
    return next(names, str(value))
