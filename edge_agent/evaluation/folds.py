"""Recognition's models that were trained without some of the people: each recording is judged by one that has not seen
its person, as `python -m bench.recognition --folds FILE` makes them.
"""

from pathlib import Path

import msgspec

from edge_agent.coaching.recognition.classifier import Model
from edge_agent.errors import ConfigError
from edge_agent.records import Record


class Folds(Record, frozen=True, kw_only=True):
    """The models, and for each person or video in training which model was trained without them."""

    models: tuple[Model, ...]
    fold_of: dict[str, int]

    def __post_init__(self) -> None:
        if not set(self.fold_of.values()) <= set(range(len(self.models))):
            raise ValueError("names a model that is not there")

    def model_for(self, source: str) -> Model | None:
        """Return the model that has not seen this person or video; None when the shipped one has not either."""
        fold = self.fold_of.get(source)
        return None if fold is None else self.models[fold]


SHIPPED = Folds(models=(), fold_of={})
"""The shipped model for everybody."""


def read_folds(path: Path) -> Folds:
    """Return the models of a file. Raises `ConfigError`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Folds)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigError(f"{path}: {error}; python -m bench.recognition --folds FILE writes one") from error
