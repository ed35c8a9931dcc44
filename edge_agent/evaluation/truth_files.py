"""The files that tell what is true of recordings: a folder's `manifest.json`, and the `NAME.json` of a rendered film.

They are others' and may tell more than is read here. What is read is checked: a fault is one `ConfigError` line that
names file and key.
"""

import json
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from edge_agent.errors import ConfigError

_Count = Annotated[int, msgspec.Meta(ge=0)]
_T = TypeVar("_T")


class RenderedRep(msgspec.Struct, frozen=True, kw_only=True):
    """One repetition of the rendered athlete; times in seconds."""

    t_start: float
    t_turn_start: float
    t_turn_end: float
    t_end: float
    partial: bool
    rom_deg: float | None
    eccentric_s: float | None
    concentric_s: float | None
    fault: str | None


class ListedRecording(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a manifest."""

    file: str
    exercise: str
    true_reps: _Count
    true_partial_reps: _Count = 0
    view: str | None = None
    source: str | None = None
    source_repo: str | None = None
    rep_times_s: tuple[float, ...] | None = None
    hold_s: tuple[float, float] | None = None
    """From, to."""
    reps: tuple[RenderedRep, ...] | None = None
    """Of rendered films only."""


class RenderedView(msgspec.Struct, frozen=True, kw_only=True):
    """Where the camera stood."""

    name: str


class RenderedCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What a counter should find."""

    full_reps: _Count
    partial_reps: _Count


class RenderedHold(msgspec.Struct, frozen=True, kw_only=True):
    """What is held, seconds."""

    t_start: float
    t_end: float


class RenderedFilm(msgspec.Struct, frozen=True, kw_only=True):
    """The truth of one rendered film."""

    exercise: str
    view: RenderedView
    expected: RenderedCounts
    reps: tuple[RenderedRep, ...]
    hold: RenderedHold | None = None


def read_manifest(path: Path) -> list[ListedRecording]:
    """Return the recordings that a manifest lists; none when it is there for something else, or not there."""
    entries = _tree(path) if path.is_file() else []
    if not isinstance(entries, list):
        return []
    listed = [(place, one) for place, one in enumerate(entries) if isinstance(one, dict) and "true_reps" in one]
    return [_convert(path, f"[{place}]", one, ListedRecording) for place, one in listed]


def read_rendered(path: Path) -> RenderedFilm | None:
    """Return what is true of a rendered film; None when the file is not there or tells of something else."""
    story = _tree(path) if path.is_file() else {}
    if not isinstance(story, dict) or not {"expected", "reps", "view"} <= story.keys():
        return None
    return _convert(path, "", story, RenderedFilm)


def _tree(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from error


def _convert(path: Path, place: str, tree: dict[str, Any], kind: type[_T]) -> _T:
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {place or 'the film'}: {error}") from error
