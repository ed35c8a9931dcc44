"""Who trains at the spot, and for how long."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from edge_agent import service
from edge_agent.agent import spot
from edge_agent.agent.kiosk import Kiosk
from edge_agent.config import Config, SessionConfig
from edge_agent.errors import PermanentError
from edge_agent.interface.people import ProfileChange
from edge_agent.records import PoseFrame
from tests.people_parts import PIN, do_squats, tell
from tests.test_recovering import kept, left


async def ann_trains(kiosk: Kiosk, **profile: object) -> str:
    ann = await kiosk.people.join("Ann", PIN)
    await kiosk.people.change_profile(ann.user_id, msgspec.convert(profile, ProfileChange))
    await kiosk.people.train(ann.user_id)
    return ann.user_id


def test_a_trainee_who_does_nothing_is_none_after_some_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(kiosk: Kiosk) -> None:
        await ann_trains(kiosk)
        kiosk._spot.see()
        assert kiosk.live().trainee == "Ann"
        monkeypatch.setattr(spot, "_WAITS_FOR_TRAINEE_S", 0.0)
        kiosk._spot.see()
        assert kiosk.live().trainee == ""

    tell(tmp_path, story)


def test_whoever_is_seen_stays_the_trainee(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(kiosk: Kiosk) -> None:
        await ann_trains(kiosk)
        do_squats(kiosk, 1)
        monkeypatch.setattr(spot, "_WAITS_FOR_TRAINEE_S", 0.0)
        kiosk._spot.see()
        assert kiosk.live().trainee == "Ann"

    tell(tmp_path, story)


def test_a_workout_that_ends_by_itself_ends_the_trainees_time(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await ann_trains(kiosk)
        do_squats(kiosk, 3)
        for second in range(5):
            kiosk.receive(PoseFrame(sequence=second, time_s=100.0 + second, width=640, height=480))
        assert kiosk.live().session_id is None
        assert kiosk.people.trainee() is None

    tell(tmp_path, story, Config(session=SessionConfig(session_end_after_s=1)))


def test_energy_is_counted_with_the_trainees_weight(tmp_path: Path) -> None:
    async def kcal(kiosk: Kiosk, **profile: object) -> float:
        await ann_trains(kiosk, **profile)
        do_squats(kiosk, 3)
        session = await kiosk.finish_session()
        assert session
        return session.calories_kcal or 0.0

    async def light(kiosk: Kiosk) -> None:
        found.append(await kcal(kiosk))

    async def heavy(kiosk: Kiosk) -> None:
        found.append(await kcal(kiosk, body_weight_kg=150))

    found: list[float] = []
    tell(tmp_path / "light", light)
    tell(tmp_path / "heavy", heavy)
    assert found[1] == pytest.approx(2 * found[0], rel=0.05)


def test_nobody_unknown_trains(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        with pytest.raises(PermanentError):
            await kiosk.people.train("nobody")

    tell(tmp_path, story)


def test_who_stops_training_has_their_workout_saved(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await ann_trains(kiosk)
        do_squats(kiosk, 3)
        await kiosk.people.train(None)
        assert (kiosk.live().session_id, kiosk.live().trainee) == (None, "")
        await kiosk.saver.drain()
        assert [one.reps for one in (await kiosk.sessions(ann, 9, None)).sessions] == [3]

    tell(tmp_path, story)


def test_consent_given_while_training_is_heard(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await ann_trains(kiosk, keeps_history=False)
        do_squats(kiosk, 3)
        assert not kiosk.live().kept
        await kiosk.people.change_profile(ann, ProfileChange(keeps_history=True))
        assert kiosk.live().kept
        assert await kiosk.finish_session()

    tell(tmp_path, story)


def test_a_trainee_is_one_again_when_their_workout_goes_on(tmp_path: Path) -> None:
    async def join(kiosk: Kiosk) -> None:
        running = msgspec.structs.replace(left("s1"), user_id=(await kiosk.people.join("Ann", PIN)).user_id)
        await kiosk._journal.keep_running(running, kept(seconds_ago=5))

    async def look(kiosk: Kiosk) -> None:
        assert (kiosk.live().session_id, kiosk.live().trainee) == ("s1", "Ann")

    tell(tmp_path, join)
    tell(tmp_path, look)


def test_after_another_boot_nobody_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def join(kiosk: Kiosk) -> None:
        running = msgspec.structs.replace(left("s1"), user_id=(await kiosk.people.join("Ann", PIN)).user_id)
        await kiosk._journal.keep_running(running, kept(seconds_ago=5))

    async def look(kiosk: Kiosk) -> None:
        assert (kiosk.live().session_id, kiosk.live().trainee) == (None, "")

    tell(tmp_path, join)
    monkeypatch.setattr(service, "boot_id", lambda: "another")
    tell(tmp_path, look)


def test_an_unnamed_workout_that_nobody_shall_keep_is_dropped_where_it_was_kept(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        do_squats(kiosk, 3)
        await kiosk.keep_running()
        assert len(await kiosk._journal.left_running()) == 1
        await ann_trains(kiosk, keeps_history=False)
        await kiosk.keep_running()
        assert await kiosk._journal.left_running() == []

    tell(tmp_path, story)


def test_a_change_of_trainee_is_told_to_who_watches(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        async with kiosk.watch() as news:
            assert (await anext(news)).trainee == ""  # type: ignore[union-attr]
            await ann_trains(kiosk)
            async with asyncio.timeout(30):
                assert (await anext(news)).trainee == "Ann"  # type: ignore[union-attr]

    tell(tmp_path, story)
