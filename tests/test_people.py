"""Members at a kiosk with a real journal."""

from pathlib import Path

import pytest

from edge_agent.agent.kiosk import Kiosk
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Profile, ProfileChange, SignInError
from tests.people_parts import PHONE, PIN, claimed, do_squats, tell
from tests.sync_parts import unpacked


def test_a_coach_is_told_who_shares(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        carl, ann = await kiosk.people.join("Carl", PIN, "coach"), await kiosk.people.join("Ann", PIN)
        assert await kiosk.people.sharing_with(carl.user_id) == ()
        await kiosk.people.change_profile(ann.user_id, ProfileChange(coaches={carl.user_id: True}))
        assert await kiosk.people.sharing_with(carl.user_id) == (ann,)
        with pytest.raises(PermanentError, match="no coach of this gym"):
            await kiosk.people.change_profile(ann.user_id, ProfileChange(coaches={ann.user_id: True}))

    tell(tmp_path, story)


def test_neither_role_nor_pin_goes_to_the_cloud(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        olga = await claimed(kiosk)
        (change,) = map(unpacked, await kiosk._journal.pending(9))
        assert change.doc is not None
        assert set(change.doc) == {"user_id", "name", "created_at", "profile"}
        assert change.key == olga.user_id

    tell(tmp_path, story)


def test_a_member_of_another_kiosk_is_known_without_a_pin(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk._writer.put("member", "u7", {"user_id": "u7", "name": "Ann", "profile": {"units": 5, "new": 1}})
        account = await kiosk.people.account("u7")
        assert (account.name, account.role, account.has_pin, account.profile) == ("Ann", "member", False, Profile())
        with pytest.raises(SignInError):
            await kiosk.people.sign_in("Ann", PIN, PHONE)
        await kiosk.people.set_pin("Ann", await kiosk.people.reset_code("u7"), PIN, PHONE)
        assert (await kiosk.people.sign_in("Ann", PIN, PHONE)).user_id == "u7"

    tell(tmp_path, story)


def test_an_unnamed_workout_becomes_that_of_who_says_to_train(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        do_squats(kiosk, 3)
        await kiosk.people.pair(kiosk.people.pairing_code(), ann.user_id, PHONE)
        assert kiosk.live().trainee == "Ann"
        session = await kiosk.finish_session()
        assert session
        assert (session.user_id, session.user_name, session.reps) == (ann.user_id, "Ann", 3)
        assert kiosk.people.trainee() is None

    tell(tmp_path, story)


def test_when_somebody_else_trains_the_workout_before_is_saved(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann, bob = await kiosk.people.join("Ann", PIN), await kiosk.people.join("Bob", PIN)
        await kiosk.people.train(ann.user_id)
        do_squats(kiosk, 3)
        await kiosk.people.train(bob.user_id)
        assert kiosk.live().session_id is None
        await kiosk.saver.drain()
        assert [one.reps for one in (await kiosk.sessions(ann.user_id, 9, None)).sessions] == [3]
        assert kiosk.live().trainee == "Bob"

    tell(tmp_path, story)


def test_a_wrong_pairing_code_is_refused(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        kiosk.people.pairing_code()
        with pytest.raises(SignInError):
            await kiosk.people.pair("AAAA-AAAA", ann.user_id, PHONE)
        assert kiosk.people.trainee() is None

    tell(tmp_path, story)


def test_nothing_is_kept_of_who_wants_no_history(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        await kiosk.people.change_profile(ann.user_id, ProfileChange(keeps_history=False))
        do_squats(kiosk, 3)
        await kiosk.keep_running()
        await kiosk.people.train(ann.user_id)
        assert not kiosk.live().kept
        assert await kiosk.finish_session() is None
        assert await kiosk._journal.left_running() == []
        assert (await kiosk.sessions(None, 9, None)).sessions == ()

    tell(tmp_path, story)
