"""Form faults while something is held: for how many seconds each lasted."""

from collections.abc import Sequence

from edge_agent.coaching.exercise_parts import FaultRule, View
from edge_agent.coaching.features import measure
from edge_agent.coaching.landmarks import Body
from edge_agent.coaching.smoothing import Median
from edge_agent.records import Fault

_HIDDEN = 0.1
_MEDIAN_S = 0.5
_LONGEST_GAP_S = 1.0
TOLERATED_S = 1.0
"""A fault that lasts no longer in all is a tremble."""


class HeldForm:
    """Watches one hold after the other; a rule's `at` means nothing here."""

    def __init__(self, rules: Sequence[FaultRule]) -> None:
        self._watched = [_Watched(rule) for rule in rules]
        self._holding = False
        self._last_s: float | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults of the running hold, or of the last one, with their seconds."""
        return tuple(one.fault() for one in self._watched if one.seconds > TOLERATED_S)

    @property
    def cue(self) -> str:
        """What to shout now: the first fault that is there."""
        return next((one.rule.cue for one in self._watched if one.running_s > TOLERATED_S), "")

    def update(self, body: Body, scale: float, view: View, *, holding: bool) -> None:
        """Take the next frame; `holding` says whether it is part of a hold."""
        if holding and not self._holding:
            self._watched = [_Watched(one.rule) for one in self._watched]
        elapsed_s = 0.0 if self._last_s is None else body.time_s - self._last_s
        self._holding, self._last_s = holding, body.time_s
        for one in self._watched:
            one.update(body, scale, elapsed_s if holding and elapsed_s <= _LONGEST_GAP_S else 0.0, view)


class _Watched:
    """One rule during one hold."""

    def __init__(self, rule: FaultRule) -> None:
        self.rule = rule
        self.seconds = self.running_s = 0.0
        self._median = Median(_MEDIAN_S)

    def update(self, body: Body, scale: float, elapsed_s: float, view: View) -> None:
        value, confidence = measure(self.rule.feature, body, scale)
        seen = view in self.rule.views and confidence > _HIDDEN
        if seen and elapsed_s > 0 and not self.rule.allows(self._median.update(body.time_s, value)):
            self.seconds += elapsed_s
            self.running_s += elapsed_s
        else:
            self.running_s = 0.0

    def fault(self) -> Fault:
        return Fault(
            key=self.rule.key, text=self.rule.text, value=round(self.seconds, 1), threshold=TOLERATED_S, unit="s"
        )
