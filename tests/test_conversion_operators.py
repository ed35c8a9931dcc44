import numpy as np
import pytest

from edge_agent.errors import PermanentError
from edge_agent.pose.conversion.model import convert_network
from edge_agent.pose.conversion.network import Array, Network, Options
from edge_agent.pose.conversion.operators import padding
from tests.tiny_networks import counting, one_operator, run_onnx

NO_BIAS = np.zeros(1, np.float32)


def result(network: Network, picture: Array) -> Array:
    return run_onnx(convert_network(network, {"out": network.shapes[9]}), picture)["out"]


@pytest.mark.parametrize(
    ("size", "window", "stride", "dilation", "expected"),
    [
        (224, 3, 2, 1, (0, 1)),
        (225, 3, 2, 1, (1, 1)),
        (8, 5, 2, 1, (1, 2)),
        (8, 3, 1, 1, (1, 1)),
        (8, 2, 1, 1, (0, 1)),
        (8, 3, 1, 2, (2, 2)),
        (8, 1, 2, 1, (0, 0)),
    ],
)
def test_same_padding_is_tensorflows(
    size: int, window: int, stride: int, dilation: int, expected: tuple[int, int]
) -> None:
    assert padding(size, window, stride, dilation) == expected


def test_a_strided_convolution_is_padded_at_the_end_only() -> None:
    ones = np.ones((1, 3, 3, 1), np.float16)
    options = Options(same_padding=True, stride=(2, 2))
    network = one_operator("CONV_2D", (1, 4, 4, 1), (1, 2, 2, 1), options, ones, NO_BIAS)
    # Sums of 0..15 over rows and columns 0-2 and 2-3
    np.testing.assert_array_equal(result(network, counting((1, 4, 4, 1))).ravel(), [45, 39, 66, 50])


def test_a_convolution_keeps_rows_columns_and_channels_apart() -> None:
    kernel = np.zeros((2, 1, 2, 2), np.float16)
    kernel[0, 0, 1, 0] = 1
    kernel[1, 0, 0, 1] = 10
    network = one_operator("CONV_2D", (1, 1, 2, 2), (1, 1, 1, 2), Options(), kernel, np.array([0, 0.5], np.float16))
    picture = np.array([[[[1, 2], [3, 4]]]], np.float32)
    np.testing.assert_array_equal(result(network, picture).ravel(), [3, 20.5])


def test_a_depthwise_convolution_can_make_several_channels_of_each() -> None:
    kernel = np.array([1, 10, 100, 1000], np.float16).reshape(1, 1, 1, 4)
    bias = np.zeros(4, np.float16)
    network = one_operator("DEPTHWISE_CONV_2D", (1, 1, 1, 2), (1, 1, 1, 4), Options(), kernel, bias)
    picture = np.array([2, 3], np.float32).reshape(1, 1, 1, 2)
    np.testing.assert_array_equal(result(network, picture).ravel(), [2, 20, 300, 3000])


@pytest.mark.parametrize(("activation", "expected"), [("NONE", [-1, 9]), ("RELU", [0, 9]), ("RELU6", [0, 6])])
def test_a_fused_activation_is_applied(activation: str, expected: list[float]) -> None:
    options = Options(activation=activation)  # type: ignore[arg-type]
    one = np.ones((1, 1, 1, 1), np.float16)
    network = one_operator("CONV_2D", (1, 1, 2, 1), (1, 1, 2, 1), options, one, NO_BIAS)
    np.testing.assert_array_equal(result(network, np.array([[[[-1], [9]]]], np.float32)).ravel(), expected)


def test_max_pooling_takes_the_largest_of_each_window() -> None:
    options = Options(window=(2, 2), stride=(2, 2))
    network = one_operator("MAX_POOL_2D", (1, 4, 4, 1), (1, 2, 2, 1), options)
    np.testing.assert_array_equal(result(network, counting((1, 4, 4, 1))).ravel(), [5, 7, 13, 15])


def test_padding_of_rows_columns_and_channels_stays_with_its_dimension() -> None:
    amounts = np.array([[0, 0], [1, 0], [0, 2], [0, 1]], np.int32)
    network = one_operator("PAD", (1, 1, 1, 1), (1, 2, 3, 2), Options(), amounts)
    expected = np.zeros((1, 2, 3, 2), np.float32)
    expected[0, 1, 0, 0] = 7
    np.testing.assert_array_equal(result(network, np.full((1, 1, 1, 1), 7, np.float32)), expected)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Options(half_pixel_centres=True), [0, 1, 3, 4]),
        (Options(align_corners=True), [0, 4 / 3, 8 / 3, 4]),
        (Options(), [0, 2, 4, 4]),
    ],
)
def test_bilinear_resizing_samples_where_tflite_does(options: Options, expected: list[float]) -> None:
    network = one_operator("RESIZE_BILINEAR", (1, 1, 2, 1), (1, 1, 4, 1), options, np.array([1, 4], np.int32))
    picture = np.array([[[[0], [4]]]], np.float32)
    np.testing.assert_allclose(result(network, picture).ravel(), expected, rtol=1e-6)


def test_depth_to_space_spreads_channels_over_a_block() -> None:
    network = one_operator("DEPTH_TO_SPACE", (1, 1, 1, 8), (1, 2, 2, 2), Options(block_size=2))
    expected = [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]
    np.testing.assert_array_equal(result(network, counting((1, 1, 1, 8)))[0], expected)


def test_a_reshaped_picture_keeps_tflites_order_of_numbers() -> None:
    network = one_operator("RESHAPE", (1, 2, 2, 3), (1, 4, 3), Options(), np.array([1, -1, 3], np.int32))
    np.testing.assert_array_equal(result(network, counting((1, 2, 2, 3))).ravel(), np.arange(12))


def test_pictures_are_joined_along_the_dimension_that_was_meant() -> None:
    network = one_operator("CONCATENATION", (1, 1, 2, 1), (1, 1, 2, 2), Options(axis=-1))
    doubled = network.operators[0]._replace(inputs=(0, 0))
    joined = result(network._replace(operators=(doubled,)), counting((1, 1, 2, 1)))
    np.testing.assert_array_equal(joined.ravel(), [0, 0, 1, 1])


def test_a_logistic_is_a_probability() -> None:
    network = one_operator("LOGISTIC", (1, 1), (1, 1), Options())
    assert result(network, np.full((1, 1), 2, np.float32))[0, 0] == pytest.approx(1 / (1 + np.exp(-2)))


def test_adding_a_picture_to_itself_doubles_it_before_the_activation() -> None:
    network = one_operator("ADD", (1, 1, 2, 1), (1, 1, 2, 1), Options(activation="RELU6"))
    doubled = network.operators[0]._replace(inputs=(0, 0))
    summed = result(network._replace(operators=(doubled,)), np.array([[[[2], [4]]]], np.float32))
    np.testing.assert_array_equal(summed.ravel(), [4, 6])


def test_adding_a_constant_is_refused() -> None:
    network = one_operator("ADD", (1, 1, 1, 3), (1, 1, 1, 3), Options(), np.ones((1, 1, 1, 3), np.float32))
    with pytest.raises(PermanentError, match="ADD of a constant"):
        convert_network(network, {"out": (1, 1, 1, 3)})


def test_an_unknown_operator_is_refused_by_name() -> None:
    with pytest.raises(PermanentError, match="operator SOFTMAX is not known"):
        convert_network(one_operator("SOFTMAX", (1, 2), (1, 2), Options()), {"out": (1, 2)})
