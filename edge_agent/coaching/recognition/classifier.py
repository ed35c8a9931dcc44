"""Which exercise a window of movement looks like: a linear model whose weights are data, `model.json`.

It was trained on landmark tracks of recordings and of a drawn figure: `python -m bench.recognition`.
"""

from collections.abc import Sequence
from functools import cache
from math import exp
from pathlib import Path

import msgspec

from edge_agent.coaching.recognition.movement import FIGURE_COUNT
from edge_agent.errors import ConfigError
from edge_agent.records import Record

NO_EXERCISE = ""
"""The class of all that is none: walking about, standing, desk work."""

_FURTHEST = 4.0
"""Figures count as no further from the usual than this, in standard deviations: nothing wild decides."""

Shares = dict[str, float]
"""How likely each exercise is, by its key; they sum to 1."""


class Model(Record, frozen=True, kw_only=True):
    """The weights. `means` and `spreads` are those of the figures it was trained on."""

    keys: tuple[str, ...]
    """One that looks many ways is there several times: no exercise is walking, dancing, desk work and more."""
    means: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    """For each key one weight a figure."""
    biases: tuple[float, ...]

    def __post_init__(self) -> None:
        lengths = {len(self.means), len(self.spreads), *map(len, self.weights)}
        if lengths != {FIGURE_COUNT} or not len(self.keys) == len(self.weights) == len(self.biases):
            raise ValueError(f"was trained on other figures than the {FIGURE_COUNT} of today")

    def shares(self, figures: Sequence[float]) -> Shares:
        """Return how likely each exercise is for one window of `movement`."""
        usual = [
            max(-_FURTHEST, min(_FURTHEST, (figure - mean) / spread))
            for figure, mean, spread in zip(figures, self.means, self.spreads, strict=True)
        ]
        scores = [
            bias + sum(map(float.__mul__, weights, usual))
            for weights, bias in zip(self.weights, self.biases, strict=True)
        ]
        highest = max(scores)
        powers = [exp(score - highest) for score in scores]
        total = sum(powers)
        shares = dict.fromkeys(self.keys, 0.0)
        for key, power in zip(self.keys, powers, strict=True):
            shares[key] += power / total
        return shares


@cache
def shipped_model() -> Model:
    """Return the model that comes with the program. Raises `ConfigError`."""
    path = Path(__file__).parent / "model.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Model)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigError(f"{path}: {error}; python -m bench.recognition writes it anew") from error
