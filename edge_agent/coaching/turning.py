"""Turning points of a phase: rest, rise, turn, return. One swing there and back is a rep's candidate.

Rise and turn need different distances (own_range), and a swing ends at lock-out, near where it began; so jitter at
any one level counts nothing, and a bounce at the bottom is part of the rep.
"""

from math import exp

from edge_agent.coaching.own_range import OwnRange
from edge_agent.records import Record

_LOCKOUT_SHARE = 0.3
_RETURN_SHARE = 0.5
_REST_DRIFT_S = 8.0
_AT_WORK = 0.6
_FIRST_HALF_S = 1.0
"""What the half that wasn't seen is taken to have lasted."""


class Turn(Record, frozen=True):
    """A moment and its phase."""

    time_s: float
    phase: float


class Swing(Record, frozen=True, kw_only=True):
    """From rest to full range and back, as far as it went."""

    start: Turn
    peak: Turn
    end: Turn
    locked_out: bool

    @property
    def excursion(self) -> float:
        return self.peak.phase - self.start.phase


class TurningPoints:
    """Follows one phase and hands out each swing once."""

    def __init__(self, own: OwnRange, max_s: float, *, may_begin_at_work: bool = False) -> None:
        """`may_begin_at_work` credits the first way back to rest of somebody who is seen first at full range."""
        self._own = own
        self._begins = may_begin_at_work
        self._max_s = max_s
        self._stage = "rest"
        self._low: Turn | None = None
        self._start = self._peak = Turn(0.0, 0.0)
        self._last = Turn(0.0, 0.0)

    @property
    def swinging_since_s(self) -> float | None:
        """When the running swing began; None at rest."""
        return None if self._stage == "rest" else self._start.time_s

    def update(self, time_s: float, phase: float) -> Swing | None:
        """Take the next value; return the swing that it completed, if it did."""
        now = Turn(time_s, phase)
        swing = None
        if self._low is None:
            self._low = now
        elif self._begins:
            self._begin(now)
        elif self._stage == "rest":
            self._rest(now)
        elif time_s - self._start.time_s > self._max_s:
            self._settle(now)
        elif self._stage == "rise":
            self._rise(now)
        else:
            swing = self._return(now)
        self._last = now
        return swing

    def finish(self) -> Swing | None:
        """End the set: return a swing that came most of the way back but not to lock-out; any other goes on."""
        back = self._peak.phase - self._last.phase
        if self._stage != "return" or back < _RETURN_SHARE * (self._peak.phase - self._start.phase):
            return None
        self._settle(self._last)
        return self._swing(self._last, locked_out=False)

    def _begin(self, now: Turn) -> None:
        """Wait for the first movement: away from full range it is the second half of a rep."""
        if self._stage == "rest":
            self._begins = now.phase > _AT_WORK
            if self._begins:
                self._stage = "rise"
        self._start = Turn(now.time_s - _FIRST_HALF_S, 0.0)
        self._peak = max(self._peak, now, key=lambda turn: turn.phase)
        if self._peak.phase - now.phase > self._own.turn_threshold(now.time_s):
            self._begins, self._stage, self._low = False, "return", now

    def _rest(self, now: Turn) -> None:
        assert self._low is not None
        if now.phase < self._low.phase:
            self._low = now
            return
        if now.phase - self._low.phase > self._own.rise_threshold(now.time_s):
            self._stage, self._start, self._peak = "rise", self._low, now
            return
        # Nobody stands twice the same way: the level of rest creeps after them.
        creep = 1 - exp(-(now.time_s - self._last.time_s) / _REST_DRIFT_S)
        self._low = Turn(now.time_s, self._low.phase + creep * (now.phase - self._low.phase))

    def _rise(self, now: Turn) -> None:
        excursion = self._peak.phase - self._start.phase
        if now.phase > self._peak.phase:
            self._peak = now
        elif self._peak.phase - now.phase > min(self._own.turn_threshold(now.time_s), _RETURN_SHARE * excursion):
            self._stage, self._low = "return", now

    def _return(self, now: Turn) -> Swing | None:
        assert self._low is not None
        if now.phase < self._low.phase:
            self._low = now
        excursion = self._peak.phase - self._start.phase
        if self._low.phase <= self._start.phase + _LOCKOUT_SHARE * excursion:
            self._settle(now)
            return self._swing(now, locked_out=True)
        threshold = self._own.turn_threshold(now.time_s)
        return self._rise_again(now, threshold) if now.phase - self._low.phase > threshold else None

    def _rise_again(self, now: Turn, threshold: float) -> Swing | None:
        """Away from rest again before lock-out: the next rep if they had come back far enough, else still this one."""
        assert self._low is not None
        self._stage = "rise"
        if self._peak.phase - self._low.phase <= threshold:
            self._peak = max(self._peak, now, key=lambda turn: turn.phase)
            return None
        swing = self._swing(self._low, locked_out=False)
        self._start, self._peak = self._low, now
        return swing

    def _swing(self, end: Turn, *, locked_out: bool) -> Swing:
        return Swing(start=self._start, peak=self._peak, end=end, locked_out=locked_out)

    def _settle(self, now: Turn) -> None:
        self._stage, self._low = "rest", now
