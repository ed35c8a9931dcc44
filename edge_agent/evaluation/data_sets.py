"""Finds recordings with truth in a folder and below it. A data set is a folder; its name is the folder's.

- A folder with a `manifest.json`, a list of recordings with `file` (a film or a landmark track beside the manifest),
  `exercise`, `true_reps` and, where known, `view`, `rep_times_s` (when each rep was at full range), `hold_s` (from, to)
  and `source_repo` or `source` (video or person; else each file is its own). Tracks of rendered films have
  `true_partial_reps` and `reps` as in `NAME.json` below.
- Landmark tracks (`.npz`) that hold `exercise`, `reps` and `rep_bounds` (first and last frame of each), as made from
  RepCount. The part of the name before `_` tells the video.
- Rendered films, each with a `NAME.json` that has `expected`, `reps` and `view`.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from edge_agent.errors import ConfigError
from edge_agent.evaluation.clips import Clip, Landmarks, TrueRep, Truth, landmarks_of
from edge_agent.evaluation.exercise_names import our_exercise
from edge_agent.evaluation.film_tracks import film_landmarks
from edge_agent.evaluation.truth_files import (
    ListedRecording,
    RenderedFilm,
    RenderedRep,
    read_manifest,
    read_rendered,
)
from edge_agent.offline.tracks import read_track

_VIEWS = {"45deg": "oblique", "front45": "oblique", "rear45": "rear oblique"}
_FILMS = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm"})


def find_clips(folder: Path, cache: Path, exercises: Collection[str]) -> list[Clip]:
    """Return all recordings with truth; `exercises` are our keys. Raises `ConfigError` when there are none."""
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder")
    clips = [clip for place in _folders(folder) for clip in _clips_in(place, cache, exercises)]
    if not clips:
        raise ConfigError(f"{folder}: no recordings with known counts there; docs/accuracy.md says what is understood")
    return clips


def _folders(folder: Path) -> list[Path]:
    return [folder, *sorted(path for path in folder.rglob("*") if path.is_dir())]


def _clips_in(place: Path, cache: Path, exercises: Collection[str]) -> Iterator[Clip]:
    listed = read_manifest(place / "manifest.json")
    for entry in listed:
        yield _listed_clip(place, entry, cache, exercises)
    if listed:
        return
    for path in sorted(place.iterdir()):
        if path.suffix == ".npz" and (bounds := _bounds(path)) is not None:
            yield _published_clip(path, bounds, exercises)
        elif path.suffix in _FILMS and (story := read_rendered(path.with_suffix(".json"))):
            yield _rendered_clip(path, story, cache, exercises)


def _listed_clip(place: Path, entry: ListedRecording, cache: Path, exercises: Collection[str]) -> Clip:
    path = place / Path(entry.file).name
    landmarks = landmarks_of(read_track(path).frames) if path.suffix == ".npz" else film_landmarks(path, cache)
    truth = Truth(
        exercise=our_exercise(entry.exercise, exercises),
        told_as=entry.exercise,
        view=_view(entry.view),
        source=entry.source_repo or entry.source or path.stem,
        full_reps=entry.true_reps,
        partial_reps=entry.true_partial_reps,
        reps=_listed_reps(entry),
        hold_s=entry.hold_s[1] - entry.hold_s[0] if entry.hold_s else None,
        rendered=entry.reps is not None,
    )
    return _clip(path.stem, place, landmarks, truth)


def _listed_reps(entry: ListedRecording) -> tuple[TrueRep, ...]:
    if entry.reps is not None:
        return tuple(map(_rendered_rep, entry.reps))
    return tuple(TrueRep(middle_s=time_s) for time_s in entry.rep_times_s or ())


def _bounds(path: Path) -> Any:
    try:
        with np.load(path, allow_pickle=False) as stored:
            return stored["rep_bounds"] if {"landmarks", "reps", "exercise", "rep_bounds"} <= set(stored) else None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from error


def _published_clip(path: Path, bounds: Any, exercises: Collection[str]) -> Clip:
    track = read_track(path)
    reps = [
        TrueRep(middle_s=float(first + last) / 2 / track.fps, length_s=float(last - first) / track.fps)
        for first, last in bounds
    ]
    truth = Truth(
        exercise=our_exercise(track.exercise, exercises),
        told_as=track.exercise,
        source=path.stem.partition("_")[0],
        full_reps=track.reps or 0,
        reps=tuple(reps),
    )
    return _clip(path.stem, path.parent, landmarks_of(track.frames), truth)


def _rendered_clip(film: Path, story: RenderedFilm, cache: Path, exercises: Collection[str]) -> Clip:
    truth = Truth(
        exercise=our_exercise(story.exercise, exercises),
        told_as=story.exercise,
        view=_view(story.view.name),
        source=film.stem,
        full_reps=story.expected.full_reps,
        partial_reps=story.expected.partial_reps,
        reps=tuple(map(_rendered_rep, story.reps)),
        hold_s=story.hold.t_end - story.hold.t_start if story.hold else None,
        rendered=True,
    )
    return _clip(film.stem, film.parent, film_landmarks(film, cache), truth)


def _rendered_rep(rep: RenderedRep) -> TrueRep:
    return TrueRep(
        middle_s=(rep.t_turn_start + rep.t_turn_end) / 2,
        length_s=rep.t_end - rep.t_start,
        full=not rep.partial,
        rom_deg=rep.rom_deg,
        eccentric_s=rep.eccentric_s,
        concentric_s=rep.concentric_s,
        fault=rep.fault,
    )


def _clip(name: str, place: Path, landmarks: Landmarks, truth: Truth) -> Clip:
    return Clip(name=name, data_set=place.resolve().name, landmarks=landmarks, truth=truth)


def _view(name: str | None) -> str:
    return _VIEWS.get(name, name) if name else "unknown"
