"""Left and right counted apart: what the two arms did at the same time is one rep, what they did in turn is two."""

import msgspec

from edge_agent.coaching.landmarks import LEFT, Side
from edge_agent.records import Rep

_SHARED = 0.4
"""Reps that overlap by more than this share of the shorter one are one."""


class Joiner:
    """Holds an arm's rep back for as long as the other arm may still be part of it."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Side, Rep]] = []

    def add(self, side: Side, rep: Rep) -> Rep | None:
        """Take one arm's rep; return the joined rep when it completes a waiting one of the other arm."""
        for index, (other_side, other) in enumerate(self._waiting):
            if other_side != side and overlap(rep, other) > _SHARED:
                del self._waiting[index]
                return _joined(rep, other)
        self._waiting.append((side, rep))
        return None

    def release(self, swinging_since_s: tuple[float | None, float | None]) -> list[Rep]:
        """Return the reps that the other arm, swinging since then or at rest, can no longer be part of."""
        free: list[tuple[Side, Rep]] = []
        held: list[tuple[Side, Rep]] = []
        for side, rep in self._waiting:
            since_s = swinging_since_s[1 - side]
            length_s = rep.end_s - rep.start_s
            joinable = since_s is not None and since_s < rep.end_s - _SHARED * length_s
            (held if joinable else free).append((side, rep))
        self._waiting = held
        return [_one_sided(side, rep) for side, rep in free]

    def flush(self) -> list[Rep]:
        """Return all that wait: the set is over."""
        waiting, self._waiting = self._waiting, []
        return [_one_sided(side, rep) for side, rep in waiting]


def overlap(a: Rep, b: Rep) -> float:
    """Return the time two reps share, as a share of the shorter one, 0..1."""
    shared_s = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    shorter_s = min(a.end_s - a.start_s, b.end_s - b.start_s)
    return max(0.0, shared_s / shorter_s) if shorter_s > 0 else 0.0


def _joined(a: Rep, b: Rep) -> Rep:
    """Return the rep of both arms with the figures of the one seen better; the range is the smaller over the larger."""
    better = a if a.confidence >= b.confidence else b
    symmetry = None
    if a.rom_deg and b.rom_deg:
        symmetry = round(min(a.rom_deg, b.rom_deg) / max(a.rom_deg, b.rom_deg), 3)
    return msgspec.structs.replace(better, side="both", symmetry=symmetry)


def _one_sided(side: Side, rep: Rep) -> Rep:
    return msgspec.structs.replace(rep, side="left" if side == LEFT else "right")
