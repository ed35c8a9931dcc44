"""A recording, film or landmark track, told apart by what is in the file and read as the same kind of frames."""

import stat
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, Protocol

import cv2

from edge_agent.camera.film import Film
from edge_agent.config import PoseConfig
from edge_agent.errors import ConfigError
from edge_agent.image import Frame, Image
from edge_agent.offline.ahead import read_ahead
from edge_agent.offline.cut_off import told_size
from edge_agent.offline.tracks import read_track
from edge_agent.pose.opening import open_estimator
from edge_agent.records import PoseFrame

_STEP_S = 1 / 30
"""Frames closer than that tell nothing new about people who lift."""
_LONGEST_SIDE = 1280
"""The landmark model looks at 256 pixels; larger pictures only cost time."""
_READ_AHEAD = 8
_ZIP = b"PK\x03\x04"


class Seen(NamedTuple):
    """One frame of a recording; a track has no picture."""

    frame: PoseFrame
    picture: Image | None


class Recording(Protocol):
    """What can be counted. `length_s` is 0 when the file does not tell it."""

    length_s: float

    def frames(self) -> Generator[Seen]:
        """Yield the frames in order, once."""
        ...


def open_recording(path: Path, config: PoseConfig) -> Recording:
    """Return a film or a track. Raises `ConfigError` in one line when the file is neither."""
    return TrackRecording(path) if _is_zip(path) else FilmRecording(path, config)


def _is_zip(path: Path) -> bool:
    try:
        # Opening a pipe would wait for ever for somebody who writes into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError(f"{path}: neither a film nor a landmark track, not even a file")
        with path.open("rb") as file:
            return file.read(len(_ZIP)) == _ZIP
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error


class TrackRecording:
    """A landmark track as a recording."""

    def __init__(self, path: Path) -> None:
        self._track = read_track(path)
        self.length_s = self._track.duration_s
        if not self._track.frames:
            raise ConfigError(f"{path}: the landmark track has no frames")

    def frames(self) -> Generator[Seen]:
        for frame in self._track.frames:
            yield Seen(frame, None)


class FilmRecording:
    """A film, analysed by our own estimator. Decoding has a thread of its own, beside inference."""

    def __init__(self, path: Path, config: PoseConfig) -> None:
        self._film = Film(path, loop=False)
        _check_whole(path)
        self.length_s = self._film.length_s
        # Decoded here, so that a damaged file is refused before the models are loaded.
        if not self._film.advance() or self._film.picture() is None:
            raise ConfigError(f"{path}: no picture of this film can be decoded")
        self._estimator = open_estimator(config)

    def frames(self) -> Generator[Seen]:
        with closing(self._estimator) as estimator, closing(self._film):
            pictures = read_ahead(self._pictures(), _READ_AHEAD)
            with closing(pictures):
                for number, time_s, picture in pictures:
                    height, width = picture.shape[:2]
                    pose = estimator.estimate(picture, time_s)
                    yield Seen(
                        PoseFrame(sequence=number, time_s=time_s, width=width, height=height, pose=pose), picture
                    )

    def _pictures(self) -> Iterator[Frame]:
        """Yield the film's pictures, at most 30 a second; times are those that the file tells."""
        film, due_s = self._film, self._film.position_s
        there = True
        while there:
            if film.position_s + film.frame_s / 2 >= due_s:
                due_s = max(due_s + _STEP_S, film.position_s + _STEP_S / 2)
                if (picture := film.picture()) is not None:
                    yield Frame(film.sequence, film.position_s, _reduced(picture))
            there = film.advance()


def _check_whole(path: Path) -> None:
    size, there = told_size(path), path.stat().st_size
    if there < size:
        raise ConfigError(f"{path}: the film is cut off, {there} of at least {size} bytes are there; copy it again")


def _reduced(picture: Image) -> Image:
    height, width = picture.shape[:2]
    scale = _LONGEST_SIDE / max(height, width)
    if scale >= 1:
        return picture
    size = (round(width * scale), round(height * scale))
    # INTER_AREA would cost as much as inference, four times this.
    return cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)  # type: ignore[no-any-return]
