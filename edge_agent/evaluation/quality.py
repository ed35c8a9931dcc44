"""How right what is told about a repetition is, on recordings whose reps were measured; holds and recognition too."""

from collections.abc import Iterator, Sequence

import numpy as np

from edge_agent.evaluation.matching import Match, match
from edge_agent.evaluation.scoring import Judged
from edge_agent.records import Record

_SHORT = frozenset({"range"})
"""What is told about a partial rep; whether a rep is partial is judged apart."""


class Quality(Record, frozen=True, kw_only=True):
    """Errors over all matched repetitions; None where there is nothing to judge."""

    reps: int
    rom_error_deg: float | None
    """Median of |told - true| range of motion, over reps of which we tell one."""
    rom_told: float | None
    """Share of reps of which a range is told: it is not where the view can't show it."""
    eccentric_error_s: float | None
    concentric_error_s: float | None
    partial_right: float | None
    """Share of reps told rightly to be full or partial."""
    fault_precision: float | None
    fault_recall: float | None
    faults: int
    """How many there truly are."""


def quality(judged: Sequence[Judged]) -> Quality:
    """Return the errors over all recordings whose reps were measured."""
    matches = [
        pair for clip, counted in judged if clip.truth.rendered for pair in match(clip.truth.reps, counted.events)
    ]
    roms = [abs(event.rom_deg - rep.rom_deg) for rep, event in matches if event.rom_deg is not None and rep.rom_deg]
    told = sum(len(set(event.faults) - _SHORT) for _, event in matches)
    right = sum(rep.fault in event.faults for rep, event in matches)
    faults = sum(rep.fault is not None for clip, _ in judged if clip.truth.rendered for rep in clip.truth.reps)
    return Quality(
        reps=len(matches),
        rom_error_deg=_median(roms, 1),
        rom_told=_share(len(roms), len(matches)),
        eccentric_error_s=_median(_apart(matches, "eccentric_s"), 3),
        concentric_error_s=_median(_apart(matches, "concentric_s"), 3),
        partial_right=_share(sum(rep.full == event.full for rep, event in matches), len(matches)),
        fault_precision=_share(right, told),
        fault_recall=_share(right, faults),
        faults=faults,
    )


def _apart(matches: Sequence[Match], name: str) -> Iterator[float]:
    for rep, event in matches:
        true_s, told_s = getattr(rep, name), getattr(event, name)
        if true_s is not None and told_s is not None:
            yield abs(told_s - true_s)


def hold_error_s(judged: Sequence[Judged]) -> float | None:
    """Return the mean of |told - true| seconds of held exercises."""
    errors = [abs(counted.hold_s - clip.truth.hold_s) for clip, counted in judged if clip.truth.hold_s is not None]
    return round(float(np.mean(errors)), 2) if errors else None


def false_hold(judged: Sequence[Judged]) -> float | None:
    """Return the share of the time that was timed as held where nothing was held."""
    seconds = sum(clip.landmarks.duration_s for clip, _ in judged)
    return round(sum(counted.hold_s for _, counted in judged) / seconds, 4) if seconds else None


def recognised(judged: Sequence[Judged]) -> float | None:
    """Return the share of recordings with an exercise that were taken for what they are."""
    right = [clip.truth.exercise == counted.exercise for clip, counted in judged if clip.truth.exercise]
    return _share(sum(right), len(right))


def _median(values: Iterator[float] | list[float], digits: int) -> float | None:
    found = list(values)
    return round(float(np.median(found)), digits) if found else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
