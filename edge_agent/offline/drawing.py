"""Drawing on a picture: the skeleton, large words, the curve of a signal. Colours are RGB, places are pixels."""

from collections.abc import Sequence

import cv2
import numpy as np

from edge_agent.image import Image
from edge_agent.records import Pose

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
GREY: Colour = (170, 180, 190)
GREEN: Colour = (70, 220, 120)
AMBER: Colour = (255, 190, 60)
_LEFT: Colour = (255, 170, 60)
_RIGHT: Colour = (70, 190, 255)
_MIDDLE: Colour = (235, 235, 235)
_HIDDEN: Colour = (90, 90, 100)

_BONES = (
    (11, 12), (23, 24), (11, 23), (12, 24),
    (11, 13), (13, 15), (12, 14), (14, 16),
    (23, 25), (25, 27), (24, 26), (26, 28), (27, 29), (29, 31), (28, 30), (30, 32),
)  # fmt: skip
"""Pairs of BlazePose landmarks; odd numbers are the left body half, even ones the right."""
_JOINTS = sorted({joint for bone in _BONES for joint in bone})
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FRACTION_BITS = 4


def draw_skeleton(picture: Image, pose: Pose) -> None:
    """Draw bones and joints; the less a joint is visible, the greyer and smaller it is."""
    height, width = picture.shape[:2]
    thick = max(2, round(min(height, width) / 160))
    points = [(_limited(x * width), _limited(y * height)) for x, y, _, _ in pose.image]
    visible = [min(1.0, max(0.0, seen)) for _, _, _, seen in pose.image]
    for one, other in _BONES:
        colour = _blend(_HIDDEN, _colour(one, other), min(visible[one], visible[other]))
        cv2.line(picture, points[one], points[other], colour, thick, cv2.LINE_AA)
    for joint in _JOINTS:
        radius = round(thick * (0.7 + visible[joint]))
        cv2.circle(picture, points[joint], radius, _blend(_HIDDEN, WHITE, visible[joint]), -1, cv2.LINE_AA)


def _limited(pixels: float) -> int:
    """Keep a joint far outside the picture within what OpenCV can draw."""
    return round(min(1e4, max(-1e4, pixels)))


def _colour(one: int, other: int) -> Colour:
    if one % 2 != other % 2:
        return _MIDDLE
    return _LEFT if one % 2 else _RIGHT


def _blend(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def darken(picture: Image, top: int, bottom: int, left: int = 0, right: int | None = None) -> None:
    """Dim a part of the picture, so that what is written there can be read."""
    picture[max(0, top) : bottom, max(0, left) : right] //= 3


def write(picture: Image, text: str, place: tuple[int, int], height: float, colour: Colour = WHITE) -> int:
    """Write one line whose capitals are `height` pixels high, its lower left corner at `place`; return its width."""
    # OpenCV's font is 21 pixels high at scale 1, and has ASCII only.
    text, scale, thick = text.encode("ascii", "replace").decode(), height / 21, max(1, round(height / 9))
    cv2.putText(picture, text, place, _FONT, scale, colour, thick, cv2.LINE_AA)
    return text_width(text, height)


def text_width(text: str, height: float) -> int:
    """Return how many pixels a line takes."""
    (width, _), _ = cv2.getTextSize(text, _FONT, height / 21, max(1, round(height / 9)))
    return int(width)


def draw_curve(picture: Image, points: Sequence[tuple[float, float]], colour: Colour, thick: int) -> None:
    """Join places by lines, drawn between the pixels too."""
    if len(points) > 1:
        places = np.round(np.array(points) * (1 << _FRACTION_BITS)).astype(np.int32)
        cv2.polylines(picture, [places], False, colour, thick, cv2.LINE_AA, _FRACTION_BITS)
