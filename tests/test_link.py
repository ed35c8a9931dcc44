import asyncio
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

from edge_agent import link
from edge_agent.errors import ConfigError
from edge_agent.link import MAX_MESSAGE_BYTES, PoseSender, pack
from edge_agent.phrase import Phrase
from edge_agent.records import Pose, PoseFrame, VisionStatus
from tests.listening_agent import Inbox, listening_agent
from tests.patience import patience_s

RUNNING = VisionStatus(state="running", detail=Phrase("camera"))
CAUSE = Phrase("no picture for {silent_s:g} s", silent_s=4.0)
LOST = VisionStatus(state="camera_lost", detail=Phrase("{name}: failed ({cause})", name="camera", cause=CAUSE))


def pose_frame(sequence: int) -> PoseFrame:
    pose = Pose(image=((0.1, 0.2, -0.3, 0.99),) * 33, world=((0.1, 0.2, 0.3),) * 33)
    return PoseFrame(sequence=sequence, time_s=sequence / 30, width=640, height=480, pose=pose, fps=29.9, skipped=2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "vision.sock"


def connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(str(path))
    return connection


def a_status(detail: object) -> bytes:
    body = msgspec.msgpack.encode({"type": "status", "state": "running", "detail": detail})
    return struct.pack(">I", len(body)) + body


def sent_to(inbox: Inbox, sender: PoseSender, frame: PoseFrame) -> None:
    """Send until the agent is there again."""
    give_up_s = time.monotonic() + 10
    while not sender.send(frame):
        assert time.monotonic() < give_up_s
        time.sleep(0.01)
    inbox.wait_for(lambda got: frame in got.messages)


def refusal(path: Path) -> str:
    async def listen() -> None:
        async with link.serve(path, lambda _: None):
            pass

    with pytest.raises(ConfigError) as refused:
        asyncio.run(listen())
    return str(refused.value)


def test_poses_and_statuses_arrive_whole_and_in_order(path: Path) -> None:
    with listening_agent(path) as inbox, closing(PoseSender(path)) as sender:
        sender.send_status(RUNNING)
        for number in range(3):
            assert sender.send(pose_frame(number))
        sender.send_status(LOST)
        inbox.wait_for(lambda got: len(got.messages) == 5)
    assert inbox.messages == [RUNNING, pose_frame(0), pose_frame(1), pose_frame(2), LOST]


def test_the_words_of_a_status_can_be_said_in_another_language_on_the_other_side(path: Path) -> None:
    with listening_agent(path) as inbox, closing(PoseSender(path)) as sender:
        sender.send_status(LOST)
        inbox.wait_for(lambda got: bool(got.messages))
    (status,) = inbox.messages
    assert isinstance(status, VisionStatus)
    assert status.detail.said_in({CAUSE.template: "{silent_s:g} s ohne Bild"}) == "camera: failed (4 s ohne Bild)"


def test_a_pose_is_a_few_kilobytes() -> None:
    assert len(pack(pose_frame(0))) < MAX_MESSAGE_BYTES / 20


def test_without_an_agent_poses_are_dropped_and_counted_at_once(path: Path) -> None:
    with closing(PoseSender(path)) as sender:
        begun_s = time.monotonic()
        assert [sender.send(pose_frame(number)) for number in range(100)] == [False] * 100
        assert not sender.send_status(LOST)
        assert time.monotonic() - begun_s < patience_s(1)
        assert sender.dropped == 100


def test_an_agent_that_comes_later_learns_the_newest_status_first(path: Path) -> None:
    with closing(PoseSender(path)) as sender:
        sender.send_status(RUNNING)
        sender.send_status(LOST)
        with listening_agent(path) as inbox:
            sent_to(inbox, sender, pose_frame(7))
    assert inbox.messages == [LOST, pose_frame(7)]


def test_the_sender_finds_an_agent_that_was_restarted(path: Path) -> None:
    with closing(PoseSender(path)) as sender:
        with listening_agent(path) as inbox:
            sent_to(inbox, sender, pose_frame(1))
        with listening_agent(path) as inbox:
            sent_to(inbox, sender, pose_frame(2))


def test_a_status_finds_an_agent_that_was_restarted_unnoticed(path: Path) -> None:
    with closing(PoseSender(path)) as sender:
        with listening_agent(path) as inbox:
            sent_to(inbox, sender, pose_frame(1))
        with listening_agent(path) as inbox:
            assert sender.send_status(LOST)
            inbox.wait_for(lambda got: got.messages == [LOST])


def test_waiting_for_the_agent_ends_when_it_listens(path: Path) -> None:
    with closing(PoseSender(path)) as sender:
        outcome: list[bool] = []
        waiting = threading.Thread(target=lambda: outcome.append(sender.wait_for_agent(10, threading.Event())))
        waiting.start()
        with listening_agent(path) as inbox:
            waiting.join(10)
            assert outcome == [True]
            sender.close()
            inbox.wait_for(lambda got: got.states == ["starting"])


def test_waiting_for_the_agent_is_bounded_and_can_be_stopped(path: Path) -> None:
    stop = threading.Event()
    with closing(PoseSender(path)) as sender:
        assert not sender.wait_for_agent(0.01, stop)
        stop.set()
        begun_s = time.monotonic()
        assert not sender.wait_for_agent(60, stop)
        assert time.monotonic() - begun_s < patience_s(1)


@contextmanager
def busy_agent(path: Path) -> Iterator[socket.socket]:
    """Accepts in the kernel and reads nothing until the test does."""
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()
        listener.settimeout(10)
        yield listener


def fill(sender: PoseSender) -> int:
    """Send until something is dropped; return how many were accepted."""
    accepted = 0
    while sender.send(pose_frame(accepted)):
        accepted += 1
    return accepted


def read_all(connection: socket.socket) -> list[int]:
    """Sequences of all poses until the other end closes; a status counts as -1."""
    stream = connection.makefile("rb")
    found = []
    while header := stream.read(4):
        message = link._decoder.decode(stream.read(*struct.unpack(">I", header)))
        found.append(message.sequence if isinstance(message, PoseFrame) else -1)
    return found


def test_a_busy_agent_costs_poses_but_neither_time_nor_the_stream(path: Path) -> None:
    sender = PoseSender(path)
    with busy_agent(path) as listener:
        begun_s = time.monotonic()
        accepted = fill(sender)
        assert time.monotonic() - begun_s < 5
        assert sender.dropped == 1
        connection, _ = listener.accept()
        closer = threading.Thread(target=sender.close)
        closer.start()
        assert read_all(connection) == [-1, *range(accepted)]
        closer.join(10)


def test_a_film_of_which_every_frame_counts_waits_for_a_busy_agent(path: Path) -> None:
    sender = PoseSender(path)
    with busy_agent(path) as listener:
        accepted = fill(sender)
        connection, _ = listener.accept()
        found: list[int] = []
        reader = threading.Thread(target=lambda: found.extend(read_all(connection)))
        reader.start()
        assert sender.send(pose_frame(accepted), wait_s=10)
        sender.close()
        reader.join(10)
    assert found[-1] == accepted


def test_a_status_gets_through_to_a_busy_agent(path: Path) -> None:
    sender = PoseSender(path)
    with busy_agent(path) as listener:
        fill(sender)
        connection, _ = listener.accept()
        found: list[int] = []
        reader = threading.Thread(target=lambda: found.extend(read_all(connection)))
        reader.start()
        assert sender.send_status(LOST)
        sender.close()
        reader.join(10)
    assert found[-1] == -1


@pytest.mark.parametrize(
    ("rubbish", "words"),
    [
        (struct.pack(">I", MAX_MESSAGE_BYTES + 1), "at most"),
        (struct.pack(">I", 4) + b"\xc1\xc1\xc1\xc1", "MessagePack"),
        (struct.pack(">I", 1) + b"\x80", "missing"),
        (a_status(5), "unpack"),
        (a_status(["x"]), "unpack"),
        (a_status(["{a}", {"b": 1}]), "no phrase"),
        (a_status(["{a.b}", {"a": 1}]), "no phrase"),
    ],
    ids=["oversized", "no msgpack", "no record", "no parts", "too few parts", "other values", "no template"],
)
def test_rubbish_closes_its_connection_and_the_agent_goes_on(
    path: Path, caplog: pytest.LogCaptureFixture, rubbish: bytes, words: str
) -> None:
    with listening_agent(path) as inbox, connect(path) as bad:
        bad.settimeout(10)
        bad.sendall(rubbish)
        assert bad.recv(1) == b""
        with closing(PoseSender(path)) as sender:
            sent_to(inbox, sender, pose_frame(1))
    (line,) = (record.getMessage() for record in caplog.records if record.levelname == "WARNING")
    assert line.startswith("connection to vision closed: ")
    assert words in line


def test_the_agent_is_told_when_vision_goes_even_within_a_message(path: Path) -> None:
    with listening_agent(path) as inbox:
        with connect(path) as vision:
            vision.sendall(pack(RUNNING) + pack(pose_frame(1))[:50])
        inbox.wait_for(lambda got: got.disconnects == 1)
    assert inbox.messages == [RUNNING]


def test_a_restarted_vision_replaces_the_one_before_without_a_disconnect(path: Path) -> None:
    with listening_agent(path) as inbox, connect(path) as old:
        old.sendall(pack(LOST))
        inbox.wait_for(lambda got: got.messages == [LOST])
        with connect(path) as new:
            new.sendall(pack(RUNNING))
            inbox.wait_for(lambda got: got.messages == [LOST, RUNNING])
            old.settimeout(10)
            assert old.recv(1) == b""
            assert inbox.disconnects == 0


def test_the_agents_own_stop_is_no_disconnect_and_removes_the_socket(path: Path) -> None:
    with closing(PoseSender(path)) as sender, listening_agent(path) as inbox:
        sent_to(inbox, sender, pose_frame(1))
    assert inbox.disconnects == 0
    assert not path.exists()


def test_the_socket_is_for_the_owner_and_the_group(path: Path) -> None:
    with listening_agent(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_the_socket_of_a_killed_agent_is_replaced(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as killed:
        killed.bind(str(path))
    assert path.exists()
    with listening_agent(path) as inbox, closing(PoseSender(path)) as sender:
        sent_to(inbox, sender, pose_frame(1))


def test_a_second_agent_is_refused(path: Path) -> None:
    with listening_agent(path):
        assert refusal(path) == f"{path}: another agent listens there; stop it first"
        assert path.exists()


def test_something_else_at_the_sockets_place_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("precious")
    assert "is not a socket" in refusal(path)
    assert path.read_text() == "precious"


def test_a_place_that_cannot_hold_a_socket_is_refused_in_one_line(tmp_path: Path) -> None:
    told = refusal(tmp_path / ("a" * 120))
    assert "cannot listen for vision there" in told
    assert "\n" not in told


def test_the_link_loads_no_native_code_of_vision() -> None:
    text = "import sys, edge_agent.link; print(*sorted({'numpy', 'cv2', 'onnxruntime'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""
