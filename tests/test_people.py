"""Members at a kiosk with a real journal."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from edge_agent.agent.kiosk import Kiosk
from edge_agent.config import Config, MembersConfig
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Person, Profile, ProfileChange, SignInError
from edge_agent.members.pins import Pins
from edge_agent.records import Session
from tests.people_parts import PHONE, PIN, STRANGER, do_squats, tell
from tests.sync_parts import unpacked


async def claimed(kiosk: Kiosk) -> Person:
    code = kiosk.people.claim_code()
    assert code
    return await kiosk.people.claim(code, "Olga", PIN)


# Claiming


def test_the_first_owner_claims_the_kiosk_with_the_code_on_its_screen(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        assert not kiosk.people.claimed
        owner = await claimed(kiosk)
        assert (owner.name, owner.role) == ("Olga", "owner")
        assert kiosk.people.claimed
        assert kiosk.people.claim_code() is None

    tell(tmp_path, story)


def test_a_kiosk_stays_claimed_when_it_starts_again(tmp_path: Path) -> None:
    async def claim(kiosk: Kiosk) -> None:
        await claimed(kiosk)

    async def look(kiosk: Kiosk) -> None:
        assert kiosk.people.claimed
        assert (await kiosk.people.sign_in("olga", PIN, PHONE)).role == "owner"

    tell(tmp_path, claim)
    tell(tmp_path, look)


def test_a_wrong_claim_code_claims_nothing(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        with pytest.raises(SignInError):
            await kiosk.people.claim("AAAA-AAAA", "Eve", PIN)
        assert not kiosk.people.claimed

    tell(tmp_path, story)


def test_a_claimed_kiosk_can_not_be_claimed_again(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        code = kiosk.people.claim_code()
        assert code
        await kiosk.people.claim(code, "Olga", PIN)
        with pytest.raises(SignInError):
            await kiosk.people.claim(code, "Eve", PIN)

    tell(tmp_path, story)


# Signing in


def test_names_are_found_however_they_are_written(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann  Ärzte", PIN)
        assert await kiosk.people.sign_in("  ANN ÄRZTE ", PIN, PHONE) == ann

    tell(tmp_path, story)


def test_an_unknown_name_and_a_wrong_pin_are_told_alike(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Ann", PIN)
        words = []
        for name, pin in (("Ann", "9172"), ("Eve", PIN)):
            with pytest.raises(SignInError) as caught:
                await kiosk.people.sign_in(name, pin, PHONE)
            words.append((str(caught.value), caught.value.retry_after_s))
        assert words[0] == words[1]

    tell(tmp_path, story)


def test_who_guesses_must_wait_and_whom_they_guess_at_need_not(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        await kiosk.people.sign_in("Ann", PIN, PHONE)
        for _ in range(5):
            with pytest.raises(SignInError):
                await kiosk.people.sign_in("Ann", "9172", STRANGER)
        with pytest.raises(SignInError) as caught:
            await kiosk.people.sign_in("Ann", PIN, STRANGER)
        assert caught.value.retry_after_s
        assert await kiosk.people.sign_in("Ann", PIN, PHONE) == ann

    tell(tmp_path, story)


def test_a_simple_pin_and_a_name_that_is_taken_are_refused(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Ann", PIN)
        for name, pin in (("Bob", "1234"), ("ANN", PIN), ("Guest", PIN), (" ", PIN)):
            with pytest.raises(PermanentError):
                await kiosk.people.join(name, pin)

    tell(tmp_path, story)


def test_a_changed_pin_forgets_all_devices(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        secret = await kiosk.people.remember(ann.user_id, "phone")
        await kiosk.people.change_pin(ann.user_id, PIN, "8253")
        assert await kiosk.people.recall(secret) is None
        with pytest.raises(SignInError):
            await kiosk.people.sign_in("Ann", PIN, PHONE)
        await kiosk.people.sign_in("Ann", "8253", PHONE)

    tell(tmp_path, story)


def test_a_reset_code_sets_a_new_pin_once(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        code = await kiosk.people.reset_code(ann.user_id)
        assert await kiosk.people.set_pin("ann", code.lower(), "8253", PHONE) == ann
        with pytest.raises(SignInError):
            await kiosk.people.set_pin("ann", code, "9172", PHONE)
        assert await kiosk.people.sign_in("Ann", "8253", PHONE) == ann

    tell(tmp_path, story)


# Members


def test_the_last_owner_stays_the_owner(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        olga, ann = await claimed(kiosk), await kiosk.people.join("Ann", PIN)
        with pytest.raises(PermanentError):
            await kiosk.people.change_role(olga.user_id, "member")
        with pytest.raises(PermanentError):
            await kiosk.people.leave(olga.user_id)
        await kiosk.people.change_role(ann.user_id, "owner")
        assert (await kiosk.people.change_role(olga.user_id, "member")).role == "member"

    tell(tmp_path, story)


def test_a_coach_is_told_who_shares(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        carl, ann = await kiosk.people.join("Carl", PIN, "coach"), await kiosk.people.join("Ann", PIN)
        assert await kiosk.people.sharing_with(carl.user_id) == ()
        await kiosk.people.change_profile(ann.user_id, ProfileChange(coaches={carl.user_id: True}))
        assert await kiosk.people.sharing_with(carl.user_id) == (ann,)
        with pytest.raises(PermanentError):
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


# At the spot


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


# Leaving


def test_nothing_of_a_member_who_leaves_stays(tmp_path: Path) -> None:
    kept: list[Session] = []

    async def story(kiosk: Kiosk) -> None:
        await claimed(kiosk)
        ann = await kiosk.people.join("Ann", PIN)
        secret = await kiosk.people.remember(ann.user_id, "phone")
        for start_s in (0.0, 100.0):
            await kiosk.people.train(ann.user_id)
            do_squats(kiosk, 3, start_s)
            if start_s == 0:
                kept.append(msgspec.convert(await kiosk.finish_session(), Session))
        await kiosk.keep_running()
        departure = await kiosk.people.leave(ann.user_id)
        assert departure.deleted == {"session": 1, "member": 1}
        assert kiosk.people.trainee() is None
        assert await kiosk.people.recall(secret) is None
        with pytest.raises(SignInError):
            await kiosk.people.sign_in("Ann", PIN, PHONE)
        assert (await kiosk.people.departure(departure.code)).state == "deleted_here"

    tell(tmp_path, story)
    assert list((tmp_path / "sessions").glob("**/*.json")) == []

    async def look(kiosk: Kiosk) -> None:
        assert (await kiosk.sessions(None, 9, None)).sessions == ()
        assert [one.name for one in await kiosk.people.accounts()] == ["Olga"]

    tell(tmp_path, look)


# At once


def test_of_two_who_claim_at_once_one_is_the_owner(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        code = kiosk.people.claim_code()
        assert code
        tries = [kiosk.people.claim(code, name, PIN) for name in ("Olga", "Eve")]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert sorted(type(one).__name__ for one in outcomes) == ["Person", "SignInError"]
        assert len(await kiosk.people.accounts()) == 1

    tell(tmp_path, story)


def test_of_two_who_take_one_name_at_once_one_has_it(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        tries = [kiosk.people.join(name, PIN) for name in ("Ann", "ANN")]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert sorted(type(one).__name__ for one in outcomes) == ["PermanentError", "Person"]

    tell(tmp_path, story)


def test_two_owners_do_not_both_step_back_at_once(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        owners = [await kiosk.people.join(name, PIN, "owner") for name in ("Olga", "Otto")]
        tries = [kiosk.people.change_role(one.user_id, "member") for one in owners]
        await asyncio.gather(*tries, return_exceptions=True)
        assert kiosk.people.claimed

    tell(tmp_path, story)


def test_guesses_made_at_once_count_as_those_made_one_by_one(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Ann", PIN)
        guesses = [kiosk.people.sign_in("Ann", f"82{number}", STRANGER) for number in range(10, 40)]
        outcomes = await asyncio.gather(*guesses, return_exceptions=True)
        assert all(isinstance(one, SignInError) for one in outcomes)
        assert sum(str(one) == "name or PIN is wrong" for one in outcomes) == 5

    tell(tmp_path, story)


def test_a_hash_with_old_parameters_is_made_anew_at_sign_in(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        old = Pins(memory_kib=128, passes=2).hash(PIN)
        await kiosk.people._directory.change_access(ann.user_id, pin_hash=old)
        await kiosk.people.sign_in("Ann", PIN, PHONE)
        kept = (await kiosk.people._directory.access(ann.user_id)).pin_hash
        assert kept
        assert kept.startswith("$argon2id$v=19$m=64,t=1")
        await kiosk.people.sign_in("Ann", PIN, PHONE)

    tell(tmp_path, story)


def test_the_address_where_somebody_joined_is_known(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join_here(kiosk.people.pairing_code(), "Ann", PIN, PHONE)
        for _ in range(25):
            with pytest.raises(SignInError):
                await kiosk.people.sign_in("Ann", "9172", STRANGER)
        assert await kiosk.people.sign_in("Ann", PIN, PHONE) == ann

    tell(tmp_path, story)


def test_only_the_owner_makes_members_where_the_settings_say_so(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        with pytest.raises(PermanentError, match="owner"):
            await kiosk.people.join_here(kiosk.people.pairing_code(), "Ann", PIN, PHONE)

    tell(tmp_path, story, Config(members=MembersConfig(may_join=False)))
