"""A camera's picture in memory. Pictures live only here: no code path writes one to disk (SPEC S1.5)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""RGB, shape (height, width, 3), dtype uint8, contiguous."""


class Frame(NamedTuple):
    """One picture. `time_s` is on the camera's clock; `sequence` counts every frame the camera gave, seen or not."""

    sequence: int
    time_s: float
    image: Image
