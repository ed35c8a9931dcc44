"""The beat of a movement without pauses, found in the phase itself: also where its single swings can't be told apart.

The phase of the last seconds is likest to itself one rep later (autocorrelation). Of shifts that fit about equally
well the shortest is the rep: two and three reps later it is as like.
"""

from collections import deque

_WINDOW_S = 8.0
_STEP_S = 1 / 15
_BRIDGED_S = 0.25
"""Frames farther apart than this tell nothing of what lies between."""
_SHORTEST, _LONGEST = 0.5, 1.6
"""Periods that are looked for, in usual ones."""
_LEAST_SEEN_S = 2.5
_LEAST_OVERLAP_S = 1.0
_LEAST_LIKENESS = 0.2
"""Correlation below which there is no rhythm: of noise it reaches 0.1 to 0.2 over such a window."""
_ABOUT_AS_LIKE = 0.85
_STILL = 1e-4


class Rhythm:
    """Keeps the phase of the last seconds, evenly spaced, and finds its period."""

    def __init__(self, usual_s: float) -> None:
        self._usual_s = usual_s
        self._values: deque[tuple[int, float]] = deque()
        self._last: tuple[float, float] | None = None

    def update(self, time_s: float, phase: float) -> None:
        """Take the next value; between two near ones it is interpolated."""
        if self._last is not None and 0 < time_s - self._last[0] <= _BRIDGED_S:
            before_s, before = self._last
            for step in range(int(before_s / _STEP_S) + 1, int(time_s / _STEP_S) + 1):
                share = (step * _STEP_S - before_s) / (time_s - before_s)
                self._values.append((step, before + share * (phase - before)))
        self._last = time_s, phase
        while self._values and self._values[0][0] * _STEP_S < time_s - _WINDOW_S:
            self._values.popleft()

    def period_s(self) -> float | None:
        """Return the seconds from rep to rep; None while there is no rhythm."""
        if len(self._values) * _STEP_S < _LEAST_SEEN_S:
            return None
        mean = sum(value for _, value in self._values) / len(self._values)
        phase = {step: value - mean for step, value in self._values}
        power = sum(value * value for value in phase.values()) / len(phase)
        if power < _STILL:
            return None
        first, last = (round(share * self._usual_s / _STEP_S) for share in (_SHORTEST, _LONGEST))
        likeness = [_likeness(phase, shift) / power for shift in range(first, last + 2)]
        peaks = [
            index
            for index in range(1, len(likeness) - 1)
            if likeness[index - 1] <= likeness[index] >= likeness[index + 1]
        ]
        best = max((likeness[index] for index in peaks), default=0.0)
        if best < _LEAST_LIKENESS:
            return None
        index = next(index for index in peaks if likeness[index] >= _ABOUT_AS_LIKE * best)
        return (first + index + _offset(*likeness[index - 1 : index + 2])) * _STEP_S


def _likeness(phase: dict[int, float], shift: int) -> float:
    products = [value * phase[step + shift] for step, value in phase.items() if step + shift in phase]
    return sum(products) / len(products) if len(products) * _STEP_S >= _LEAST_OVERLAP_S else 0.0


def _offset(before: float, peak: float, after: float) -> float:
    """Return where between three values the parabola through them is highest, -0.5..0.5."""
    bend = before - 2 * peak + after
    return 0.5 * (before - after) / bend if bend < 0 else 0.0
