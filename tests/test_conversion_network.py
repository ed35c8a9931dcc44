import numpy as np

from edge_agent.pose.conversion.network import Level, Network, Operator, densify, operators_for

ROWS = [Level(3), Level(0, np.array([0, 1, 1, 3], np.uint8), np.array([1, 0, 2], np.uint8))]


def test_a_sparse_tensor_has_its_values_at_their_places_and_zeros_elsewhere() -> None:
    dense = densify(np.array([5, 6, 7], np.float16), (3, 3), (0, 1), ROWS)
    np.testing.assert_array_equal(dense, [[0, 5, 0], [0, 0, 0], [6, 0, 7]])
    assert dense.dtype == np.float16


def test_a_sparse_tensor_can_be_packed_column_by_column() -> None:
    dense = densify(np.array([5, 6, 7], np.float16), (3, 3), (1, 0), ROWS)
    np.testing.assert_array_equal(dense, [[0, 0, 6], [5, 0, 0], [0, 0, 7]])


def test_a_tensor_of_dense_levels_only_keeps_all_its_values() -> None:
    values = np.arange(6, dtype=np.float16)
    np.testing.assert_array_equal(densify(values, (2, 3), (0, 1), [Level(2), Level(3)]), values.reshape(2, 3))


def test_only_what_an_output_depends_on_is_kept() -> None:
    steps = (Operator("A", (0,), (1,)), Operator("MASK", (1,), (2,)), Operator("B", (1,), (3,)))
    network = Network("in", 0, (2, 3), steps, {}, {})
    assert [operator.kind for operator in operators_for(network, [3])] == ["A", "B"]
