"""Filters for one signal sampled at uneven times; all causal and independent of the frame rate."""

from collections import deque
from math import exp, inf, pi


class Median:
    """The median of the last `window_s` seconds: single wild values vanish.

    When frames are rare it is that of the last three, as far as they are within `longest_s`: older ones, before a gap
    or in a quick movement, are of another posture.
    """

    def __init__(self, window_s: float, longest_s: float = inf) -> None:
        self._window_s = window_s
        self._longest_s = max(window_s, longest_s)
        self._values: deque[tuple[float, float]] = deque()

    def update(self, time_s: float, value: float) -> float:
        values = self._values
        values.append((time_s, value))
        while time_s - values[0][0] > (self._window_s if len(values) > 3 else self._longest_s):
            values.popleft()
        ordered = sorted(value for _, value in values)
        middle = len(ordered) // 2
        return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


class LowPass:
    """A one-pole low-pass; `cutoff_hz` may change as it runs."""

    def __init__(self, cutoff_hz: float) -> None:
        self.cutoff_hz = cutoff_hz
        self._last_s: float | None = None
        self.value = 0.0

    def update(self, time_s: float, value: float) -> float:
        if self._last_s is None:
            self.value = value
        else:
            self.value += (1 - exp(-2 * pi * self.cutoff_hz * (time_s - self._last_s))) * (value - self.value)
        self._last_s = time_s
        return self.value


class Envelope:
    """The range a signal covered lately: it widens at once and narrows toward the signal over `leak_s` seconds."""

    def __init__(self, leak_s: float) -> None:
        self._leak_s = leak_s
        self._last_s: float | None = None
        self._low = self._high = 0.0

    def update(self, time_s: float, value: float) -> float:
        """Return the width of the range, in the signal's unit."""
        if self._last_s is None:
            self._low = self._high = value
        else:
            leak = 1 - exp(-(time_s - self._last_s) / self._leak_s)
            self._low = min(value, self._low + leak * (value - self._low))
            self._high = max(value, self._high - leak * (self._high - value))
        self._last_s = time_s
        return self._high - self._low
