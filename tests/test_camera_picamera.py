import ast
import atexit
import builtins
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from edge_agent.camera import NoFrameError
from edge_agent.camera.picamera import PicameraCamera
from edge_agent.config import CameraConfig
from edge_agent.errors import ConfigError, TemporaryError
from tests.fake_picamera2 import FakePicamera2, camera_info, fake_picamera2, yuv420
from tests.fake_picamera2 import __file__ as fake_module


def open_fake(driver: type[FakePicamera2], **settings: Any) -> PicameraCamera:
    return PicameraCamera(CameraConfig(kind="picamera2", **settings), driver)


def test_the_padding_of_the_low_resolution_stream_is_cut_off() -> None:
    driver = fake_picamera2(yuv420(640, 480, 704, luma=235), stride_padding=64)
    frame = open_fake(driver).read(1.0)
    assert frame.image.shape == (480, 640, 3)
    assert frame.image.flags.c_contiguous
    assert frame.image.min() > 250


def test_pictures_are_rgb() -> None:
    red = yuv420(640, 480, 640, luma=81, chroma=(90, 240))
    frame = open_fake(fake_picamera2(red)).read(1.0)
    pixel = frame.image[100, 100].tolist()
    assert pixel[0] > 250
    assert max(pixel[1:]) < 5


def test_frames_are_numbered_on_the_monotonic_clock() -> None:
    camera = open_fake(fake_picamera2(*[yuv420(640, 480, 640, luma=0)] * 2))
    first, second = camera.read(1.0), camera.read(1.0)
    assert (first.sequence, second.sequence) == (0, 1)
    assert second.time_s >= first.time_s


def test_a_frame_that_does_not_come_in_time_is_a_missing_frame() -> None:
    with pytest.raises(NoFrameError, match=r"Pi camera 0: no picture for 0.01 s"):
        open_fake(fake_picamera2()).read(0.01)


def test_after_a_timeout_the_next_frame_is_not_eaten_by_the_stale_job() -> None:
    driver = fake_picamera2()
    camera = open_fake(driver)
    with pytest.raises(NoFrameError):
        camera.read(0.01)
    driver.frames.append(yuv420(640, 480, 640, luma=0))
    assert camera.read(0.5).sequence == 0


def test_the_camera_is_asked_for_fresh_frames_of_the_whole_sensor_at_the_configured_rate() -> None:
    driver = fake_picamera2()
    open_fake(driver, width=320, height=240, fps=25)
    settings = driver.made[0].camera_configuration()
    assert settings["lores"]["size"] == (320, 240)
    assert settings["raw"]["size"] == (2304, 1296)
    assert settings["queue"] is False
    assert settings["controls"]["FrameDurationLimits"] == (40000, 40000)


def test_odd_sizes_are_given_as_the_camera_can() -> None:
    camera = open_fake(fake_picamera2(yuv420(320, 240, 320, luma=0)), width=321, height=241)
    assert camera.read(1.0).image.shape == (240, 320, 3)


def test_without_a_camera_the_refusal_says_what_to_check() -> None:
    with pytest.raises(ConfigError, match=r"no Pi camera 0; check the cable"):
        open_fake(fake_picamera2(cameras=[]))


def test_an_index_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(ConfigError, match=r"no Pi camera 3; 0 is imx708"):
        open_fake(fake_picamera2(), device="3")


def test_a_usb_camera_that_libcamera_knows_is_no_pi_camera() -> None:
    webcam = camera_info("webcam", 0, bus="usb@1")
    with pytest.raises(ConfigError, match="no Pi camera 0"):
        open_fake(fake_picamera2(cameras=[webcam]))


def test_a_device_path_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"'/dev/video2' is not the number of a Pi camera"):
        open_fake(fake_picamera2(), device="/dev/video2")


def test_a_busy_camera_is_temporary_and_says_who_has_it() -> None:
    driver = fake_picamera2(failure=RuntimeError("Failed to acquire camera: Device or resource busy"))
    with pytest.raises(TemporaryError, match="in use by another program"):
        open_fake(driver)


def test_an_index_error_of_older_versions_is_explained() -> None:
    with pytest.raises(TemporaryError, match=r"cannot be opened \(list index out of range\)"):
        open_fake(fake_picamera2(failure=IndexError("list index out of range")))


def test_a_libcamera_that_fails_is_temporary() -> None:
    def fail() -> list[dict[str, Any]]:
        raise RuntimeError("Failed to start camera manager")

    with pytest.raises(TemporaryError, match="libcamera does not answer"):
        open_fake(fake_picamera2(global_camera_info=fail))


def test_a_camera_that_refuses_its_settings_is_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = fake_picamera2()

    def refuse(_self: FakePicamera2, _settings: dict[str, Any]) -> None:
        raise RuntimeError("Configuration failed")

    monkeypatch.setattr(driver, "configure", refuse)
    with pytest.raises(ConfigError, match="cannot give 640x480 at 30 frames a second"):
        open_fake(driver)
    assert driver.made[0].calls == ["stop", "close"]


def test_closing_stops_and_frees_the_camera_once() -> None:
    driver = fake_picamera2()
    camera = open_fake(driver)
    camera.close()
    camera.close()
    assert driver.made[0].calls == ["stop", "close"]


def test_a_camera_that_hangs_does_not_hold_up_the_interpreters_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real constructor leaves its `close` with atexit."""
    withdrawn: list[Any] = []
    monkeypatch.setattr(atexit, "unregister", withdrawn.append)
    driver = fake_picamera2()
    open_fake(driver)
    assert withdrawn == [driver.made[0].close]


@pytest.mark.parametrize(
    ("missing", "words"), [("picamera2", "picamera2 is not installed"), ("libcamera", "python3-libcamera")]
)
def test_missing_software_is_named(monkeypatch: pytest.MonkeyPatch, missing: str, words: str) -> None:
    real = builtins.__import__

    def fail(name: str, *rest: Any) -> Any:
        if name == "picamera2":
            raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", fail)
    with pytest.raises(ConfigError, match=words):
        PicameraCamera(CameraConfig(kind="picamera2"))


def signatures(path: Path, class_name: str) -> dict[str, str]:
    """Names and defaults of each method's parameters, read from the source: picamera2 can't be imported everywhere."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (driver,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == class_name)
    found = {}
    for method in driver.body:
        if isinstance(method, ast.FunctionDef):
            for argument in method.args.args:
                argument.annotation = None
            # The last definition of a name counts: those before it are overloads.
            found[method.name] = ast.unparse(method.args).replace("libcamera.Transform()", "None")
    return found


def test_the_fake_has_the_real_signatures() -> None:
    package = importlib.util.find_spec("picamera2")
    if package is None or not package.submodule_search_locations:
        pytest.skip("needs the package picamera2")
    real = signatures(Path(package.submodule_search_locations[0], "picamera2.py"), "Picamera2")
    fake = signatures(Path(fake_module), "FakePicamera2")
    del fake["deliver"]  # the test's own
    assert fake == {name: real[name] for name in fake}
