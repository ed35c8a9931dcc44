"""The k-nearest-neighbours counter documented for ML Kit and MediaPipe: a pose becomes distances between pairs of its
joints; of the 30 examples nearest by their worst distance the 10 nearest by their mean distance vote; the votes for
"at work" are smoothed over 10 frames, and a repetition is counted when they fall below 4 after having been above 6.

Examples are frames of other recordings at rest and at full range, never from the video or person under test.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_agent.evaluation.clips import Clip, Figures, Landmarks

_TORSO_MULTIPLIER = 2.5
_DEPTH_WEIGHT = 0.2
_NEAREST_BY_WORST, _NEAREST_BY_MEAN = 30, 10
_ENTER, _EXIT = 6.0, 4.0
_WINDOW, _ALPHA = 10, 0.2
_MOST_EXAMPLES = 200
"""Of rest and of work each; a few hundred a class is what its documentation asks for."""

_PAIRS = (
    *((11, 13), (12, 14), (13, 15), (14, 16)),
    *((23, 25), (24, 26), (25, 27), (26, 28)),
    *((11, 15), (12, 16), (23, 27), (24, 28)),
    *((23, 15), (24, 16), (11, 27), (12, 28)),
    *((13, 14), (25, 26), (15, 16), (27, 28)),
)
_MIRRORED = tuple(index + (index % 2 * 2 - 1) * (index > 10) for index in range(33))
"""Index of the landmark on the other side, for the landmarks that the pairs use."""
_AT_WORK = (0.44, 0.5, 0.56)
_AT_REST = (0.0, 0.04, 0.96)
"""Shares of a repetition at which example frames are taken."""


class Examples(NamedTuple):
    """Embedded poses (examples, features) and whether each is at work."""

    poses: Figures
    at_work: NDArray[np.bool_]


def embed(landmarks: Landmarks, *, mirrored: bool = False) -> Figures:
    """Return (frames, features): distances between joints, free of place and size, x and y and weighted z apart."""
    points = landmarks.pixels
    if mirrored:
        points = points[:, _MIRRORED] * (-1, 1, 1)
    hips, shoulders = points[:, [23, 24]].mean(axis=1), points[:, [11, 12]].mean(axis=1)
    points = points - hips[:, None]
    torso = np.linalg.norm((shoulders - hips)[:, :2], axis=1) * _TORSO_MULTIPLIER
    reach = np.linalg.norm(points[:, :, :2], axis=2).max(axis=1)
    points = points / np.maximum(np.maximum(torso, reach), 1e-6)[:, None, None]
    apart = [points[:, b] - points[:, a] for a, b in _PAIRS]
    trunk = (points[:, [11, 12]].mean(axis=1) - points[:, [23, 24]].mean(axis=1),)
    return np.concatenate([part * (1, 1, _DEPTH_WEIGHT) for part in (*trunk, *apart)], axis=1).astype(np.float32)


class Library:
    """Example poses of recordings, embedded once."""

    def __init__(self, clips: Iterable[Clip]) -> None:
        self._shelves = [(clip.truth.exercise, clip.truth.source, *_examples_of(clip)) for clip in clips]

    def examples(self, exercise: str, *, without: str) -> Examples:
        """Return those of an exercise, but none from the source `without`."""
        chosen = [(rest, work) for key, source, rest, work in self._shelves if key == exercise and source != without]
        rest, work = (_thinned([pair[which] for pair in chosen]) for which in (0, 1))
        return Examples(np.concatenate((rest, work)), np.repeat([False, True], [len(rest), len(work)]))


def _examples_of(clip: Clip) -> tuple[Figures, Figures]:
    landmarks = clip.landmarks
    found = []
    for times_s in _example_times(clip):
        frames = _frames_at(landmarks, times_s)
        frames = frames[landmarks.seen[frames]]
        found.append(embed(landmarks._replace(image=landmarks.image[frames])))
    return found[0], found[1]


def _example_times(clip: Clip) -> tuple[list[float], list[float]]:
    """Return when the person is at rest and when at work; where only full ranges are told, rest is half way between."""
    reps = [rep for rep in clip.truth.reps if rep.full]
    if all(rep.length_s for rep in reps):
        at = [[rep.middle_s + (share - 0.5) * (rep.length_s or 0) for rep in reps for share in _AT_REST]]
        at += [[rep.middle_s + (share - 0.5) * (rep.length_s or 0) for rep in reps for share in _AT_WORK]]
        return at[0], at[1]
    middles = [rep.middle_s for rep in reps]
    between = [(a + b) / 2 for a, b in pairwise(middles)]
    near = (-0.06, 0.0, 0.06)
    return [time_s + d for time_s in between for d in near], [time_s + d for time_s in middles for d in near]


def _frames_at(landmarks: Landmarks, times_s: list[float]) -> NDArray[np.intp]:
    found = np.searchsorted(landmarks.times_s, np.array(times_s))
    return np.clip(found, 0, len(landmarks.times_s) - 1).astype(np.intp)


def _thinned(poses: list[Figures]) -> Figures:
    stacked = np.concatenate(poses) if poses else np.empty((0, 3 * (len(_PAIRS) + 1)), np.float32)
    if len(stacked) <= _MOST_EXAMPLES:
        return stacked
    thinned: Figures = stacked[np.linspace(0, len(stacked) - 1, _MOST_EXAMPLES).astype(int)]
    return thinned


def count_by_nearest_poses(landmarks: Landmarks, examples: Examples) -> list[float]:
    """Return when the work of each counted repetition was half over, seconds; none without examples of both kinds."""
    if examples.at_work.all() or not examples.at_work.any():
        return []
    votes = np.zeros(len(landmarks.times_s))
    seen = np.flatnonzero(landmarks.seen)
    straight, mirrored = embed(landmarks), embed(landmarks, mirrored=True)
    for frame in seen:
        votes[frame] = _votes(straight[frame], mirrored[frame], examples)
    counted: list[float] = []
    entered_s: float | None = None
    for time_s, confidence in zip(landmarks.times_s.tolist(), _smoothed(votes).tolist(), strict=True):
        if entered_s is None:
            entered_s = time_s if confidence > _ENTER else None
        elif confidence < _EXIT:
            counted.append((entered_s + time_s) / 2)
            entered_s = None
    return counted


def _votes(pose: Figures, mirrored: Figures, examples: Examples) -> int:
    straight, flipped = np.abs(examples.poses - pose), np.abs(examples.poses - mirrored)
    worst = np.minimum(straight.max(axis=1), flipped.max(axis=1))
    near = np.argsort(worst, kind="stable")[:_NEAREST_BY_WORST]
    mean = np.minimum(straight[near].mean(axis=1), flipped[near].mean(axis=1))
    return int(examples.at_work[near[np.argsort(mean, kind="stable")[:_NEAREST_BY_MEAN]]].sum())


def _smoothed(votes: Figures) -> Figures:
    """Return the weighted mean of the last frames, the newest weighing most."""
    weights = (1 - _ALPHA) ** np.arange(_WINDOW)
    total = np.convolve(votes, weights)[: len(votes)]
    return total / np.convolve(np.ones(len(votes)), weights)[: len(votes)]
