from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.errors import ConfigError
from edge_agent.image import Image
from edge_agent.offline.film_writer import FPS, FilmWriter
from tests.chromium import chromium, needs_chromium

PICTURE: Image = np.full((48, 64, 3), (200, 100, 50), np.uint8)


def interrupted_film(path: Path) -> None:
    with FilmWriter(path) as writer:
        writer.write(PICTURE, 1.0)
        assert list(path.parent.glob(".*.mp4"))
        raise KeyboardInterrupt


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_film_is_there_once_it_is_whole(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    with FilmWriter(path) as writer:
        writer.write(PICTURE, 1.0)
        assert not path.exists()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_picture_stands_for_its_time_in_its_colours(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    with FilmWriter(path) as writer:
        writer.write(PICTURE, 0.5)
        writer.write(PICTURE, 2.0)
    film = cv2.VideoCapture(str(path))
    assert film.get(cv2.CAP_PROP_FRAME_COUNT) == 2 * FPS
    _, shown = film.read()
    assert shown[20, 20].tolist() == pytest.approx([50, 100, 200], abs=12)


def test_the_encoder_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with FilmWriter(tmp_path / "a.webm") as writer:
        writer.write(PICTURE, 1.0)
    assert capfd.readouterr() == ("", "")


@pytest.mark.browser
@needs_chromium
def test_a_browser_plays_a_webm(tmp_path: Path) -> None:
    with FilmWriter(tmp_path / "a.webm") as writer:
        writer.write(PICTURE, 2.0)
    (tmp_path / "a.html").write_text("<video src=a.webm muted autoplay></video>")
    with chromium() as browser:
        page = browser.new_page()
        page.goto((tmp_path / "a.html").as_uri())
        page.wait_for_function("document.querySelector('video').ended")
        length_s, width = page.evaluate(
            "(({ duration, videoWidth }) => [duration, videoWidth])(document.querySelector('video'))"
        )
    assert (length_s, width) == (pytest.approx(2.0, abs=0.1), 64)


def test_an_interrupted_film_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted_film(tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_film_leaves_the_one_before_it(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("the one before")
    with pytest.raises(KeyboardInterrupt):
        interrupted_film(tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_text() == "the one before"


@pytest.mark.parametrize(("name", "words"), [("a.avi", r"ends with \.mp4 or \.webm"), ("none/a.mp4", "no such folder")])
def test_a_place_where_no_film_can_be_is_refused(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        FilmWriter(tmp_path / name)


def test_a_folder_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").mkdir()
    with pytest.raises(ConfigError, match="it is a folder"):
        FilmWriter(tmp_path / "a.mp4")
