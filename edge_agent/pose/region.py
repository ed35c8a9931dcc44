"""The square of the picture that holds the person: from two points on the body to a crop, and from the crop back.

All in pixels of the frame. A region looks at the person upright: its own y axis runs from head to feet.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.image import Image
from edge_agent.pose.arrays import Floats

_MARGIN = 1.25
"""The landmark model was trained on crops a quarter wider than the circle round the body (MediaPipe, pose_landmark)."""


class Region(NamedTuple):
    """A square round (x, y), `size` pixels wide and turned by `angle` radians, clockwise as one sees it."""

    x: float
    y: float
    size: float
    angle: float


def whole_frame(image: Image) -> Region:
    """Return the smallest upright square that contains the whole picture."""
    height, width = image.shape[:2]
    return Region(width / 2, height / 2, float(max(width, height)), 0.0)


def region_round(hips: Floats, reach: Floats) -> Region | None:
    """Return the person's region from the point between the hips and the one on the circle round the body.

    `hips` -> `reach` is the direction of the spine. None when the points are no usable circle: an empty one cannot be
    cropped, and a crop far larger than the picture shows nothing.
    """
    dx, dy = float(reach[0] - hips[0]), float(reach[1] - hips[1])
    size = 2 * math.hypot(dx, dy) * _MARGIN
    if not 1.0 <= size < 1e5:
        return None
    angle = math.pi / 2 - math.atan2(-dy, dx)
    return Region(float(hips[0]), float(hips[1]), size, angle - math.tau * math.floor((angle + math.pi) / math.tau))


def crop(image: Image, region: Region, side: int, border: int) -> Image:
    """Return the region as an upright (side, side, 3) picture; `border` is one of cv2's border modes.

    The region's corner, not its outermost pixel's middle, falls on (0, 0), and places between pixels are rounded to
    1/32, both as in MediaPipe. OpenCV 5's warpAffine rounds no more, which alone moves the landmarks of a frame by up
    to a pixel; this costs the same.
    """
    matrix = _to_frame(region, side).astype(np.float32)
    steps = np.arange(side, dtype=np.float32)
    x = (matrix[0, 1] * steps + matrix[0, 2])[:, None] + matrix[0, 0] * steps
    y = (matrix[1, 1] * steps + matrix[1, 2])[:, None] + matrix[1, 0] * steps
    rounded = cv2.convertMaps(x, y, cv2.CV_16SC2)
    return cv2.remap(image, *rounded, cv2.INTER_LINEAR, borderMode=border)  # type: ignore[no-any-return, call-overload]


def to_frame(points: Floats, region: Region) -> Floats:
    """Move points of shape (n, 2), given as shares of the crop's side, to pixels of the frame."""
    matrix = _to_frame(region, 1)
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def turn(points: Floats, angle: float) -> Floats:
    """Turn points of shape (n, 2) about the origin, clockwise as one sees it (y points down)."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return points @ np.array([[cosine, sine], [-sine, cosine]], np.float32)


def _to_frame(region: Region, side: int) -> NDArray[np.float64]:
    """Return the 2x3 matrix that takes a point of the crop (0..side) to the frame."""
    scale = region.size / side
    cosine, sine = math.cos(region.angle) * scale, math.sin(region.angle) * scale
    half = side / 2
    return np.array(
        [
            [cosine, -sine, region.x - half * (cosine - sine)],
            [sine, cosine, region.y - half * (sine + cosine)],
        ]
    )
