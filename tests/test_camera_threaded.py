import threading
import time
from collections.abc import Iterator

import pytest

from edge_agent.camera import CameraStuckError, NoFrameError
from edge_agent.camera.threaded import ThreadedCamera
from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.image import Frame
from tests.fake_camera import ScriptedCamera, frame
from tests.patience import patience_s


def camera_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "camera"]


@pytest.fixture(autouse=True)
def _no_thread_outlives_its_test() -> Iterator[None]:
    yield
    for thread in camera_threads():
        thread.join(5)
    assert camera_threads() == []


def read(camera: ThreadedCamera) -> int:
    taken = camera.read(5.0)
    assert taken is not None
    return taken.sequence


def test_the_newest_frame_wins() -> None:
    # The thread asks for the fourth item only when it has handed on the third.
    device = ScriptedCamera(frame(0), frame(1), frame(2), TemporaryError("unplugged"))
    camera = ThreadedCamera(lambda: device)
    assert device.closed.wait(5)
    assert read(camera) == 2
    camera.close()


def test_a_frame_is_given_once() -> None:
    device = ScriptedCamera(frame(0))
    camera = ThreadedCamera(lambda: device)
    assert read(camera) == 0
    with pytest.raises(NoFrameError):
        camera.read(0.01)
    device.let_go()
    camera.close()


def test_a_read_returns_in_time_while_the_driver_hangs() -> None:
    device = ScriptedCamera()
    camera = ThreadedCamera(lambda: device)
    begun_s = time.monotonic()
    with pytest.raises(NoFrameError):
        camera.read(0.05)
    assert time.monotonic() - begun_s < patience_s(1)
    device.let_go()
    camera.close()


def test_a_camera_that_is_gone_says_so_after_its_last_frame() -> None:
    device = ScriptedCamera(frame(0), TemporaryError("unplugged"))
    camera = ThreadedCamera(lambda: device)
    assert device.closed.wait(5)
    assert read(camera) == 0
    for _ in range(2):
        with pytest.raises(TemporaryError, match="unplugged"):
            camera.read(5.0)
    camera.close()


def test_a_driver_that_waits_in_vain_is_asked_again() -> None:
    device = ScriptedCamera(NoFrameError("nothing yet"), frame(7))
    camera = ThreadedCamera(lambda: device)
    assert read(camera) == 7
    device.let_go()
    camera.close()


def test_the_end_comes_after_the_last_frame() -> None:
    device = ScriptedCamera(frame(0), None)
    camera = ThreadedCamera(lambda: device)
    assert device.closed.wait(5)
    assert read(camera) == 0
    assert camera.read(5.0) is None
    camera.close()


def test_what_opening_raises_reaches_the_caller() -> None:
    def refuse() -> ScriptedCamera:
        raise ConfigError("no such camera")

    with pytest.raises(ConfigError, match="no such camera"):
        ThreadedCamera(refuse)


def test_an_unforeseen_failure_is_temporary_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    camera = ThreadedCamera(lambda: ScriptedCamera(ZeroDivisionError("by zero")))
    with pytest.raises(TemporaryError, match="by zero"):
        camera.read(5.0)
    assert "the camera's thread failed" in caplog.text
    camera.close()


def test_closing_frees_the_device_and_may_be_repeated() -> None:
    device = ScriptedCamera(NoFrameError("nothing yet"), frame(0))
    camera = ThreadedCamera(lambda: device)
    device.let_go()
    camera.close()
    camera.close()
    assert device.closed.is_set()


def test_closing_a_camera_that_hangs_says_that_it_is_stuck() -> None:
    device = ScriptedCamera()
    camera = ThreadedCamera(lambda: device, close_timeout_s=0.05)
    with pytest.raises(CameraStuckError, match="hangs"):
        camera.close()
    device.let_go()


def test_a_camera_that_hangs_while_opening_is_stuck_and_closed_once_it_comes_back() -> None:
    come_back = threading.Event()
    device = ScriptedCamera(frame(0))

    def open_slowly() -> ScriptedCamera:
        come_back.wait(5)
        return device

    with pytest.raises(CameraStuckError, match="did not open"):
        ThreadedCamera(open_slowly, open_timeout_s=0.05)
    come_back.set()
    assert device.closed.wait(5)


def test_one_camera_has_one_thread() -> None:
    device = ScriptedCamera(*(frame(number) for number in range(5)))
    camera = ThreadedCamera(lambda: device)
    taken: Frame | None = camera.read(5.0)
    assert taken is not None
    assert len(camera_threads()) == 1
    device.let_go()
    camera.close()
