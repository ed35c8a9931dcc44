"""Writing a film: under another name until it is whole, so that nobody finds half of one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2

from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.image import Image

FPS = 30.0
_CODECS = {".mp4": "mp4v", ".webm": "VP80"}
"""MPEG-4 part 2, which costs next to nothing and which browsers don't play, and VP8, which they play.

OpenCV's own builds have no encoder for H.264, and their VP9 takes six times as long as VP8.
"""


class FilmWriter:
    """An MP4 or a WebM of constant rate; a context manager that keeps the film only when nothing went wrong."""

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in _CODECS:
            raise ConfigError(f"{path}: the annotated film needs a name that ends with {' or '.join(_CODECS)}")
        if path.is_dir() or not path.parent.is_dir():
            raise ConfigError(f"{path}: cannot be written, {'it is a folder' if path.is_dir() else 'no such folder'}")
        self._path = path
        self._part = path.with_name(f".{path.stem}.part{path.suffix.lower()}")
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._written = 0

    def __enter__(self) -> Self:
        return self

    def write(self, picture: Image, until_s: float) -> None:
        """Show a picture until that time of the film. The first one decides on the film's size, which must be even."""
        if self._writer is None:
            height, width = picture.shape[:2]
            self._size = (width, height)
            self._writer = self._open(self._size)
        # OpenCV leaves out pictures of another size without a word; a film may change its size.
        reversed_colours = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), self._size)
        while self._written < until_s * FPS:
            self._writer.write(reversed_colours)
            self._written += 1

    def _open(self, size: tuple[int, int]) -> cv2.VideoWriter:
        codec = cv2.VideoWriter.fourcc(*_CODECS[self._part.suffix])
        with _silent():
            writer = cv2.VideoWriter(str(self._part), cv2.CAP_FFMPEG, codec, FPS, size)
        if not writer.isOpened():
            raise ConfigError(
                f"{self._path}: cannot be written; check the folder's permissions, or name another kind of film"
            )
        return writer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.release()
        try:
            if kind is None and self._writer is not None:
                self._check_whole()
                self._part.replace(self._path)
        finally:
            self._part.unlink(missing_ok=True)

    def _check_whole(self) -> None:
        """OpenCV does not tell of a full disk."""
        film = cv2.VideoCapture(str(self._part), cv2.CAP_FFMPEG)
        frames = film.get(cv2.CAP_PROP_FRAME_COUNT) if film.isOpened() else 0
        film.release()
        if frames < self._written:
            raise TemporaryError(f"{self._path}: the film could not be written whole; is the disk full?")


@contextmanager
def _silent() -> Iterator[None]:
    """Keep what OpenCV's native code prints about WebM, which has no tags for codecs, off standard error."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - the file's number is needed
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
