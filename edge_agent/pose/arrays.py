"""What the pure parts of pose estimation share: the array type and the logistic function."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
"""Of either width: the models give 32 bits, geometry may widen them."""

_LARGEST_LOGIT = 80.0
"""Beyond it float32's exp overflows, and the logistic function is 0 or 1 anyway."""


def sigmoid(logits: Floats) -> Floats:
    """Return probabilities 0..1 for logits."""
    return np.asarray(1 / (1 + np.exp(-logits.clip(-_LARGEST_LOGIT, _LARGEST_LOGIT))), np.float32)
