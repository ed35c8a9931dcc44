"""From the landmark model's raw output to points in the crop and in metres.

The model gives 39 points: the 33 landmarks, the two that say where the person's region is, and four without use.
"""

from typing import NamedTuple

import numpy as np

from edge_agent.pose.arrays import Floats, sigmoid

SIDE = 256
"""Width and height of the landmark model's input, pixels."""
MIN_PRESENCE = 0.5
LANDMARKS = 33
HIPS, REACH = 33, 34
"""The points that carry the region: between the hips, and on the circle round the body."""
_USED = 35
_KERNEL = 7
_MIN_CONFIDENCE = 0.5


class CropLandmarks(NamedTuple):
    """What the model sees in one crop: points as shares of its side, shape (35, 3), and visibility (33,), 0..1."""

    points: Floats
    visibility: Floats


def decode(landmarks: Floats, heatmap: Floats) -> CropLandmarks:
    """Return the points, moved to where the heatmap is sure of them.

    `landmarks` has shape (195,): 39 x (x, y, z in input pixels, visibility and presence as logits); `heatmap`
    (64, 64, 39) logits.
    """
    rows = landmarks.reshape(-1, 5)[:_USED]
    points = rows[:, :3] / SIDE
    points[:, :2] = _refined(points[:, :2], heatmap)
    return CropLandmarks(points, sigmoid(rows[:LANDMARKS, 3]))


def _refined(points: Floats, heatmap: Floats) -> Floats:
    """Return each point's centre of mass in the 7x7 cells of its heatmap round it; points it is not sure of stay.

    As MediaPipe's RefineLandmarksFromHeatmapCalculator; without it joint angles are 3-11 degrees off.
    """
    height, width = heatmap.shape[:2]
    reach = np.arange(_KERNEL) - _KERNEL // 2
    centre = np.trunc(points * (width, height)).astype(np.intp)
    column, row = centre[:, :1] + reach, centre[:, 1:] + reach
    inside = ((row >= 0) & (row < height))[:, :, None] & ((column >= 0) & (column < width))[:, None, :]
    channel = np.arange(len(points))[:, None, None]
    logits = heatmap[row.clip(0, height - 1)[:, :, None], column.clip(0, width - 1)[:, None, :], channel]
    weight = sigmoid(logits) * inside
    total = weight.sum(axis=(1, 2)).clip(1e-9)
    x = (weight.sum(axis=1) * column).sum(axis=1) / total / width
    y = (weight.sum(axis=2) * row).sum(axis=1) / total / height
    on_map = ((centre >= 0) & (centre < (width, height))).all(axis=1)
    sure = on_map & (weight.max(axis=(1, 2)) >= _MIN_CONFIDENCE)
    return np.where(sure[:, None], np.stack([x, y], axis=1), points).astype(np.float32)
