import cv2
import numpy as np
import pytest

from edge_agent.image import Image
from edge_agent.pose.region import Region, crop, region_round, to_frame, turn, whole_frame


def _picture(width: int = 64, height: int = 48) -> Image:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


def _points(*points: tuple[float, float]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array(points, np.float32)


def test_a_standing_person_has_an_upright_region() -> None:
    hips, reach = _points((100, 200), (100, 120))
    assert region_round(hips, reach) == pytest.approx(Region(100, 200, 2 * 80 * 1.25, 0.0))


def test_a_person_lying_with_the_head_to_the_right_is_turned_a_quarter() -> None:
    region = region_round(*_points((100, 200), (180, 200)))
    assert region is not None
    assert region.angle == pytest.approx(np.pi / 2)


def test_a_person_on_the_head_is_turned_half_round() -> None:
    region = region_round(*_points((100, 200), (100, 280)))
    assert region is not None
    assert abs(region.angle) == pytest.approx(np.pi)


@pytest.mark.parametrize("reach", [(100.0, 200.0), (np.nan, 0.0), (1e6, 0.0)])
def test_points_that_span_no_circle_give_no_region(reach: tuple[float, float]) -> None:
    assert region_round(*_points((100, 200), reach)) is None


def test_the_crop_of_an_upright_square_is_its_pixels() -> None:
    picture = _picture()
    assert np.array_equal(crop(picture, Region(24, 20, 16, 0.0), 16, cv2.BORDER_REPLICATE), picture[12:28, 16:32])


def test_the_crop_of_a_lying_person_is_stood_up() -> None:
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:, 40:] = 255  # the head's side
    upright = crop(picture, Region(32, 24, 32, np.pi / 2), 32, cv2.BORDER_REPLICATE)
    assert upright[4, 16].max() == 255
    assert upright[28, 16].max() == 0


def test_outside_the_picture_the_crop_repeats_the_border() -> None:
    picture = _picture()
    assert np.array_equal(crop(picture, Region(0, 24, 16, 0.0), 16, cv2.BORDER_REPLICATE)[8, 0], picture[24, 0])


def test_the_whole_frame_is_letterboxed_with_black() -> None:
    picture = np.full((48, 64, 3), 200, np.uint8)
    square = crop(picture, whole_frame(picture), 64, cv2.BORDER_CONSTANT)
    assert square[0].max() == 0
    assert square[32].min() == 200


def test_points_of_the_crop_go_back_to_where_they_were_seen() -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[198:203, 298:303] = 255
    region = Region(320, 240, 300, 0.7)
    row, column = np.argwhere(crop(picture, region, 256, cv2.BORDER_REPLICATE)[:, :, 0] > 128).mean(axis=0)
    assert to_frame(_points((column, row)) / 256, region)[0] == pytest.approx((300, 200), abs=0.7)


def test_a_quarter_turn_takes_right_to_down() -> None:
    assert turn(_points((1, 0)), np.pi / 2)[0] == pytest.approx((0, 1), abs=1e-6)
