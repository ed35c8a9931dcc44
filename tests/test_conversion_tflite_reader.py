import numpy as np
import pytest
import tflite

from edge_agent.errors import PermanentError
from edge_agent.pose.conversion.tflite_reader import read_network
from tests.tiny_tflite import BIAS, DENSE_WEIGHTS, tiny_tflite


def test_the_picture_and_the_outputs_are_found() -> None:
    network = read_network(tiny_tflite())
    assert (network.input_name, network.input, network.outputs) == ("picture", 0, (6,))
    assert network.shapes[6] == (1, 2, 2, 3)


def test_sparse_float16_weights_become_a_dense_constant_of_the_same_type() -> None:
    weights = read_network(tiny_tflite()).constants[3]
    np.testing.assert_array_equal(weights, DENSE_WEIGHTS)
    assert weights.dtype == np.float16


def test_a_float16_bias_is_a_constant_where_the_network_wants_float32() -> None:
    np.testing.assert_array_equal(read_network(tiny_tflite()).constants[5], BIAS)


def test_steps_that_only_unpack_weights_are_gone() -> None:
    (operator,) = read_network(tiny_tflite()).operators
    assert (operator.kind, operator.inputs, operator.outputs) == ("CONV_2D", (0, 3, 5), (6,))


def test_an_operators_options_are_read() -> None:
    options = read_network(tiny_tflite()).operators[0].options
    assert (options.activation, options.same_padding, options.stride) == ("RELU6", True, (2, 2))


def test_an_unknown_activation_is_refused_by_name() -> None:
    with pytest.raises(PermanentError, match="TANH of TFLite's CONV_2D"):
        read_network(tiny_tflite(tflite.ActivationFunctionType.TANH))
