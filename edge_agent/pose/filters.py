"""Smoothing over time, for whole arrays at once: the One-Euro filter and the plain low-pass.

One-Euro: Casiez, Roussel and Vogel, CHI 2012; with the value scale and the constants of MediaPipe's PoseLandmarker.
"""

import math

import numpy as np

from edge_agent.pose.arrays import Floats


class LowPass:
    """Exponential smoothing: `alpha` is the weight of the new value."""

    def __init__(self, alpha: float) -> None:
        self._alpha = alpha
        self._smooth: Floats | None = None

    def apply(self, values: Floats) -> Floats:
        if self._smooth is None:
            self._smooth = values
        else:
            self._smooth = self._smooth + self._alpha * (values - self._smooth)
        return self._smooth


class OneEuro:
    """A low-pass that opens with speed: still points hold still, fast ones do not lag."""

    def __init__(self, min_cutoff_hz: float, beta: float, speed_cutoff_hz: float = 1.0) -> None:
        self._min_cutoff_hz = min_cutoff_hz
        self._beta = beta
        self._speed_cutoff_hz = speed_cutoff_hz
        self._time_s = 0.0
        self._raw: Floats | None = None
        self._smooth: Floats | None = None
        self._speed: Floats | float = 0.0

    def apply(self, values: Floats, time_s: float, scale: float = 1.0) -> Floats:
        """Return the smoothed values; `scale` makes a speed relative to the size of what moves.

        Values of the same instant as the last ones come back as they are.
        """
        if self._raw is None or self._smooth is None:
            self._time_s, self._raw, self._smooth = time_s, values, values
            return values
        step_s = time_s - self._time_s
        if step_s <= 0:
            return values
        speed = (values - self._raw) * (scale / step_s)
        self._speed = self._speed + _alpha(self._speed_cutoff_hz, step_s) * (speed - self._speed)
        weight = _alpha(self._min_cutoff_hz + self._beta * np.abs(self._speed), step_s)
        self._time_s, self._raw = time_s, values
        self._smooth = self._smooth + weight * (values - self._smooth)
        return self._smooth


def _alpha(cutoff_hz: Floats | float, step_s: float) -> Floats | float:
    turn = 2 * math.pi * step_s * cutoff_hz
    return turn / (turn + 1)
