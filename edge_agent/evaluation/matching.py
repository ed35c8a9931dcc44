"""Which counted repetition is which true one: one to one by time, the nearest first."""

import statistics
from collections.abc import Sequence
from itertools import pairwise

from edge_agent.evaluation.clips import TrueRep
from edge_agent.evaluation.outcomes import CountedEvent

_SHARE = 0.6
"""Of the usual distance between two true repetitions: how far a counted one may be from its true one."""
_SHORTEST_S, _SINGLE_S = 0.5, 1.5

Match = tuple[TrueRep, CountedEvent]


def match(truth: Sequence[TrueRep], counted: Sequence[CountedEvent]) -> list[Match]:
    """Return the pairs that belong together."""
    tolerance_s = tolerance(truth)
    near = sorted(
        (abs(rep.middle_s - event.middle_s), i, j)
        for i, rep in enumerate(truth)
        for j, event in enumerate(counted)
        if abs(rep.middle_s - event.middle_s) <= tolerance_s
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in near:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return [(truth[i], counted[j]) for i, j in sorted(pairs.items())]


def tolerance(truth: Sequence[TrueRep]) -> float:
    """Return how far apart in time a true and a counted repetition may be, seconds."""
    middles = sorted(rep.middle_s for rep in truth)
    apart = [b - a for a, b in pairwise(middles)]
    if not apart:
        return _SINGLE_S
    return max(_SHORTEST_S, _SHARE * statistics.median(apart))
