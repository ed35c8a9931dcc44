"""`python -m bench.bounds DIR --models FILE`: how much the bounds of counting were fitted to the recordings in DIR.

Each bound is tried smaller and larger with the exercise known. Printed is how right the counts are then, and, cross
validated: the variant that is best on five sixths of the persons and videos, judged on the last sixth. `--models` is
what `python -m bench.recognition --folds` writes.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import EdgeError
from edge_agent.evaluation.clips import Clip
from edge_agent.evaluation.data_sets import find_clips
from edge_agent.evaluation.film_tracks import default_cache
from edge_agent.evaluation.folds import Folds, read_folds
from edge_agent.evaluation.outcomes import count_as_we_do

_COACHING = "edge_agent.coaching"
_BOUNDS = {
    ("turning", "_LOCKOUT_SHARE"): "lock-out ends a rep",
    ("turning", "_RETURN_SHARE"): "a last rep has come back",
    ("own_range", "_RISE_SHARE"): "a rep begins, of the own range",
    ("own_range", "_TURN_SHARE"): "a rep turns, of the own range",
    ("own_range", "_RISE_AT_FIRST"): "the first reps begin",
    ("own_range", "_TURN_AT_FIRST"): "the first reps turn",
    ("own_range", "_SILENT_PERIODS"): "the own range is forgotten",
    ("gates", "_ENOUGH"): "frames in posture",
    ("gates", "_LEAST_OF_USUAL"): "shortest of the usual rep",
    ("lane", "_MEDIAN_S"): "median",
    ("lane", "_CUTOFF_PERIODS"): "low-pass",
    ("phase", "_LEAK_S"): "envelope of the signals",
    ("subject", "_REACH"): "still the same person",
    ("recognition.chosen", "_UNLIKE"): "another movement",
}
"""Modules of coaching and their constants."""
_FACTORS = (0.7, 1.4)


class Variant(NamedTuple):
    """One bound, times a factor; no bound for counting as it is."""

    bound: tuple[str, str] | None = None
    factor: float = 1.0


class Right(NamedTuple):
    """Of some recordings."""

    within_one: float
    mae: float


VARIANTS = (Variant(), *(Variant(bound, factor) for bound in _BOUNDS for factor in _FACTORS))


def _counted(variant: Variant, clips: Sequence[Clip], folds: Folds) -> list[int]:
    """Return the full reps of each recording."""
    if variant.bound:
        module = importlib.import_module(f"{_COACHING}.{variant.bound[0]}")
        shipped = getattr(module, variant.bound[1])
        setattr(module, variant.bound[1], shipped * variant.factor)
    exercises = load_exercises()
    try:
        return [
            count_as_we_do(clip.landmarks, exercises, clip.truth.exercise, folds.model_for(clip.truth.source)).full_reps
            for clip in clips
        ]
    finally:
        if variant.bound:
            setattr(module, variant.bound[1], shipped)


def right(counts: Iterable[tuple[int, int]]) -> Right:
    """Return how right pairs of counted and true reps are."""
    pairs = list(counts)
    return Right(
        fmean(abs(counted - true) <= 1 for counted, true in pairs),
        fmean(abs(counted - true) / true for counted, true in pairs),
    )


def chosen_elsewhere(counts: Sequence[Sequence[tuple[int, int]]], fold_of: Sequence[int]) -> list[tuple[int, int]]:
    """Return each recording's counted and true reps by the variant that is best on the recordings of other folds.

    `counts` has, for each variant, the pair of each recording; of equals the first variant is taken.
    """
    told = list(counts[0])
    for fold in set(fold_of):
        others = [number for number, one in enumerate(fold_of) if one != fold]
        scores = [right(variant[number] for number in others) for variant in counts]
        best = max(range(len(counts)), key=lambda one: (scores[one].within_one, -scores[one].mae))
        for number, one in enumerate(fold_of):
            if one == fold:
                told[number] = counts[best][number]
    return told


def main(folder: Path, models: Path) -> None:
    """Count every recording of people in each variant, and print the table."""
    folds = read_folds(models)
    clips = [
        clip
        for clip in find_clips(folder, default_cache(), load_exercises())
        if clip.truth.full_reps and not clip.truth.rendered and clip.truth.source in folds.fold_of
    ]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(_counted, VARIANTS, [clips] * len(VARIANTS), [folds] * len(VARIANTS)))
    true = [clip.truth.full_reps for clip in clips]
    counts = [list(zip(counted, true, strict=True)) for counted in found]
    shipped = right(counts[0])
    elsewhere = right(chosen_elsewhere(counts, [folds.fold_of[clip.truth.source] for clip in clips]))
    print(f"{len(clips)} recordings of people, exercise known: within one / MAE")
    print(f"as shipped {_told(shipped)}, bound chosen on other persons and videos {_told(elsewhere)}\n")
    print("| bound | " + " | ".join(f"x {factor}" for factor in _FACTORS) + " |")
    print("|---" * (1 + len(_FACTORS)) + "|")
    for bound, name in _BOUNDS.items():
        tried = [right(counts[VARIANTS.index(Variant(bound, factor))]) for factor in _FACTORS]
        print(f"| {name} | " + " | ".join(map(_told, tried)) + " |")


def _told(score: Right) -> str:
    return f"{score.within_one:.2f} / {score.mae:.2f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.bounds", description="How much counting was fitted.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="recordings, as for edge-agent evaluate")
    parser.add_argument("--models", type=Path, required=True, metavar="FILE", help="models of the cross-validation")
    options = parser.parse_args()
    try:
        main(options.folder, options.models)
    except EdgeError as error:
        sys.exit(f"bench.bounds: {error}")
