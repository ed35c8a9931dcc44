"""A neural network as the converter sees it: what the TFLite file says, free of its encoding.

Pictures are in TFLite's order NHWC (batch, row, column, channel). Weights are dense, whatever way the file packs them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, ...]
Activation = Literal["NONE", "RELU", "RELU6"]


class Options(NamedTuple):
    """The settings of any operator; those that its kind lacks keep their defaults. Pairs are (rows, columns)."""

    activation: Activation = "NONE"
    same_padding: bool = False
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    window: tuple[int, int] = (1, 1)
    axis: int = 0
    block_size: int = 1
    align_corners: bool = False
    half_pixel_centres: bool = False


class Operator(NamedTuple):
    """One step. `kind` is TFLite's name of it; tensors are known by their number."""

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Options = Options()


class Network(NamedTuple):
    """One input, operators in an order that can be run, and every tensor's shape by its number."""

    input_name: str
    input: int
    outputs: tuple[int, ...]
    operators: tuple[Operator, ...]
    shapes: Mapping[int, Shape]
    constants: Mapping[int, Array]


class Level(NamedTuple):
    """One dimension of a sparse tensor.

    Dense: `size` children under each node of the level above. Else node n has the children
    `segments[n]` to `segments[n + 1]`, whose places along the dimension are in `indices`.
    """

    size: int
    segments: Array | None = None
    indices: Array | None = None


def densify(values: Array, shape: Shape, order: Iterable[int], levels: Iterable[Level]) -> Array:
    """Return the tensor of `shape` with `values` at their places and zeros elsewhere.

    `levels` go from the root down and `order` says which dimension each of them is (TFLite schema,
    SparsityParameters). `values` lie in the order of the leaves.
    """
    places: dict[int, Array] = {}
    nodes = 1
    for dimension, level in zip(order, levels, strict=True):
        if level.segments is None or level.indices is None:
            children: Array | int = level.size
            along = np.tile(np.arange(level.size), nodes)
        else:
            children = np.diff(level.segments.astype(np.int64))
            along = level.indices
        places = {known: np.repeat(place, children) for known, place in places.items()}
        places[dimension] = along
        nodes = along.size
    dense = np.zeros(shape, values.dtype)
    dense[tuple(places[dimension] for dimension in range(len(shape)))] = values
    return dense


def operators_for(network: Network, outputs: Iterable[int]) -> list[Operator]:
    """Return the operators that `outputs` depend on, in the network's order: every other branch is cut off."""
    wanted = set(outputs)
    kept = []
    for operator in reversed(network.operators):
        if wanted.intersection(operator.outputs):
            wanted.update(operator.inputs)
            kept.append(operator)
    return kept[::-1]
