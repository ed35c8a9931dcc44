"""The agent put together, with a real journal on a disk that can be made to fail."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from edge_agent import link, service
from edge_agent.agent.kiosk import Kiosk
from edge_agent.agent.role import run_agent
from edge_agent.config import Config, SessionConfig, WebConfig
from edge_agent.errors import TemporaryError
from edge_agent.journal.tables import Journal
from edge_agent.link import PoseSender
from edge_agent.phrase import Phrase
from edge_agent.records import PoseFrame, Session, Sight, VisionStatus
from tests import skeletons
from tests.journal_parts import make_session
from tests.ports import free_port

Companion = Callable[[Kiosk], Awaitable[None]]


def squats(count: int) -> list[PoseFrame]:
    return skeletons.performed("squat", [*skeletons.held(0.0, 1), *skeletons.reps(count), *skeletons.held(0.0, 1)])


def run(folder: Path, companion: Companion) -> None:
    """Run the agent in `folder` until the companion has had its say."""

    async def play() -> None:
        stop = asyncio.Event()

        async def accompany(kiosk: Kiosk) -> None:
            async with asyncio.timeout(20):
                await companion(kiosk)
            stop.set()

        config = Config(
            session=SessionConfig(session_end_after_s=600), web=WebConfig(host="127.0.0.1", port=free_port())
        )
        await run_agent(config, folder, folder / "run" / "vision.sock", stop, (accompany,))

    asyncio.run(play())


async def feed(kiosk: Kiosk, count: int) -> None:
    for frame in squats(count):
        kiosk.receive(frame)


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
        await asyncio.sleep(0.01)


def saved_in(folder: Path) -> list[Session]:
    with Journal.open(folder) as journal:
        return list(journal.sessions(None, 10).sessions)


def test_a_running_session_is_saved_when_the_agent_stops(tmp_path: Path) -> None:
    run(tmp_path, lambda kiosk: feed(kiosk, 3))
    (session,) = saved_in(tmp_path)
    assert (session.reps, session.interrupted) == (3, True)


def test_a_running_session_is_saved_when_a_part_fails(tmp_path: Path) -> None:
    async def fail(kiosk: Kiosk) -> None:
        await feed(kiosk, 3)
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup):
        run(tmp_path, fail)
    assert [session.reps for session in saved_in(tmp_path)] == [3]


def test_a_session_left_behind_by_a_kill_is_saved_as_interrupted(tmp_path: Path) -> None:
    async def leave_behind(kiosk: Kiosk) -> None:
        await feed(kiosk, 3)
        await kiosk.keep_running()
        raise ZeroDivisionError

    async def die(_kiosk: Kiosk) -> None: ...

    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(Kiosk, "close", die)
        with pytest.raises(ExceptionGroup):
            run(tmp_path, leave_behind)
    assert saved_in(tmp_path) == []

    async def wait(kiosk: Kiosk) -> None:
        await until(lambda: kiosk.live().last_session_id is not None)

    with pytest.MonkeyPatch.context() as booted:
        booted.setattr(service, "boot_id", lambda: "another boot")
        run(tmp_path, wait)
    (session,) = saved_in(tmp_path)
    assert (session.reps, session.interrupted) == (3, True)


def test_a_full_disk_does_not_keep_the_agent_from_starting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal.open(tmp_path) as journal:
        journal.keep_running(make_session())
    full = [True]
    save = Journal.save_session

    def save_if_there_is_room(self: Journal, session: Session, rev: str, saved_at: str) -> Path:
        if full:
            raise TemporaryError("the disk is full")
        return save(self, session, rev, saved_at)

    monkeypatch.setattr(Journal, "save_session", save_if_there_is_room)
    monkeypatch.setattr("edge_agent.agent.saving._PAUSES_S", (0.01,))

    async def make_room(kiosk: Kiosk) -> None:
        await until(lambda: "the disk is full" in kiosk.live().trouble)
        full.clear()
        await until(lambda: kiosk.live().last_session_id is not None)

    run(tmp_path, make_room)
    assert [one.session_id for one in saved_in(tmp_path)] == [make_session().session_id]


def test_finishing_returns_the_session_once_it_is_saved(tmp_path: Path) -> None:
    async def finish(kiosk: Kiosk) -> None:
        await feed(kiosk, 3)
        session = await kiosk.finish_session()
        assert session
        assert (await kiosk.session(session.session_id)).reps == 3
        assert (await kiosk.whereabouts(session.session_id)).state == "saved"

    run(tmp_path, finish)


def test_a_set_is_kept_as_soon_as_it_ends(tmp_path: Path) -> None:
    async def end_set(kiosk: Kiosk) -> None:
        await feed(kiosk, 3)
        await kiosk.keep_running()
        await kiosk.choose_exercise("push_up")
        async with asyncio.timeout(10):
            while (await kiosk._journal.left_running())[0].session.exercises[0].sets[0].interrupted:  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.01)

    run(tmp_path, end_set)


def test_vision_is_heard_through_the_socket_and_missed_when_it_leaves(tmp_path: Path) -> None:
    async def watch(kiosk: Kiosk) -> None:
        sender = PoseSender(tmp_path / "run" / "vision.sock")
        await asyncio.to_thread(sender.send_status, VisionStatus(state="running", detail=Phrase("camera")))
        await until(lambda: kiosk.live().vision == "running")
        await asyncio.to_thread(sender.close)
        await until(lambda: kiosk.live().vision == "lost")

    run(tmp_path, watch)


def test_a_mistake_in_counting_ends_the_program_instead_of_hiding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(kiosk: Kiosk) -> None:
        def stumble(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(kiosk._training, "see", stumble)
        sender = PoseSender(tmp_path / "run" / "vision.sock")
        await asyncio.to_thread(sender.wait_for_agent, 5.0, threading.Event())
        await asyncio.to_thread(sender.send, squats(1)[0])
        await asyncio.sleep(10)

    with pytest.raises(ExceptionGroup) as caught:
        run(tmp_path, send)
    assert caught.group_contains(ZeroDivisionError)


def test_a_pose_with_too_few_landmarks_is_no_pose() -> None:
    frame = squats(1)[0]
    assert frame.pose
    short = type(frame.pose)(image=frame.pose.image[:17], world=frame.pose.world)
    packed = link.pack(PoseFrame(sequence=0, time_s=0, width=4, height=3, pose=short))
    with pytest.raises(msgspec.ValidationError, match="length"):
        link._decoder.decode(packed[4:])


def test_advice_is_given_before_a_set_and_not_within(tmp_path: Path) -> None:
    given: list[tuple[str, str]] = []
    sights: dict[str, Sight | None] = {}

    async def watch(kiosk: Kiosk) -> None:
        await kiosk.choose_exercise("jumping_jack")
        frames = skeletons.performed("squat", skeletons.held(0.0, 3), yaw_deg=90)
        jacks = skeletons.performed(
            "jumping_jack", [*skeletons.held(0, 2), *skeletons.reps(4, seconds=1.2)], start_s=3.0
        )
        for frame in [*frames, *jacks]:
            kiosk.receive(frame)
            state = kiosk.live()
            if not given or given[-1] != (state.phase, state.advice):
                given.append((state.phase, state.advice))
            sights[state.phase] = state.sight

    run(tmp_path, watch)
    assert ("ready", "turn_front") in given
    assert [advice for phase, advice in given if phase == "set"] == [""]
    assert sights["set"] is None
    assert sights["ready"]
    assert sights["ready"].view == "front"
