"""Which exercise a window of movement looks like: a small network whose weights are data, `model.json`.

Scores are linear in the figures, plus what one hidden layer of rectified units adds.

It was trained on landmark tracks of recordings and of a drawn figure: `python -m bench.recognition`.
"""

from collections.abc import Sequence
from functools import cache
from math import exp
from operator import mul
from pathlib import Path

import msgspec

from edge_agent.coaching.recognition.movement import FIGURE_COUNT
from edge_agent.errors import ConfigError
from edge_agent.records import Record

NO_EXERCISE = ""
"""The class of all that is none: walking about, standing, desk work."""

_FURTHEST = 4.0
"""Figures count as no further from the usual than this, in standard deviations: nothing wild decides."""

Weights = tuple[tuple[float, ...], ...]

Shares = dict[str, float]
"""How likely each exercise is, by its key; they sum to 1."""


class Model(Record, frozen=True, kw_only=True):
    """The weights. `means` and `spreads` are those of the figures it was trained on."""

    keys: tuple[str, ...]
    """One that looks many ways is there several times: no exercise is walking, dancing, desk work and more."""
    means: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: Weights
    """For each key one weight a figure."""
    biases: tuple[float, ...]
    hidden: Weights = ()
    """For each hidden unit one weight a figure."""
    hidden_biases: tuple[float, ...] = ()
    from_hidden: Weights = ()
    """For each key one weight a hidden unit."""

    def __post_init__(self) -> None:
        lengths = {len(self.means), len(self.spreads), *map(len, self.weights), *map(len, self.hidden)}
        if lengths != {FIGURE_COUNT} or not len(self.keys) == len(self.weights) == len(self.biases):
            raise ValueError(f"was trained on other figures than the {FIGURE_COUNT} of today")
        units = {len(self.hidden), len(self.hidden_biases), *map(len, self.from_hidden)}
        if len(units) > 1 or (self.hidden and len(self.from_hidden) != len(self.keys)):
            raise ValueError("has a hidden layer that does not fit its keys")

    def shares(self, figures: Sequence[float]) -> Shares:
        """Return how likely each exercise is for one window of `movement`; a figure that is nan tells nothing."""
        usual = [
            max(-_FURTHEST, min(_FURTHEST, (figure - mean) / spread)) if figure == figure else 0.0  # noqa: PLR0124
            for figure, mean, spread in zip(figures, self.means, self.spreads, strict=True)
        ]
        scores = _layer(self.weights, self.biases, usual)
        if self.hidden:
            units = [max(0.0, value) for value in _layer(self.hidden, self.hidden_biases, usual)]
            scores = _layer(self.from_hidden, scores, units)
        highest = max(scores)
        powers = [exp(score - highest) for score in scores]
        total = sum(powers)
        shares = dict.fromkeys(self.keys, 0.0)
        for key, power in zip(self.keys, powers, strict=True):
            shares[key] += power / total
        return shares


def _layer(weights: Weights, biases: Sequence[float], values: Sequence[float]) -> list[float]:
    return [bias + sum(map(mul, row, values)) for row, bias in zip(weights, biases, strict=True)]


@cache
def shipped_model() -> Model:
    """Return the model that comes with the program. Raises `ConfigError`."""
    path = Path(__file__).parent / "model.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Model)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigError(f"{path}: {error}; python -m bench.recognition writes it anew") from error
