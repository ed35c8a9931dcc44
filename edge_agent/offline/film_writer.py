"""Writing a film: under another name until it is whole, so that nobody finds half of one."""

from pathlib import Path
from types import TracebackType
from typing import Self

import cv2

from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.image import Image

FPS = 30.0


class FilmWriter:
    """An MP4 (MPEG-4 part 2) of constant rate; a context manager that keeps the film only when nothing went wrong."""

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() != ".mp4":
            raise ConfigError(f"{path}: the annotated film is an MP4; give it a name that ends with .mp4")
        if path.is_dir() or not path.parent.is_dir():
            raise ConfigError(f"{path}: cannot be written, {'it is a folder' if path.is_dir() else 'no such folder'}")
        self._path = path
        self._part = path.with_name(f".{path.stem}.part.mp4")
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
        writer = cv2.VideoWriter(str(self._part), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), FPS, size)
        if not writer.isOpened():
            raise ConfigError(f"{self._path}: cannot be written; check the folder's permissions")
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
