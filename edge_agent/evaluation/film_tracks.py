"""Landmark tracks of films, made once by our own estimator and kept in a folder by what film and model contain."""

import hashlib
import os
import sys
from pathlib import Path

import cv2
import numpy as np

from edge_agent.config import PoseConfig
from edge_agent.errors import ConfigError
from edge_agent.offline.tracks import Track, read_track
from edge_agent.pose.model_files import MODELS_FOLDER
from edge_agent.pose.opening import open_estimator
from edge_agent.records import LANDMARK_COUNT, Pose


def default_cache() -> Path:
    """Return where tracks are kept unless told otherwise (XDG base directories)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edge-agent" / "tracks"


def film_track(film: Path, cache: Path) -> Track:
    """Return the track of a film, making it when the cache has none. Raises `ConfigError` for what is no film."""
    kept = cache / kept_name(film)
    if not kept.exists():
        print(f"finding the joints in {film.name} ...", file=sys.stderr, flush=True)
        _make(film, kept)
    return read_track(kept)


def kept_name(film: Path) -> str:
    """Return the name of a film's track in the cache: another film or another model gives another name."""
    digest = hashlib.sha256(film.read_bytes())
    for model in sorted(MODELS_FOLDER.glob("*.onnx")):
        if "full" not in model.name:
            digest.update(hashlib.sha256(model.read_bytes()).digest())
    return f"{film.stem}-{digest.hexdigest()[:16]}.npz"


def _make(film: Path, target: Path) -> None:
    video = cv2.VideoCapture(str(film))
    fps = video.get(cv2.CAP_PROP_FPS)
    poses: list[Pose | None] = []
    estimator = open_estimator(PoseConfig(model="lite"))
    while True:
        there, picture = video.read()
        if not there:
            break
        poses.append(estimator.estimate(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), len(poses) / fps))
    estimator.close()
    if not poses:
        raise ConfigError(f"{film}: no pictures in it; is it a film that OpenCV can read?")
    _write(target, poses, video)


def _write(target: Path, poses: list[Pose | None], video: cv2.VideoCapture) -> None:
    nobody = np.full((LANDMARK_COUNT, 4), np.nan)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.stem}.{os.getpid()}.npz")
    np.savez_compressed(
        unfinished,
        image=np.array([pose.image if pose else nobody for pose in poses], np.float16),
        world=np.array([pose.world if pose else nobody[:, :3] for pose in poses], np.float16),
        fps=video.get(cv2.CAP_PROP_FPS),
        width=int(video.get(cv2.CAP_PROP_FRAME_WIDTH)),
        height=int(video.get(cv2.CAP_PROP_FRAME_HEIGHT)),
    )
    unfinished.replace(target)
