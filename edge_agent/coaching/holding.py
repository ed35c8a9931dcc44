"""Holds: seconds for which a posture is kept, and kept still. Moving on is no hold, nor is a push-up a plank."""

from collections import deque

from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.exercise_parts import Hold
from edge_agent.coaching.features import measure
from edge_agent.coaching.landmarks import Body
from edge_agent.coaching.smoothing import LowPass, Median

_SMOOTH_HZ = 0.27
"""A time constant of 0.6 s."""
_ENTER, _EXIT = 0.7, 0.35
_HIDDEN = 0.1
_MEDIAN_S = 0.3
_MOVED_WITHIN_S = 1.5
_LEAST_S = 4.0
"""Shorter ones are pauses between other things."""
_LONGEST_GAP_S = 1.0
"""Nobody is seen for longer: what lies between isn't held."""


class HoldTimer:
    """Times the holds of one person."""

    def __init__(self, exercise: Exercise, hold: Hold) -> None:
        self._gates, self._hold = exercise.gates, hold
        self._posture = LowPass(_SMOOTH_HZ)
        self._median = Median(_MEDIAN_S)
        self._lately: deque[tuple[float, float]] = deque()
        self._last_s: float | None = None
        self._holding = False
        self._held_s = 0.0

    @property
    def holding(self) -> bool:
        """Whether the newest frame is part of a hold."""
        return self._holding and self._held_s >= _LEAST_S

    @property
    def held_s(self) -> float:
        """Seconds of the running hold, or of the last one; 0 while it may still be a pause."""
        return self._held_s if self._held_s >= _LEAST_S else 0.0

    def update(self, body: Body, scale: float) -> None:
        """Take the next frame of the locked person."""
        elapsed_s = 0.0 if self._last_s is None else body.time_s - self._last_s
        if elapsed_s > _LONGEST_GAP_S:
            self._posture, self._holding = LowPass(_SMOOTH_HZ), False
            self._lately.clear()
        self._last_s = body.time_s
        held = self._posture.update(body.time_s, float(self._in_posture(body, scale) and self._is_still(body, scale)))
        if self._holding:
            self._held_s += elapsed_s
            self._holding = held > _EXIT
        elif held > _ENTER:
            self._holding, self._held_s = True, 0.0

    def _in_posture(self, body: Body, scale: float) -> bool:
        seen = 0
        for gate in self._gates:
            value, confidence = measure(gate.feature, body, scale)
            if confidence > _HIDDEN:
                if not gate.holds(value):
                    return False
                seen += 1
        return 2 * seen > len(self._gates)

    def _is_still(self, body: Body, scale: float) -> bool:
        value, confidence = measure(self._hold.feature, body, scale)
        if confidence > _HIDDEN:
            self._lately.append((body.time_s, self._median.update(body.time_s, value)))
        while self._lately and body.time_s - self._lately[0][0] > _MOVED_WITHIN_S:
            self._lately.popleft()
        values = [value for _, value in self._lately]
        return bool(values) and max(values) - min(values) <= self._hold.still
