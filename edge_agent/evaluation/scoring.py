"""How right counts are, as figures with 95 % intervals. docs/accuracy.md defines each figure.

The intervals come from resampling videos or persons, not recordings: those of one source are alike.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from edge_agent.evaluation.clips import Clip, Figures
from edge_agent.evaluation.matching import match
from edge_agent.evaluation.outcomes import Counted
from edge_agent.records import Record

_RESAMPLES = 1000

Judged = tuple[Clip, Counted]


class Figure(Record, frozen=True):
    """A figure and the bounds between which it lies in 95 % of the resamples."""

    value: float
    low: float
    high: float


class Score(Record, frozen=True, kw_only=True):
    """How right a counter is on some recordings that show repetitions."""

    clips: int
    obo: Figure
    """Share of recordings counted within one."""
    exact: Figure
    mae: Figure
    """Mean of |counted - true| / true."""
    f1: Figure | None
    """Of single repetitions matched by time; None where their times are unknown."""
    obo_with_partial: Figure
    """OBO when partial repetitions are counted too."""


class _Sums(NamedTuple):
    """What is summed over recordings, one row a recording."""

    columns: Figures
    sources: list[str]


def score(judged: Sequence[Judged]) -> Score | None:
    """Return the figures; None when no recording shows repetitions."""
    with_reps = [(clip, counted) for clip, counted in judged if clip.truth.full_reps > 0]
    if not with_reps:
        return None
    sums = _Sums(np.array([_row(*one) for one in with_reps], float), [clip.truth.source for clip, _ in with_reps])
    values, low, high = _resampled(sums)
    figures = [Figure(*map(_rounded, one)) for one in zip(values, low, high, strict=True)]
    timed = any(clip.truth.reps for clip, _ in with_reps)
    return Score(
        clips=len(with_reps),
        mae=figures[0],
        obo=figures[1],
        exact=figures[2],
        obo_with_partial=figures[3],
        f1=figures[4] if timed else None,
    )


def _row(clip: Clip, counted: Counted) -> tuple[float, ...]:
    truth = clip.truth
    wrong = abs(counted.full_reps - truth.full_reps)
    all_wrong = abs(counted.full_reps + counted.partial_reps - truth.full_reps - truth.partial_reps)
    hits, events, reps = 0, 0, 0
    if truth.reps:
        true_reps = [rep for rep in truth.reps if rep.full]
        full = [event for event in counted.events if event.full]
        hits, events, reps = len(match(true_reps, full)), len(full), len(true_reps)
    return (1, wrong / truth.full_reps, wrong <= 1, wrong == 0, all_wrong <= 1, 2 * hits, events + reps)


def _resampled(sums: _Sums) -> tuple[Figures, Figures, Figures]:
    """Return the figures of all rows, and the 2.5 and 97.5 percentile over resampled sources."""
    _, source = np.unique(sums.sources, return_inverse=True)
    per_source = np.zeros((source.max() + 1, sums.columns.shape[1]))
    np.add.at(per_source, source, sums.columns)
    count = len(per_source)
    drawn = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), _RESAMPLES) @ per_source
    low, high = np.percentile(_figures(drawn.astype(float)), (2.5, 97.5), axis=0)
    return _figures(sums.columns.sum(axis=0)[None])[0], low, high


def _figures(totals: Figures) -> Figures:
    """Return shares (resamples, 5) of sums (resamples, 7)."""
    of_clips = totals[:, 1:5] / totals[:, :1]
    f1 = totals[:, 5] / np.maximum(totals[:, 6], 1)
    return np.column_stack((of_clips, f1))


def _rounded(value: float) -> float:
    return round(float(value), 4)


def false_reps_per_minute(judged: Sequence[Judged]) -> float | None:
    """Return the full reps a minute that were counted where none was done; None without recordings."""
    minutes = sum(clip.landmarks.duration_s for clip, _ in judged) / 60
    return round(sum(counted.full_reps for _, counted in judged) / minutes, 2) if minutes else None
