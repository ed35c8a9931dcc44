"""Exercises by the names that apps and people give them: `names.toml` is the table, and adding to it takes no Python.

What the table does not know keeps its own name, under a key made of it (`sessions.manual.named_exercise`).
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from edge_agent.coaching.exercise import Exercise
from edge_agent.sessions.manual import NamedExercise, named_exercise

_MOST_KEPT = 2000


class Naming:
    """Finds exercises by name; each name is looked up once, unless there are too many."""

    def __init__(self, exercises: Mapping[str, Exercise]) -> None:
        self._exercises = exercises
        self._keys = {_plain(name): key for key, names in _table().items() for name in names}
        self._known: dict[str, NamedExercise] = {}

    def __call__(self, name: str) -> NamedExercise:
        if name not in self._known:
            if len(self._known) >= _MOST_KEPT:  # names come from files of anybody, and this lasts as long as the agent
                self._known.clear()
            self._known[name] = named_exercise(self._keys.get(_plain(name), name), self._exercises)
        return self._known[name]


def _table() -> dict[str, list[str]]:
    with (Path(__file__).parent / "names.toml").open("rb") as file:
        return tomllib.load(file)


def _plain(name: str) -> str:
    """Return the words of a name in lower case, without accents."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(one))
    return " ".join(re.findall(r"\w+", bare.replace("_", " ")))
