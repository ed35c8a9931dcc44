import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from edge_agent import vision
from edge_agent.camera import Camera, CameraStuckError, NoFrameError
from edge_agent.camera.file import FileCamera
from edge_agent.camera.threaded import ThreadedCamera
from edge_agent.config import CameraConfig, Config
from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.image import Image
from edge_agent.link import PoseSender
from edge_agent.records import Pose
from edge_agent.vision import Tally, Vision, run_vision
from tests.fake_camera import ScriptedCamera, frame
from tests.films import make_film, number_of
from tests.listening_agent import Inbox, listening_agent
from tests.patience import patience_s

POSE = Pose(image=((0.5, 0.5, 0.0, 1.0),) * 33, world=((0.0, 0.0, 0.0),) * 33)


class OddEstimator:
    """Sees a person in every second frame."""

    name = "odd"

    def __init__(self) -> None:
        self.seen: list[tuple[int, float]] = []

    def estimate(self, image: Image, time_s: float) -> Pose | None:
        self.seen.append((number_of(image), time_s))
        return POSE if len(self.seen) % 2 else None

    def close(self) -> None:
        pass


class SilentCamera:
    """A camera that is asked in vain."""

    name = "silent camera"
    live = True

    def __init__(self) -> None:
        self.closed = False

    def read(self, timeout_s: float) -> None:
        time.sleep(timeout_s)
        raise NoFrameError("nothing")

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vision, "_STEP_S", 0.02)
    monkeypatch.setattr(vision, "_AGENT_WAIT_S", 0.0)
    monkeypatch.setattr(vision, "_REOPEN_PAUSES_S", (0.0, 0.01))


@pytest.fixture
def _short_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vision, "_SILENCE_S", 0.1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vision.sock"


class RunningVision:
    def __init__(self, inbox: Inbox, stop: threading.Event, thread: threading.Thread) -> None:
        self.inbox = inbox
        self.stop = stop
        self.thread = thread
        self.error: Exception | None = None

    def wait(self) -> None:
        self.thread.join(10)
        assert not self.thread.is_alive()


@contextmanager
def running(open_device: Callable[[], Camera], path: Path) -> Iterator[RunningVision]:
    """Vision in a thread, with an agent that listens; stopped at the end of the `with`."""
    stop = threading.Event()

    def run() -> None:
        try:
            with closing(PoseSender(path)) as sender:
                Vision(open_device, OddEstimator(), sender, stop).run()
        except (ConfigError, TemporaryError) as error:
            role.error = error

    with listening_agent(path) as inbox:
        role = RunningVision(inbox, stop, threading.Thread(target=run, name="vision"))
        role.thread.start()
        try:
            yield role
        finally:
            stop.set()
            role.wait()


def film(tmp_path: Path, frames: int) -> FileCamera:
    path = make_film(tmp_path / "film.mp4", frames)
    return FileCamera(CameraConfig(kind="file", path=str(path), pace="fast"))


def threaded(device: ScriptedCamera) -> ThreadedCamera:
    return ThreadedCamera(lambda: device, close_timeout_s=0.05)


def test_each_frame_of_a_fast_film_is_analysed_and_its_end_told(tmp_path: Path, path: Path) -> None:
    with running(lambda: film(tmp_path, 20), path) as role:
        role.wait()
        role.inbox.wait_for(lambda got: got.states == ["starting", "running", "ended"])
        assert [sent.sequence for sent in role.inbox.frames] == list(range(20))
        assert role.inbox.frames[-1].skipped == 0


def test_what_is_sent_is_what_was_seen(tmp_path: Path, path: Path) -> None:
    with running(lambda: film(tmp_path, 2), path) as role:
        role.inbox.wait_for(lambda got: len(got.frames) == 2)
    first, second = role.inbox.frames
    assert (first.width, first.height, first.time_s, first.pose) == (64, 48, 0.0, POSE)
    assert (round(second.time_s, 3), second.pose) == (0.1, None)


def test_frames_that_a_live_camera_gave_unseen_are_counted(path: Path) -> None:
    device = ScriptedCamera(frame(3))
    with running(lambda: threaded(device), path) as role:
        role.inbox.wait_for(lambda got: len(got.frames) == 1)
        device.give(frame(8))
        role.inbox.wait_for(lambda got: len(got.frames) == 2)
        assert role.inbox.frames[-1].skipped == 4
        device.let_go()


def test_a_camera_that_is_gone_is_told_and_comes_back_with_rising_numbers(path: Path) -> None:
    devices = [ScriptedCamera(frame(5), TemporaryError("unplugged")), ScriptedCamera(frame(0))]
    first, second = devices
    with running(lambda: threaded(devices.pop(0)), path) as role:
        role.inbox.wait_for(lambda got: len(got.frames) == 2)
        assert role.inbox.states == ["starting", "running", "camera_lost", "running"]
        assert [sent.sequence for sent in role.inbox.frames] == [0, 1]
        assert first.closed.is_set()
        second.let_go()


@pytest.mark.usefixtures("_short_silence")
def test_a_camera_that_gives_no_picture_is_closed_before_it_is_opened_again(path: Path) -> None:
    opened: list[SilentCamera] = []

    def open_silent() -> SilentCamera:
        assert all(camera.closed for camera in opened)
        opened.append(SilentCamera())
        return opened[-1]

    with running(open_silent, path) as role:
        role.inbox.wait_for(lambda got: got.states[:4] == ["starting", "running", "camera_lost", "running"])
    assert all(camera.closed for camera in opened)


def test_an_unplugged_camera_is_tried_until_it_is_back(path: Path) -> None:
    back = ScriptedCamera(frame(0))
    tries: list[Camera | ConfigError] = [
        threaded(ScriptedCamera(TemporaryError("unplugged"))),
        ConfigError("no such camera"),
        ConfigError("no such camera"),
        threaded(back),
    ]

    def open_next() -> Camera:
        outcome = tries.pop(0)
        if isinstance(outcome, ConfigError):
            raise outcome
        return outcome

    with running(open_next, path) as role:
        role.inbox.wait_for(lambda got: len(got.frames) == 1)
        assert role.inbox.states == ["starting", "running", *["camera_lost"] * 3, "running"]
        back.let_go()


@pytest.mark.usefixtures("_short_silence")
def test_a_camera_stuck_in_native_code_ends_the_role_without_a_second_thread(path: Path) -> None:
    device = ScriptedCamera(frame(0))
    opened: list[Camera] = []

    def open_once() -> Camera:
        opened.append(threaded(device))
        return opened[-1]

    with running(open_once, path) as role:
        role.inbox.wait_for(lambda got: got.states[-1:] == ["camera_lost"])
        role.wait()
        assert isinstance(role.error, CameraStuckError)
        assert len(opened) == 1
        device.let_go()


def test_told_to_stop_it_ends_at_once_though_the_camera_hangs(path: Path) -> None:
    device = ScriptedCamera(frame(0))
    with running(lambda: threaded(device), path) as role:
        role.inbox.wait_for(lambda got: len(got.frames) == 1)
        begun_s = time.monotonic()
        role.stop.set()
        role.wait()
        assert time.monotonic() - begun_s < patience_s(2.5)
        assert role.error is None
        device.let_go()


def test_a_camera_that_is_not_there_at_the_start_is_the_roles_error(path: Path) -> None:
    def refuse() -> Camera:
        raise ConfigError("no camera found")

    with running(refuse, path) as role:
        role.wait()
        assert isinstance(role.error, ConfigError)


def test_an_unreadable_video_is_refused_with_its_name(tmp_path: Path, path: Path) -> None:
    missing = tmp_path / "none.mp4"
    config = Config(camera=CameraConfig(kind="file", path=str(missing)))
    with pytest.raises(ConfigError, match=re.escape(str(missing))):
        run_vision(config, path, threading.Event())


def test_the_rate_is_that_of_the_last_seconds() -> None:
    tally = Tally()
    for number in range(30):
        tally.add(number, number / 10)
    for number in range(30, 130):
        tally.add(number, 3 + (number - 30) / 20)
    assert tally.fps == pytest.approx(20)


def test_the_rate_of_a_single_frame_is_unknown() -> None:
    tally = Tally()
    assert tally.fps == 0.0
    tally.add(0, 1.0)
    assert tally.fps == 0.0


def test_a_reopened_camera_counts_on() -> None:
    tally = Tally()
    tally.add(10, 0.0)
    tally.add(13, 0.1)
    tally.camera_opened()
    tally.add(0, 9.0)
    assert (tally.sequence, tally.skipped) == (4, 2)


def test_no_code_of_vision_can_write_a_picture() -> None:
    package = Path(vision.__file__).parent
    sources = [package / "vision.py", *(package / "camera").glob("*.py"), *(package / "pose").glob("*.py")]
    writing = re.compile(r"imwrite|imencode|VideoWriter\(|np\.save|tofile|write_bytes|write_text|open\([^)]*[\"'][wax]")
    assert [path.name for path in sources if writing.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.process
def test_sigterm_ends_the_process_well_within_three_seconds(tmp_path: Path, path: Path) -> None:
    config = tmp_path / "config.toml"
    video = make_film(tmp_path / "film.mp4", 20)
    config.write_text(f'[camera]\nkind = "file"\npath = "{video}"\nloop = true\n')
    command = [sys.executable, "-m", "edge_agent", "vision", "--config", str(config), "--socket", str(path)]
    with listening_agent(path) as inbox, subprocess.Popen(command, env={**os.environ}) as process:
        try:
            inbox.wait_for(lambda got: len(got.frames) > 3, timeout_s=30)
            begun_s = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            assert time.monotonic() - begun_s < patience_s(2.5)
        finally:
            process.kill()
