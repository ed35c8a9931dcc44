"""What is usual for this person: how far and how fast their reps go. Thresholds follow it, so no fixed angle counts."""

from collections import deque
from itertools import pairwise
from statistics import median

_REMEMBERED = 7
_BEST_OVER_USUAL = 1.0
_RHYTHM, _STEADY = 3, 0.2
_SILENT_PERIODS = 2.0
_RISE_AT_FIRST, _TURN_AT_FIRST = 0.25, 0.3
_RISE_LEAST, _TURN_LEAST = 0.12, 0.25
_RISE_SHARE, _TURN_SHARE = 0.2, 0.45


class OwnRange:
    """The last reps' excursions and periods."""

    def __init__(self, usual_s: float) -> None:
        self._usual_s = usual_s
        self._excursions: deque[float] = deque(maxlen=_REMEMBERED)
        self._best: deque[float] = deque(maxlen=2 * _REMEMBERED)
        self._starts: deque[float] = deque(maxlen=_REMEMBERED + 1)
        self._last_end_s = 0.0

    @property
    def count(self) -> int:
        return len(self._best)

    @property
    def usual(self) -> float | None:
        """The median excursion, None before two reps."""
        return median(self._excursions) if len(self._excursions) >= 2 else None

    @property
    def best(self) -> float | None:
        """The second largest of the last excursions, so that one wild value sets no standard; None before a rep."""
        ordered = sorted(self._best)
        return ordered[-min(2, len(ordered))] if ordered else None

    @property
    def standard(self) -> float | None:
        """What a full rep is measured by: the best one, but not far over what they do lately; None before a rep."""
        if self.best is None or self.usual is None:
            return self.best
        return min(self.best, _BEST_OVER_USUAL * self.usual)

    @property
    def period_s(self) -> float:
        """Seconds from rep to rep."""
        gaps = [b - a for a, b in pairwise(self._starts)]
        return median(gaps) if len(gaps) >= 2 else self._usual_s

    @property
    def last_start_s(self) -> float:
        """When the last rep began; 0 before one."""
        return self._starts[-1] if self._starts else 0.0

    @property
    def steady_period_s(self) -> float | None:
        """Seconds from rep to rep when the last ones followed a rhythm, else None."""
        gaps = [b - a for a, b in pairwise(self._starts)]
        if len(gaps) < _RHYTHM:
            return None
        middle = median(gaps)
        return middle if median(abs(gap - middle) for gap in gaps) < _STEADY * middle else None

    def learn(self, excursion: float, start_s: float, end_s: float) -> None:
        self._excursions.append(excursion)
        self._best.append(excursion)
        self._starts.append(start_s)
        self._last_end_s = end_s

    def rise_threshold(self, time_s: float) -> float:
        """Return how far the phase must rise from rest to start a rep; small, because partial reps are counted too."""
        return self._threshold(time_s, _RISE_SHARE, (_RISE_AT_FIRST, _RISE_LEAST))

    def turn_threshold(self, time_s: float) -> float:
        """Return how far the phase must come back within a rep to be on its way back."""
        return self._threshold(time_s, _TURN_SHARE, (_TURN_AT_FIRST, _TURN_LEAST))

    def _threshold(self, time_s: float, share: float, fixed: tuple[float, float]) -> float:
        at_first, least = fixed
        if self.usual is None:
            return at_first
        return max(least, share * self.usual * self._freshness(time_s))

    def _freshness(self, time_s: float) -> float:
        """Fall from 1 to 0 between the second and the fourth period without a rep: perhaps they are tired."""
        silent = (time_s - self._last_end_s) / self.period_s
        return max(0.0, min(1.0, 2 - silent / _SILENT_PERIODS))
