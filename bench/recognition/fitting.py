"""Fits the model of `coaching.recognition.classifier` to examples, and judges it on people it has not seen."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.recognition.windows import Example
from edge_agent.coaching.recognition.classifier import Model
from edge_agent.records import Record

Figures = NDArray[np.floating[Any]]

_FOLDS = 6
_STEPS, _BATCH, _RATE = 1000, 768, 0.01
_UNITS, _SILENCED = 32, 0.3
"""Hidden units, and the share of them that each step does without."""
_SHRINK = 1e-3
_NOISE, _LEFT_OUT = 0.4, 0.2
"""Noise in standard deviations on each figure, and the share of figures blanked: no single one may decide."""
_SMOOTHED = 0.05
_PAUSE_WEIGHT = 0.3
"""Who rests between reps may well do the exercise: such examples teach less."""
_NO_EXERCISE_WEIGHT = 0.2
"""There are many kinds of it; together they would outweigh the exercises."""
_RECORDED_WORTH = 20.0
"""Few recordings show no exercise, and each tells more than a drawn figure."""
_FURTHEST = 4.0


class Judged(Record, frozen=True, kw_only=True):
    """A recording as the model that never saw its person judges it."""

    film: str
    key: str
    taken_for: str
    right_share: float
    """Share of its windows that were judged rightly."""


def fit(examples: Sequence[Example], seed: int = 0) -> Model:
    """Return the model for these examples."""
    kinds = sorted({(one.key, one.kind) for one in examples})
    figures = np.array([one.figures for one in examples], np.float32)
    means, spreads = np.nanmean(figures, 0), np.nanstd(figures, 0) + 0.05
    usual = np.nan_to_num(np.clip((figures - means) / spreads, -_FURTHEST, _FURTHEST))
    targets = np.full((len(examples), len(kinds)), _SMOOTHED / len(kinds), np.float32)
    targets[np.arange(len(examples)), [kinds.index((one.key, one.kind)) for one in examples]] += 1 - _SMOOTHED
    rng = np.random.default_rng(seed)
    layers = _Layers(usual.shape[1], targets.shape[1], rng)
    layers.descend(usual, targets, _chances(examples), rng)
    return Model(
        keys=tuple(key for key, _ in kinds),
        means=_rounded(means),
        spreads=_rounded(spreads),
        weights=_rows(layers.direct),
        biases=_rounded(layers.biases),
        hidden=_rows(layers.hidden),
        hidden_biases=_rounded(layers.hidden_biases),
        from_hidden=_rows(layers.from_hidden),
    )


def _chances(examples: Sequence[Example]) -> Figures:
    """Return how often each example is drawn: long recordings and common exercises do not drown the others."""
    worth = np.array([_PAUSE_WEIGHT if one.pause else 1.0 for one in examples])
    by_film: Counter[tuple[str, str]] = Counter()
    for one, value in zip(examples, worth, strict=True):
        by_film[one.kind, one.film] += value
    worth /= np.array([by_film[one.kind, one.film] for one in examples]) ** 0.7
    worth *= [_RECORDED_WORTH if one.person and not one.key and not one.pause else 1.0 for one in examples]
    by_kind: Counter[str] = Counter()
    for one, value in zip(examples, worth, strict=True):
        by_kind[one.kind] += value
    worth /= np.sqrt([by_kind[one.kind] for one in examples])
    worth *= [1.0 if one.key else _NO_EXERCISE_WEIGHT for one in examples]
    chances: Figures = worth / worth.sum()
    return chances


class _Layers:
    """The network: figures to scores directly, and through one layer of rectified units."""

    def __init__(self, figures: int, kinds: int, rng: np.random.Generator) -> None:
        self.direct = np.zeros((figures, kinds), np.float32)
        self.biases = np.zeros(kinds, np.float32)
        self.hidden = rng.standard_normal((figures, _UNITS), np.float32) / np.float32(np.sqrt(figures))
        self.hidden_biases = np.zeros(_UNITS, np.float32)
        self.from_hidden = np.zeros((_UNITS, kinds), np.float32)

    def descend(self, usual: Figures, targets: Figures, chances: Figures, rng: np.random.Generator) -> None:
        """Minimise the cross-entropy by Adam on drawn batches."""
        values = (self.direct, self.biases, self.hidden, self.hidden_biases, self.from_hidden)
        moments = [(np.zeros_like(one), np.zeros_like(one)) for one in values]
        reach = np.cumsum(chances)
        for step in range(1, _STEPS + 1):
            drawn = np.minimum(np.searchsorted(reach, rng.random(_BATCH)), len(usual) - 1)
            seen = usual[drawn] + _NOISE * rng.standard_normal((_BATCH, usual.shape[1]), np.float32)
            seen *= rng.random(seen.shape, np.float32) > _LEFT_OUT
            rate = _RATE * (1 - step / _STEPS) + _RATE / 100
            for one, slope, moment in zip(values, self._slopes(seen, targets[drawn], rng), moments, strict=True):
                _step(one, slope, moment, rate, step)

    def _slopes(self, seen: Figures, targets: Figures, rng: np.random.Generator) -> tuple[Figures, ...]:
        """Return the gradient of each array for one batch, in the order of `descend`."""
        units = seen @ self.hidden + self.hidden_biases
        awake = (units > 0) * (rng.random(units.shape, np.float32) > _SILENCED) / np.float32(1 - _SILENCED)
        units *= awake
        scores = seen @ self.direct + units @ self.from_hidden + self.biases
        powers = np.exp(scores - scores.max(1, keepdims=True))
        wrong = (powers / powers.sum(1, keepdims=True) - targets) / len(seen)
        back = wrong @ self.from_hidden.T * awake
        return (
            seen.T @ wrong + _SHRINK * self.direct,
            wrong.sum(0),
            seen.T @ back + _SHRINK * self.hidden,
            back.sum(0),
            units.T @ wrong + _SHRINK * self.from_hidden,
        )


def _step(values: Figures, slope: Figures, moments: tuple[Figures, Figures], rate: float, number: int) -> None:
    """Do one step of Adam, in place."""
    mean, square = moments
    mean += 0.1 * (slope - mean)
    square += 0.01 * (slope**2 - square)
    values -= rate * (mean / (1 - 0.9**number)) / (np.sqrt(square / (1 - 0.99**number)) + 1e-8)


def cross_validated(recorded: Sequence[Example], drawn: Sequence[Example]) -> Iterator[tuple[Model, list[Judged]]]:
    """Give each fold's model and how it judges the recordings of the people that it has not seen."""
    fold = folds(recorded)
    for number in range(_FOLDS):
        model = fit([*(one for one in recorded if fold[one.person] != number), *drawn])
        films: dict[tuple[str, str], list[Example]] = {}
        for one in recorded:
            if fold[one.person] == number and not one.altered and not one.pause:
                films.setdefault((one.film, one.key), []).append(one)
        yield model, [_judged(model, film, key, found) for (film, key), found in films.items()]


def folds(recorded: Sequence[Example]) -> dict[str, int]:
    """Return the fold of each person in which they are not seen; those with the same exercise are in different ones."""
    first = {one.person: one.key for one in reversed(recorded) if not one.pause}
    return {
        person: number % _FOLDS for number, person in enumerate(sorted(first, key=lambda one: (first[one], one)))
    } | {one.person: 0 for one in recorded if one.person not in first}


def _judged(model: Model, film: str, key: str, windows: Sequence[Example]) -> Judged:
    found = [model.shares(one.figures) for one in windows]
    best = [max(shares, key=shares.__getitem__) for shares in found]
    sums = {name: sum(float(np.log(shares[name] + 0.02)) for shares in found) for name in found[0]}
    right = best.count(key) / len(best)
    return Judged(film=film, key=key, taken_for=max(sums, key=sums.__getitem__), right_share=right)


def _rows(weights: Figures) -> tuple[tuple[float, ...], ...]:
    return tuple(map(_rounded, weights.T))


def _rounded(values: Figures) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)
