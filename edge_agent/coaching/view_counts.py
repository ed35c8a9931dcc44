"""How right the counts of an exercise are from a view: what recordings of people with known counts have shown.

The figures are data, `view_counts.json`: `make eval` writes them anew with the tables of docs/accuracy.md.
"""

from functools import cache
from pathlib import Path

import msgspec

from edge_agent.coaching.exercise_parts import View
from edge_agent.errors import ConfigError
from edge_agent.records import Record

FILE = Path(__file__).parent / "view_counts.json"
_LEAST = 5
"""Fewer recordings tell nothing: one more or less would turn them."""


class ViewCounts(Record, frozen=True, kw_only=True):
    """What became of the recordings of one exercise from one view."""

    recordings: int
    within_one: int
    """How many of them were counted within one rep."""
    exact: int

    def __post_init__(self) -> None:
        if not 0 <= self.exact <= self.within_one <= self.recordings:
            raise ValueError("needs 0 <= exact <= within_one <= recordings")


CountsByView = dict[str, dict[View, ViewCounts]]
"""By the exercise's key and the view, with the few of each that were found."""


def measured(exercise: str, view: View) -> ViewCounts | None:
    """Return how right the counts are; None where nobody knows, because there are too few recordings."""
    found = shipped_counts().get(exercise, {}).get(view)
    return found if found and found.recordings >= _LEAST else None


@cache
def shipped_counts() -> CountsByView:
    """Return the figures that come with the program. Raises `ConfigError`."""
    try:
        return msgspec.json.decode(FILE.read_bytes(), type=CountsByView)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigError(f"{FILE}: {error}; install the program anew") from error
