"""Small videos for tests, and a clock that only moves when somebody sleeps."""

import struct
from pathlib import Path

import cv2
import numpy as np

from edge_agent.image import Image


def make_film(path: Path, frames: int, fps: float = 10.0, size: tuple[int, int] = (64, 48)) -> Path:
    """Write a video whose frames tell their number: frame n is red of strength 10 n."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, size)
    assert writer.isOpened()
    for number in range(frames):
        writer.write(np.full((size[1], size[0], 3), (0, 0, 10 * number), np.uint8))
    writer.release()
    return path


def turn_film(path: Path) -> Path:
    """Mark an MP4 as taken with a phone held upright: to be shown turned by a quarter."""
    film = bytearray(path.read_bytes())
    struct.pack_into(">9i", film, film.index(b"tkhd") + 44, 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(film)
    return path


def slow_second_half(path: Path, frames: int) -> Path:
    """Give an MP4 a varying frame rate: the frames of its second half stand three times as long."""
    film = bytearray(path.read_bytes())
    table = film.index(b"stts")
    (step,) = struct.unpack_from(">I", film, table + 16)
    half = frames // 2
    film[table + 8 : table + 20] = struct.pack(">5I", 2, half, step, frames - half, 3 * step)
    for box in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stts"):
        size = film.index(box) - 4
        struct.pack_into(">I", film, size, struct.unpack_from(">I", film, size)[0] + 8)
    # The edit list would cut the film to its old length.
    path.write_bytes(film.replace(b"edts", b"free"))
    return path


def number_of(image: Image) -> int:
    """Return the number of the frame that this picture shows."""
    return round(float(image[..., 0].mean()) / 10)


class Clock:
    def __init__(self, now_s: float = 1000.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, pause_s: float) -> None:
        self.now_s += pause_s
