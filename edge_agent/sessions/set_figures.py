"""What a set's reps were like together: mean tempo and range, how alike the sides were, and what fatigue took.

Fatigue is what the last third of the reps lost against the first third. Speed is that of the concentric half: range
over time, or one over time where the range was not seen. Losing a fifth of it is where much strength training stops a
set (Pareja-Blanco et al. 2017).
"""

from collections.abc import Sequence
from statistics import fmean

from edge_agent.records import Record, Rep

_ENOUGH_REPS = 4
NOTABLE_LOSS = 20.0
"""Percent of range or speed lost over a set that is worth a word; less is within what landmarks can tell."""
_ENOUGH_DEG = 15.0
"""A smaller range is too near to what landmarks tremble for a loss to mean anything."""


class SetFigures(Record, frozen=True, kw_only=True):
    """Means over a set's reps, and losses in percent, negative for a gain; None is unknown."""

    rom_deg: float | None
    eccentric_s: float
    pause_s: float
    concentric_s: float
    symmetry: float | None
    range_loss: float | None
    speed_loss: float | None


def set_figures(reps: Sequence[Rep]) -> SetFigures | None:
    """Return the figures of a set; None for one without reps."""
    if not reps:
        return None
    sure = [rep for rep in reps if not rep.doubtful] or list(reps)
    return SetFigures(
        rom_deg=_mean([rep.rom_deg for rep in sure]),
        eccentric_s=fmean(rep.eccentric_s for rep in sure),
        pause_s=fmean(rep.pause_s for rep in sure),
        concentric_s=fmean(rep.concentric_s for rep in sure),
        symmetry=_mean([rep.symmetry for rep in sure]),
        range_loss=_loss([_range(rep) for rep in sure]),
        speed_loss=_loss([_speed(rep) for rep in sure]),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _range(rep: Rep) -> float | None:
    return rep.rom_deg if rep.rom_deg is not None and rep.rom_deg >= _ENOUGH_DEG else None


def _speed(rep: Rep) -> float | None:
    if rep.concentric_s <= 0:
        return None
    return (1.0 if rep.rom_deg is None else rep.rom_deg) / rep.concentric_s


def _loss(values: Sequence[float | None]) -> float | None:
    """Return how many percent the last third is below the first; None when any rep's value is unknown."""
    known = [value for value in values if value is not None]
    third = len(known) // 3
    if len(known) < max(_ENOUGH_REPS, len(values)):
        return None
    first, last = fmean(known[:third]), fmean(known[-third:])
    return 100 * (1 - last / first) if first > 0 else None
