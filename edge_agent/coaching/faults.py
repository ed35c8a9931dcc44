"""Form faults: what an exercise's data calls wrong, looked for in one rep and told with its figure.

A fault is judged only in the views that can show it and only on frames in which its joints were seen.
"""

from collections.abc import Sequence
from statistics import median

from edge_agent.coaching.exercise_parts import FaultRule, View
from edge_agent.coaching.features import SIDED_NAMES, measure
from edge_agent.coaching.gates import NEAR_REST, NEAR_WORK, Sample
from edge_agent.coaching.landmarks import LEFT, RIGHT, Body, Side
from edge_agent.coaching.turning import Swing
from edge_agent.records import Fault

Seen = tuple[float | None, ...]
"""A rule's figure in one frame, or one for each side; None where hidden."""

_HIDDEN = 0.1
_ENOUGH_FRAMES = 3
_WILD_SHARE = 0.05
"""So many of the highest and of the lowest values are left out: a misplaced landmark is no fault."""


def look(rules: Sequence[FaultRule], body: Body, scale: float, side: Side | None) -> tuple[Seen, ...]:
    """Return what one frame shows for each rule."""
    return tuple(_look(rule, body, scale, side) for rule in rules)


def _look(rule: FaultRule, body: Body, scale: float, side: Side | None) -> Seen:
    apart = rule.sides != "together" and side is None
    sides = (LEFT, RIGHT) if apart else (side if rule.feature in SIDED_NAMES else None,)
    readings = [measure(rule.feature, body, scale, one) for one in sides]
    return tuple(value if confidence > _HIDDEN else None for value, confidence in readings)


def find(rules: Sequence[FaultRule], swing: Swing, samples: Sequence[Sample], view: View) -> tuple[Fault, ...]:
    """Return the faults of a rep, in the order of the rules."""
    found = []
    for index, rule in enumerate(rules):
        if view in rule.views:
            figure = _figure(rule, index, swing, samples)
            if figure is not None and not rule.allows(figure):
                found.append(fault(rule, figure))
    return tuple(found)


def fault(rule: FaultRule, figure: float) -> Fault:
    """Return the fault with its evidence."""
    threshold = rule.max if rule.max is not None and figure > rule.max else rule.min
    assert threshold is not None
    digits = 1 if rule.unit == "deg" else 2
    return Fault(key=rule.key, text=rule.text, value=round(figure, digits), threshold=threshold, unit=rule.unit)


def _figure(rule: FaultRule, index: int, swing: Swing, samples: Sequence[Sample]) -> float | None:
    """Return the figure that the rule judges; None when it could not be seen."""
    sides = [
        _of_side(
            rule,
            [(sample.phase, value) for sample in samples if (value := _value(sample, index, side)) is not None],
            swing,
        )
        for side in range(2 if rule.sides != "together" else 1)
    ]
    seen = [figure for figure in sides if figure is not None]
    if not seen:
        return None
    if rule.sides == "difference":
        return abs(seen[0] - seen[1]) if len(seen) == 2 else None
    return max(seen, key=rule.excess)


def _value(sample: Sample, index: int, side: Side) -> float | None:
    seen = sample.form[index]
    return seen[side] if side < len(seen) else None


def _of_side(rule: FaultRule, values: Sequence[tuple[float, float]], swing: Swing) -> float | None:
    low = swing.start.phase + NEAR_REST * swing.excursion
    high = swing.start.phase + NEAR_WORK * swing.excursion
    resting = [value for phase, value in values if phase <= low]
    working = [value for phase, value in values if phase >= high]
    if rule.at in ("rest", "work"):
        return _middle(resting if rule.at == "rest" else working)
    if rule.at == "shift":
        before, after = _middle(resting), _middle(working)
        return None if before is None or after is None else after - before
    if len(values) < _ENOUGH_FRAMES:
        return None
    ordered = sorted(value for _, value in values)
    spare = round(_WILD_SHARE * len(ordered))
    least, most = ordered[spare], ordered[-1 - spare]
    if rule.at == "travel":
        return most - least
    if rule.at in ("worst", "best"):
        return (max if rule.at == "worst" else min)((least, most), key=rule.excess)
    start = _middle(resting)
    return None if start is None else max((least - start, most - start), key=rule.excess)


def _middle(values: Sequence[float]) -> float | None:
    return median(values) if len(values) >= _ENOUGH_FRAMES else None
