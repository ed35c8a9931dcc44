"""Writes a TFLite file of one convolution whose weights are packed like the pose detector's: sparse and float16."""

from collections.abc import Sequence
from typing import Any

import flatbuffers
import numpy as np
import tflite

DENSE_WEIGHTS = np.array([[1, 0], [0, 0], [0, 2.5]], np.float16).reshape(3, 1, 1, 2)
BIAS = np.array([0.5, 1, 2], np.float16)
_VALUES = np.array([1, 2.5], np.float16)
_SEGMENTS = np.array([0, 1, 1, 2], np.uint16)
_INDICES = np.array([0, 1], np.uint8)


def tiny_tflite(activation: int = tflite.ActivationFunctionType.RELU6) -> bytes:
    """Return the file: picture (1, 4, 4, 2), stride 2, padding SAME, three channels out.

    Tensors: 0 picture, 1 sparse weights, 2 dense float16, 3 float32, 4 bias float16, 5 float32, 6 output.
    """
    builder = flatbuffers.Builder()
    half, full = tflite.TensorType.FLOAT16, tflite.TensorType.FLOAT32
    tensors = [
        _tensor(builder, "picture", (1, 4, 4, 2), full),
        _tensor(builder, "sparse", (3, 1, 1, 2), half, Buffer=1, Sparsity=_sparsity(builder)),
        _tensor(builder, "dense", (3, 1, 1, 2), half),
        _tensor(builder, "weights", (3, 1, 1, 2), full),
        _tensor(builder, "packed bias", (3,), half, Buffer=2),
        _tensor(builder, "bias", (3,), full),
        _tensor(builder, "out", (1, 2, 2, 3), full),
    ]
    steps = [(0, [1], [2]), (1, [2], [3]), (1, [4], [5])]
    operators = [_operator(builder, code, inputs, outputs) for code, inputs, outputs in steps]
    options = _table(
        builder,
        "Conv2DOptions",
        Padding=tflite.Padding.SAME,
        StrideH=2,
        StrideW=2,
        DilationHFactor=1,
        DilationWFactor=1,
        FusedActivationFunction=activation,
    )
    kind = tflite.BuiltinOptions.Conv2DOptions
    operators.append(_operator(builder, 2, [0, 3, 5], [6], BuiltinOptionsType=kind, BuiltinOptions=options))
    graph = _table(
        builder,
        "SubGraph",
        Tensors=_tables(builder, tensors),
        Operators=_tables(builder, operators),
        Inputs=builder.CreateNumpyVector(np.array([0], np.int32)),
        Outputs=builder.CreateNumpyVector(np.array([6], np.int32)),
    )
    return _model(builder, graph)


def _model(builder: Any, graph: int) -> bytes:
    kinds = tflite.BuiltinOperator
    codes = [
        _table(builder, "OperatorCode", DeprecatedBuiltinCode=min(code, 127), BuiltinCode=code)
        for code in (kinds.DENSIFY, kinds.DEQUANTIZE, kinds.CONV_2D)
    ]
    data = [builder.CreateNumpyVector(np.frombuffer(values.tobytes(), np.uint8)) for values in (_VALUES, BIAS)]
    buffers = [_table(builder, "Buffer"), *(_table(builder, "Buffer", Data=vector) for vector in data)]
    model = _table(
        builder,
        "Model",
        Version=3,
        OperatorCodes=_tables(builder, codes),
        Subgraphs=_tables(builder, [graph]),
        Buffers=_tables(builder, buffers),
    )
    builder.Finish(model, b"TFL3")
    return bytes(builder.Output())


def _sparsity(builder: Any) -> int:
    """Describe the weights row by row: the last dimension lists its places, the others are dense."""
    segments = _table(builder, "Uint16Vector", Values=builder.CreateNumpyVector(_SEGMENTS))
    indices = _table(builder, "Uint8Vector", Values=builder.CreateNumpyVector(_INDICES))
    sparse = _table(
        builder,
        "DimensionMetadata",
        Format=tflite.DimensionType.SPARSE_CSR,
        ArraySegmentsType=tflite.SparseIndexVector.Uint16Vector,
        ArraySegments=segments,
        ArrayIndicesType=tflite.SparseIndexVector.Uint8Vector,
        ArrayIndices=indices,
    )
    dense = [_table(builder, "DimensionMetadata", Format=0, DenseSize=size) for size in (3, 1, 1)]
    order = builder.CreateNumpyVector(np.arange(4, dtype=np.int32))
    return _table(builder, "SparsityParameters", TraversalOrder=order, DimMetadata=_tables(builder, [*dense, sparse]))


def _tensor(builder: Any, name: str, shape: Sequence[int], kind: int, **fields: int) -> int:
    dimensions = builder.CreateNumpyVector(np.array(shape, np.int32))
    return _table(builder, "Tensor", Name=builder.CreateString(name), Shape=dimensions, Type=kind, **fields)


def _operator(builder: Any, code: int, inputs: list[int], outputs: list[int], **fields: int) -> int:
    return _table(
        builder,
        "Operator",
        OpcodeIndex=code,
        Inputs=builder.CreateNumpyVector(np.array(inputs, np.int32)),
        Outputs=builder.CreateNumpyVector(np.array(outputs, np.int32)),
        **fields,
    )


def _table(builder: Any, kind: str, **fields: int) -> int:
    getattr(tflite, f"{kind}Start")(builder)
    for name, value in fields.items():
        getattr(tflite, f"{kind}Add{name}")(builder, value)
    return int(getattr(tflite, f"{kind}End")(builder))


def _tables(builder: Any, tables: Sequence[int]) -> int:
    builder.StartVector(4, len(tables), 4)
    for table in reversed(tables):
        builder.PrependUOffsetTRelative(table)
    return int(builder.EndVector())
