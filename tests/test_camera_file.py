import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import pytest

from edge_agent.camera import NoFrameError, film
from edge_agent.camera.file import FileCamera
from edge_agent.camera.opencv import open_capture
from edge_agent.config import CameraConfig
from edge_agent.errors import ConfigError
from tests.films import Clock, make_film, number_of


def fast(path: Path, *, loop: bool = False) -> FileCamera:
    return FileCamera(CameraConfig(kind="file", path=str(path), pace="fast", loop=loop))


def own(path: Path, clock: Clock, started_s: float | None = None, *, loop: bool = False) -> FileCamera:
    config = CameraConfig(kind="file", path=str(path), pace="own", loop=loop)
    return FileCamera(config, started_s, clock, clock.sleep)


def read(camera: FileCamera) -> tuple[int, float]:
    """The number of the picture and its time."""
    frame = camera.read(1.0)
    assert frame is not None
    return number_of(frame.image), round(frame.time_s, 3)


def test_a_fast_film_gives_every_frame_at_its_position(tmp_path: Path) -> None:
    camera = fast(make_film(tmp_path / "film.mp4", 4))
    assert [read(camera) for _ in range(4)] == [(0, 0.0), (1, 0.1), (2, 0.2), (3, 0.3)]


def test_a_film_ends_and_stays_ended(tmp_path: Path) -> None:
    camera = fast(make_film(tmp_path / "film.mp4", 1))
    camera.read(1.0)
    assert camera.read(1.0) is None
    assert camera.read(1.0) is None


def test_a_looped_film_begins_again_while_time_goes_on(tmp_path: Path) -> None:
    camera = fast(make_film(tmp_path / "film.mp4", 2), loop=True)
    assert [read(camera) for _ in range(5)] == [(0, 0.0), (1, 0.1), (0, 0.2), (1, 0.3), (0, 0.4)]


def test_pictures_are_rgb_in_one_piece(tmp_path: Path) -> None:
    camera = fast(make_film(tmp_path / "film.mp4", 11))
    frames = [camera.read(1.0) for _ in range(11)]
    last = frames[-1]
    assert last is not None
    assert last.image.shape == (48, 64, 3)
    assert last.image.flags.c_contiguous
    red, green, blue = (int(level) for level in last.image[24, 32])
    assert (red > 90, green < 10, blue < 10) == (True, True, True)


def test_at_its_own_pace_a_frame_comes_when_it_is_due(tmp_path: Path) -> None:
    clock = Clock(1000.0)
    camera = own(make_film(tmp_path / "film.mp4", 3), clock)
    assert [read(camera) for _ in range(3)] == [(0, 1000.0), (1, 1000.1), (2, 1000.2)]
    assert clock.now_s == pytest.approx(1000.2)


def test_at_its_own_pace_a_late_reader_gets_the_newest_frame(tmp_path: Path) -> None:
    clock = Clock(1000.0)
    camera = own(make_film(tmp_path / "film.mp4", 10), clock)
    read(camera)
    clock.now_s = 1000.55
    frame = camera.read(1.0)
    assert frame is not None
    assert (number_of(frame.image), frame.sequence, round(frame.time_s, 3)) == (5, 5, 1000.5)


def test_a_frame_that_is_not_due_in_time_is_not_lost(tmp_path: Path) -> None:
    clock = Clock(1000.0)
    camera = own(make_film(tmp_path / "film.mp4", 2), clock)
    read(camera)
    with pytest.raises(NoFrameError):
        camera.read(0.04)
    assert clock.now_s == pytest.approx(1000.04)
    assert read(camera) == (1, 1000.1)


def test_the_film_begins_at_the_first_read(tmp_path: Path) -> None:
    clock = Clock(1000.0)
    camera = own(make_film(tmp_path / "film.mp4", 3), clock)
    clock.now_s = 1001.0
    assert read(camera) == (0, 1001.0)


def test_a_film_that_was_started_before_goes_on_where_it_would_be(tmp_path: Path) -> None:
    clock = Clock(1000.0)
    camera = own(make_film(tmp_path / "film.mp4", 10), clock, started_s=999.5)
    assert read(camera) == (5, 1000.0)


def test_a_looped_film_that_was_started_long_ago_goes_on_within_its_loop(tmp_path: Path) -> None:
    clock = Clock(1000.0)
    camera = own(make_film(tmp_path / "film.mp4", 10), clock, started_s=899.8, loop=True)
    assert read(camera) == (2, 1000.0)


def test_a_film_that_would_be_over_by_now_has_ended(tmp_path: Path) -> None:
    camera = own(make_film(tmp_path / "film.mp4", 10), Clock(1000.0), started_s=990.0)
    assert camera.read(1.0) is None


def test_a_film_waits_for_a_machine_that_stood_still(tmp_path: Path) -> None:
    clock = Clock(1000.0)
    camera = own(make_film(tmp_path / "film.mp4", 3), clock)
    read(camera)
    clock.now_s = 1060.0
    assert read(camera) == (1, 1060.0)


def test_only_a_film_at_its_own_pace_is_live(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4", 1)
    assert own(path, Clock()).live
    assert not fast(path).live


class WithoutTimes:
    """A capture of a file that tells no time stamps and a nonsensical frame rate."""

    def __init__(self, source: str, fps: float) -> None:
        self._capture = open_capture(source, cv2.CAP_FFMPEG)
        self._fps = fps

    def get(self, key: int) -> float:
        return self._fps if key == cv2.CAP_PROP_FPS else 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._capture, name)


@pytest.mark.parametrize("fps", [0.0, float("nan"), -1.0, 90000.0])
def test_a_nonsensical_frame_rate_is_taken_as_thirty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fps: float
) -> None:
    monkeypatch.setattr(film, "open_capture", lambda source, _: WithoutTimes(source, fps))
    camera = fast(make_film(tmp_path / "film.mp4", 3))
    assert [read(camera)[1] for _ in range(3)] == [0.0, 0.033, 0.067]


def damaged(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / "film.mp4"
    if kind == "a folder":
        path.mkdir()
    elif kind == "cut off":
        path.write_bytes(make_film(tmp_path / "whole.mp4", 9).read_bytes()[:300])
    elif kind != "missing":
        path.write_bytes({"empty": b"", "text": b"Hello, this is no video.\n" * 99}[kind])
    return path


@pytest.mark.parametrize("kind", ["missing", "a folder", "empty", "text", "cut off"])
def test_what_is_no_video_is_refused_in_one_line_that_names_it(tmp_path: Path, kind: str) -> None:
    path = damaged(tmp_path, kind)
    with pytest.raises(ConfigError) as refusal:
        fast(path)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_opencv_and_ffmpeg_add_no_words_of_their_own(tmp_path: Path) -> None:
    """In a process of its own: FFmpeg is told once, before its first file, how much to say."""
    text = (
        "import sys; from edge_agent.camera.file import FileCamera; from edge_agent.config import CameraConfig;"
        "from edge_agent.errors import ConfigError\n"
        "try: FileCamera(CameraConfig(kind='file', path=sys.argv[1]))\n"
        "except ConfigError: print('refused')"
    )
    command = [sys.executable, "-c", text, str(damaged(tmp_path, "cut off"))]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert (told.stdout, told.stderr) == ("refused\n", "")
