import numpy as np
import onnx
import pytest

from edge_agent.errors import PermanentError
from edge_agent.pose.conversion.model import convert_file, convert_network
from edge_agent.pose.conversion.network import Operator, Options
from tests.tiny_networks import counting, one_operator, run_onnx
from tests.tiny_tflite import BIAS, DENSE_WEIGHTS, tiny_tflite

OUTPUTS = {"features": (1, 2, 2, 3)}
HALF = onnx.TensorProto.FLOAT16


def test_a_whole_file_computes_what_its_weights_say() -> None:
    picture = counting((1, 4, 4, 2)) / 8
    computed = run_onnx(convert_file(tiny_tflite(), OUTPUTS, ""), picture)["features"]
    expected = picture[:, ::2, ::2] @ DENSE_WEIGHTS.reshape(3, 2).T.astype(np.float32) + BIAS
    np.testing.assert_array_equal(computed, expected.clip(0, 6))


def test_the_input_keeps_its_order_and_says_so() -> None:
    (given,) = onnx.load_from_string(convert_file(tiny_tflite(), OUTPUTS, "")).graph.input
    assert given.name == "picture_nhwc"
    assert [size.dim_value for size in given.type.tensor_type.shape.dim] == [1, 4, 4, 2]


def test_weights_stay_half_as_wide_in_the_file() -> None:
    constants = onnx.load_from_string(convert_file(tiny_tflite(), OUTPUTS, "")).graph.initializer
    assert sum(constant.data_type == HALF for constant in constants) == 2


def test_the_file_tells_its_origin() -> None:
    assert onnx.load_from_string(convert_file(tiny_tflite(), OUTPUTS, "from afar")).doc_string == "from afar"


def test_converting_twice_gives_the_same_bytes() -> None:
    assert convert_file(tiny_tflite(), OUTPUTS, "") == convert_file(tiny_tflite(), OUTPUTS, "")


def test_a_branch_nobody_asks_for_is_cut_off() -> None:
    network = one_operator("LOGISTIC", (1, 2), (1, 2), Options())
    mask = Operator("SOFTMAX", (0,), (8,))
    branched = network._replace(
        operators=(mask, *network.operators), outputs=(8, 9), shapes={**network.shapes, 8: (1, 7)}
    )
    assert run_onnx(convert_network(branched, {"out": (1, 2)}), counting((1, 2)))["out"].shape == (1, 2)


def test_an_output_that_the_file_lacks_is_refused() -> None:
    with pytest.raises(PermanentError, match=r"0 outputs of shape \(1, 39\)"):
        convert_file(tiny_tflite(), {"world": (1, 39)}, "")
