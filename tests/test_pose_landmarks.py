import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.pose.landmarks import LANDMARKS, decode

Floats = NDArray[np.float32]


def _output(x: float = 128.0, y: float = 64.0, z: float = -32.0, visibility: float = 0.0) -> Floats:
    return np.tile(np.array([x, y, z, visibility, 0.0], np.float32), 39)


def _blank_heatmap() -> Floats:
    return np.full((64, 64, 39), -20, np.float32)


def test_points_are_shares_of_the_crops_side() -> None:
    points, _ = decode(_output(), _blank_heatmap())
    assert points.shape == (35, 3)
    assert points[0] == pytest.approx((0.5, 0.25, -0.125))


def test_visibility_is_the_probability_of_a_logit() -> None:
    _, visibility = decode(_output(visibility=np.log(3.0)), _blank_heatmap())
    assert visibility.shape == (LANDMARKS,)
    assert visibility == pytest.approx(0.75)


@pytest.mark.parametrize("logit", [-1000.0, 1000.0])
def test_extreme_logits_do_not_overflow(logit: float) -> None:
    with np.errstate(over="raise"):
        _, visibility = decode(_output(visibility=logit), _blank_heatmap())
    assert visibility[0] == pytest.approx(float(logit > 0))


def test_a_sure_heatmap_moves_its_point_to_its_centre_of_mass() -> None:
    heatmap = _blank_heatmap()
    heatmap[17, 33, 5] = heatmap[18, 33, 5] = 20  # rows are y, columns x
    points, _ = decode(_output(), heatmap)
    assert points[5, :2] == pytest.approx((33 / 64, 17.5 / 64))
    assert points[4, :2] == pytest.approx((0.5, 0.25))


def test_an_unsure_heatmap_moves_nothing() -> None:
    heatmap = _blank_heatmap()
    heatmap[17, 33, 5] = -0.01
    points, _ = decode(_output(), heatmap)
    assert points[5, :2] == pytest.approx((0.5, 0.25))


def test_only_the_seven_cells_round_the_point_count() -> None:
    heatmap = _blank_heatmap()
    heatmap[16, 32 + 4, 5] = 20
    points, _ = decode(_output(), heatmap)
    assert points[5, :2] == pytest.approx((0.5, 0.25))


def test_at_the_edge_the_kernel_is_cut_off() -> None:
    heatmap = _blank_heatmap()
    heatmap[0, 0, 5] = 20
    points, _ = decode(_output(x=1.0, y=1.0), heatmap)
    assert points[5, :2] == pytest.approx((0, 0), abs=1e-6)


@pytest.mark.parametrize("x", [-30.0, 300.0])
def test_a_point_outside_the_crop_stays(x: float) -> None:
    points, _ = decode(_output(x=x), np.full((64, 64, 39), 20, np.float32))
    assert points[5, 0] == pytest.approx(x / 256)
