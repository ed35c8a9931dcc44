"""Landmark tracks: what an estimator saw of a recording, as figures in an `.npz` file. Two kinds are read.

Our own hold `image` (frames, 33, 4: x and y as shares of the frame's width and height, z in widths, visibility) and
`world` (frames, 33, 3, metres), `fps`, `width`, `height`. Published ones hold `landmarks` (frames, 33, 4: x, y, z in
one unit, visibility) and `fps`; their place and size in a picture are lost. NaN means that nobody was seen; frame i
was taken at i / fps seconds.
"""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import ConfigError
from edge_agent.records import LANDMARK_COUNT, Pose, PoseFrame, Record

Figures = NDArray[np.floating[Any]]

_SQUARE = 1000
"""Pixels of the made-up square picture in which a track without a picture is placed."""
_HIPS = [23, 24]
_MOST_FPS, _MOST_PIXELS, _MOST_REPS = 1000.0, 16384.0, 1e5
_LEAST = {"fps": 0.1, "width": 1.0, "height": 1.0, "reps": 0.0}


class Track(Record, frozen=True, kw_only=True):
    """A recording's frames, and what its file tells about it."""

    frames: tuple[PoseFrame, ...]
    fps: float
    exercise: str = ""
    """Empty when the file does not name one."""
    reps: int | None = None
    """How many there truly are; None when the file does not tell."""

    @property
    def duration_s(self) -> float:
        return len(self.frames) / self.fps


def read_track(path: Path) -> Track:
    """Return a track of either kind. Raises `ConfigError` naming what is wrong with the file."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = dict(stored)
    except (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise ConfigError(f"{path}: not a landmark track ({error})") from error
    fps = _number(path, arrays, "fps", _MOST_FPS)
    frames = _own_frames(path, arrays, fps) if "image" in arrays else _published_frames(path, arrays, fps)
    return Track(
        frames=tuple(frames),
        fps=fps,
        exercise=str(arrays.get("exercise", "")),
        reps=round(_number(path, arrays, "reps", _MOST_REPS)) if "reps" in arrays else None,
    )


def _own_frames(path: Path, arrays: dict[str, NDArray[Any]], fps: float) -> Iterator[PoseFrame]:
    image, world = _landmarks(path, arrays, "image", 4), _landmarks(path, arrays, "world", 3)
    if len(image) != len(world):
        raise ConfigError(f"{path}: image has {len(image)} frames, world {len(world)}")
    width, height = (round(_number(path, arrays, name, _MOST_PIXELS)) for name in ("width", "height"))
    return _frames(image, world, fps, width, height)


def _published_frames(path: Path, arrays: dict[str, NDArray[Any]], fps: float) -> Iterator[PoseFrame]:
    found = _landmarks(path, arrays, "landmarks", 4)
    # One infinite landmark would shrink everybody to a point.
    found[~np.isfinite(found)] = np.nan
    # Where the person was is not known; with the hips in one place nobody seems to jump about.
    world = found[:, :, :3] - found[:, _HIPS, :3].mean(axis=1, keepdims=True)
    image = np.concatenate([world, found[:, :, 3:]], axis=2)
    spread = float(np.nanmax(np.abs(image[:, :, :2]))) if np.isfinite(found).any() else 1.0
    image[:, :, :3] /= 2 * max(spread, 1e-6)
    image[:, :, :2] += 0.5
    return _frames(image, world, fps, _SQUARE, _SQUARE)


def _frames(image: Figures, world: Figures, fps: float, width: int, height: int) -> Iterator[PoseFrame]:
    for number, (points, metres) in enumerate(zip(image, world, strict=True)):
        pose = None
        if np.isfinite(points).all() and np.isfinite(metres).all():
            pose = Pose(image=tuple(map(tuple, points.tolist())), world=tuple(map(tuple, metres.tolist())))
        yield PoseFrame(sequence=number, time_s=number / fps, width=width, height=height, pose=pose)


def _landmarks(path: Path, arrays: dict[str, NDArray[Any]], name: str, values: int) -> Figures:
    if name not in arrays:
        raise ConfigError(f"{path}: has no {name!r}; a landmark track has 'image' and 'world', or 'landmarks'")
    found = np.asarray(arrays[name])
    if found.ndim != 3 or found.shape[1:] != (LANDMARK_COUNT, values) or not np.issubdtype(found.dtype, np.floating):
        raise ConfigError(f"{path}: {name}: must be floats of shape (frames, {LANDMARK_COUNT}, {values})")
    return found.astype(float)


def _number(path: Path, arrays: dict[str, NDArray[Any]], name: str, most: float) -> float:
    try:
        value = float(arrays[name])
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: {name}: must be there and be a number") from error
    if not _LEAST[name] <= value <= most:
        raise ConfigError(f"{path}: {name}: must be between {_LEAST[name]:g} and {most:g}, not {value:g}")
    return value
