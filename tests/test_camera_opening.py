from pathlib import Path

import pytest

from edge_agent.camera import opening
from edge_agent.camera.opening import CameraOpener
from edge_agent.config import CameraConfig
from edge_agent.errors import ConfigError
from tests.films import make_film

NO_DEVICE = "/dev/video97"


@pytest.fixture(autouse=True)
def _no_pi_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on a Raspberry Pi."""

    def refuse(_config: CameraConfig) -> None:
        raise ConfigError("no Pi camera 0")

    monkeypatch.setattr(opening, "PicameraCamera", refuse)


def test_auto_without_any_camera_names_all_that_was_tried_in_one_line() -> None:
    with pytest.raises(ConfigError) as refusal:
        CameraOpener(CameraConfig(device=NO_DEVICE))()
    told = str(refusal.value)
    assert "\n" not in told
    assert (
        told.index("picamera2: no Pi camera 0")
        < told.index(f"usb: {NO_DEVICE}")
        < told.index("file: camera.path is not set")
    )


def test_auto_falls_back_to_the_film(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4", 2)
    camera = CameraOpener(CameraConfig(device=NO_DEVICE, path=str(path)))()
    assert camera.name == "video film.mp4"
    camera.close()


def test_auto_tells_also_why_the_film_failed() -> None:
    with pytest.raises(ConfigError, match=r"file: /nowhere/film\.mp4: the video cannot be read"):
        CameraOpener(CameraConfig(device=NO_DEVICE, path="/nowhere/film.mp4"))()


def test_a_named_kind_tries_nothing_else(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4", 2)
    with pytest.raises(ConfigError, match=r"^/dev/video97: no such camera"):
        CameraOpener(CameraConfig(kind="usb", device=NO_DEVICE, path=str(path)))()


def test_a_film_of_which_every_frame_counts_is_not_live(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4", 2)
    camera = CameraOpener(CameraConfig(kind="file", path=str(path), pace="fast"))()
    assert not camera.live
    camera.close()


def test_auto_stays_with_the_kind_it_has_found(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    make_film(path, frames=3)
    opener = CameraOpener(CameraConfig(device=NO_DEVICE, path=str(path)))
    opener().close()
    path.unlink()
    with pytest.raises(ConfigError) as caught:
        opener()
    assert "usb" not in str(caught.value)
