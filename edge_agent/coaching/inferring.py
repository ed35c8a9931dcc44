"""Reps that nobody saw: landmarks were lost for a while and the rhythm went on. They are inferred, and doubtful."""

from collections import deque

from edge_agent.coaching.own_range import OwnRange
from edge_agent.coaching.rhythm import Rhythm
from edge_agent.records import Rep

_BLIND_S = 0.25
"""Frames farther apart than this hide something."""
_MOST = 2
_MOST_BEATS = 4
_OFF_BEAT = 0.35
_HIDDEN_SHARE = 0.5
_KEPT_S = 60.0
CONFIDENCE = 0.2


class Blindness:
    """When one person was not seen."""

    def __init__(self) -> None:
        self._gaps: deque[tuple[float, float]] = deque()
        self._last_s: float | None = None

    def update(self, time_s: float) -> None:
        """Tell of a frame in which they were seen."""
        if self._last_s is not None and time_s - self._last_s > _BLIND_S:
            self._gaps.append((self._last_s, time_s))
        self._last_s = time_s
        while self._gaps and time_s - self._gaps[0][1] > _KEPT_S:
            self._gaps.popleft()

    def within(self, first_s: float, last_s: float) -> float:
        """Return the unseen seconds between two moments."""
        return sum(max(0.0, min(b, last_s) - max(a, first_s)) for a, b in self._gaps)


def inferred(own: OwnRange, blindness: Blindness, last_end_s: float, start_s: float) -> list[Rep]:
    """Return the reps that fit between the last one's end and the start of the next, if most of that was not seen."""
    period_s = own.steady_period_s
    if period_s is None:
        return []
    periods = (start_s - own.last_start_s) / period_s
    missing = round(periods) - 1
    if not 1 <= missing <= _MOST or abs(periods - round(periods)) > _OFF_BEAT:
        return []
    if blindness.within(last_end_s, start_s) < _HIDDEN_SHARE * missing * period_s:
        return []
    length_s = (start_s - last_end_s) / missing
    return [_unseen(last_end_s + index * length_s, length_s) for index in range(missing)]


def beats_between(rhythm: Rhythm, last_peak_s: float, peak_s: float) -> int | None:
    """Return how many beats a rep's peak is after that of the last one, 0 for an echo of it; None without a rhythm."""
    period_s = rhythm.period_s()
    beats = round((peak_s - last_peak_s) / period_s) if period_s else None
    return beats if beats is None or beats <= _MOST_BEATS else None


def off_beats(last_peak_s: float, peak_s: float, beats: int) -> list[Rep]:
    """Return a rep for each beat between two peaks: nobody pauses there, so a swing was not seen or not told apart."""
    length_s = (peak_s - last_peak_s) / beats
    return [_unseen(last_peak_s + (index - 0.5) * length_s, length_s) for index in range(1, beats)]


def _unseen(start_s: float, length_s: float) -> Rep:
    return Rep(number=0, start_s=start_s, end_s=start_s + length_s, confidence=CONFIDENCE, doubtful=True)
