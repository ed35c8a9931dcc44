"""From the detector's raw output to the person it is surest of: anchors, decoding, weighted suppression.

Constants and order of steps are those of MediaPipe's pose detector graph.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from edge_agent.pose.arrays import Floats, sigmoid

SIDE = 224
"""Width and height of the detector's input, pixels."""
MIN_SCORE = 0.5
_MIN_OVERLAP = 0.5
_ANCHORS_PER_CELL = {8: 2, 16: 2, 32: 6}
"""Anchors in each cell by the stride of the grid, 2254 in all; their sizes are all 1, so only the centres matter."""


class Person(NamedTuple):
    """A detected person: two points as shares of the detector's input."""

    score: float
    hips: Floats
    reach: Floats
    """A point on the circle round the whole body, straight up the spine."""


@cache
def anchors() -> Floats:
    """Return the anchors' centres, shape (2254, 2), x and y as shares of the input."""
    grids = []
    for stride, repeats in _ANCHORS_PER_CELL.items():
        cells = SIDE // stride
        middle = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(middle, middle, indexing="ij")
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), repeats, axis=0))
    return np.concatenate(grids)


def surest_person(boxes: Floats, scores: Floats) -> Person | None:
    """Return the person with the highest score, or None.

    `boxes` has shape (2254, 12): centre, width and height, then four points, in input pixels from the anchor's centre;
    `scores` (2254,) are logits. Boxes over the best one are averaged with it, weighted by their scores.
    """
    sure = sigmoid(scores)
    kept = np.flatnonzero(sure >= MIN_SCORE)
    if kept.size == 0:
        return None
    sure = sure[kept]
    decoded = boxes[kept] / SIDE
    decoded[:, :2] += anchors()[kept]
    decoded[:, 4:] += np.tile(anchors()[kept], 4)
    best = int(np.argmax(sure))
    together = _overlap(decoded, decoded[best]) > _MIN_OVERLAP
    together[best] = True
    mean = np.average(decoded[together], axis=0, weights=sure[together]).astype(np.float32)
    return Person(float(sure[best]), mean[4:6], mean[6:8])


def _overlap(boxes: Floats, box: Floats) -> Floats:
    """Return intersection over union of each box with `box`; both as centre and size."""
    low = np.maximum(boxes[:, :2] - boxes[:, 2:4] / 2, box[:2] - box[2:4] / 2)
    high = np.minimum(boxes[:, :2] + boxes[:, 2:4] / 2, box[:2] + box[2:4] / 2)
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    union = np.prod(boxes[:, 2:4], axis=1) + np.prod(box[2:4]) - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.float32)
