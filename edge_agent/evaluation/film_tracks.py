"""Landmarks of films, made once as `edge-agent count` makes them and kept in a folder by what film and model contain.

What is kept is a landmark track (`edge_agent.offline.tracks`) that also holds `times_s`, for a phone's films have no
even frame rate.
"""

import hashlib
import os
import sys
from pathlib import Path

import numpy as np

from edge_agent.config import PoseConfig
from edge_agent.errors import ConfigError
from edge_agent.evaluation.clips import Landmarks, landmarks_of
from edge_agent.offline.recordings import open_recording
from edge_agent.pose.model_files import MODELS_FOLDER


def default_cache() -> Path:
    """Return where tracks are kept unless told otherwise (XDG base directories)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edge-agent" / "tracks"


def film_landmarks(film: Path, cache: Path) -> Landmarks:
    """Return the landmarks of a film, making them when the cache has none. Raises `ConfigError` for what is no film."""
    if not film.is_file():
        raise ConfigError(f"{film}: no such film")
    kept = cache / kept_name(film)
    if not kept.exists():
        print(f"finding the joints in {film.name} ...", file=sys.stderr, flush=True)
        recording = open_recording(film, PoseConfig(model="lite"))
        _keep(landmarks_of([seen.frame for seen in recording.frames()]), kept)
    with np.load(kept, allow_pickle=False) as stored:
        return Landmarks(
            image=stored["image"].astype(float),
            world=stored["world"].astype(float),
            times_s=stored["times_s"],
            width=int(stored["width"]),
            height=int(stored["height"]),
        )


def kept_name(film: Path) -> str:
    """Return the name of a film's track in the cache: another film or another model gives another name."""
    digest = hashlib.sha256(film.read_bytes())
    for model in sorted(MODELS_FOLDER.glob("*.onnx")):
        if "full" not in model.name:
            digest.update(hashlib.sha256(model.read_bytes()).digest())
    return f"{film.stem}-{digest.hexdigest()[:16]}.npz"


def _keep(landmarks: Landmarks, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.stem}.{os.getpid()}.npz")
    np.savez_compressed(
        unfinished,
        image=landmarks.image.astype(np.float16),
        world=landmarks.world.astype(np.float16),
        times_s=landmarks.times_s,
        fps=(len(landmarks.times_s) - 1) / max(landmarks.duration_s, 1e-3) or 1.0,
        width=landmarks.width,
        height=landmarks.height,
    )
    unfinished.replace(target)
