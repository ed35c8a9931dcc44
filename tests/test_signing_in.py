"""Names, PINs and reset codes at a kiosk with a real journal."""

import asyncio
import time
from pathlib import Path

import pytest

from edge_agent.agent.kiosk import Kiosk
from edge_agent.errors import PermanentError
from edge_agent.interface.people import SignInError
from edge_agent.members.lockout import FREE_TRIES, LONGEST_WAIT_KNOWN_S, signed_in_as
from edge_agent.members.pins import Pins
from tests.people_parts import PHONE, PIN, STRANGER, tell


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Ann  Ärzte", "  ANN ÄRZTE "), ("José Müller-Søn", "JOSE MULLER-SON"), ("Łucja Weiß", "Lucja Weiss")],
)
def test_names_are_found_however_they_are_written(tmp_path: Path, name: str, typed: str) -> None:
    async def story(kiosk: Kiosk) -> None:
        member = await kiosk.people.join(name, PIN)
        assert await kiosk.people.sign_in(typed, PIN, PHONE) == member

    tell(tmp_path, story)


def test_a_name_that_differs_in_an_accent_only_is_taken(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("José", PIN)
        with pytest.raises(PermanentError, match="'Jose' is taken"):
            await kiosk.people.join("Jose", PIN)

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


def test_guesses_made_at_once_count_as_those_made_one_by_one(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Ann", PIN)
        guesses = [kiosk.people.sign_in("Ann", f"82{number}", STRANGER) for number in range(10, 40)]
        outcomes = await asyncio.gather(*guesses, return_exceptions=True)
        assert all(isinstance(one, SignInError) for one in outcomes)
        assert sum(str(one) == "name or PIN is wrong" for one in outcomes) == 5

    tell(tmp_path, story)


def test_a_changed_pin_forgets_all_devices(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        secret = await kiosk.people.remember(ann.user_id, "phone")
        await kiosk.people.change_pin(ann.user_id, PIN, "8253", PHONE)
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


def test_who_is_signed_in_changes_the_pin_while_others_guess_at_it(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        for number in range(60):
            kiosk.people._signing_in.desk.lockout.failed("ann", f"10.0.0.{number}", time.monotonic())
        await kiosk.people.change_pin(ann.user_id, PIN, "8253", PHONE)
        for number in range(60):
            kiosk.people._signing_in.desk.lockout.failed("ann", f"10.0.0.{number}", time.monotonic())
        assert await kiosk.people.sign_in("Ann", "8253", PHONE) == ann

    tell(tmp_path, story)


def test_a_phone_is_known_under_its_owners_new_name_too(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        await kiosk.people.sign_in("Ann", PIN, PHONE)
        await kiosk.people.rename(ann.user_id, "Änne")
        for number in range(60):
            kiosk.people._signing_in.desk.lockout.failed("anne", f"10.0.0.{number}", time.monotonic())
        assert (await kiosk.people.sign_in("Änne", PIN, PHONE)).user_id == ann.user_id

    tell(tmp_path, story)


def test_who_tries_old_pins_when_signed_in_waits_as_a_stranger_does(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        for _ in range(12):
            kiosk.people._signing_in.desk.lockout.failed("ann", signed_in_as(ann.user_id), time.monotonic())
        with pytest.raises(SignInError) as caught:
            await kiosk.people.change_pin(ann.user_id, PIN, "8253", PHONE)
        assert (caught.value.retry_after_s or 0) > LONGEST_WAIT_KNOWN_S

    tell(tmp_path, story)


def test_another_members_pin_confirms_nothing(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        await kiosk.people.join("Bob", "8253")
        # Two kiosks may have given one name to two people before their members came down to each other.
        rename = kiosk.people._directory.writer.revise
        await rename("member", ann.user_id, lambda doc: doc | {"name": "Bob"})
        await kiosk.people.confirm(ann.user_id, PIN)
        with pytest.raises(SignInError):
            await kiosk.people.confirm(ann.user_id, "8253")

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


async def guess_at_ann(kiosk: Kiosk) -> None:
    """Guess once after a dozen guesses, in whose wake a minute or more must pass."""
    for _ in range(12):
        kiosk.people._signing_in.desk.lockout.failed("ann", STRANGER, time.monotonic())
    with pytest.raises(SignInError):
        await kiosk.people.sign_in("Ann", PIN, STRANGER)


def test_who_guesses_waits_on_after_a_restart_and_whom_they_guess_at_need_not(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Ann", PIN)
        await kiosk.people.sign_in("Ann", PIN, PHONE)
        await guess_at_ann(kiosk)

    async def later(kiosk: Kiosk) -> None:
        with pytest.raises(SignInError) as caught:
            await kiosk.people.sign_in("Ann", PIN, STRANGER)
        assert caught.value.retry_after_s
        assert (await kiosk.people.sign_in("Ann", PIN, PHONE)).name == "Ann"

    tell(tmp_path, story)
    tell(tmp_path, later)


def test_a_new_pin_ends_the_wait_also_when_it_is_the_first_after_a_restart(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Ann", PIN)
        await guess_at_ann(kiosk)

    async def later(kiosk: Kiosk) -> None:
        (ann,) = await kiosk.people.accounts()
        code = await kiosk.people.reset_code(ann.user_id)
        await kiosk.people.set_pin("Ann", code, "9517", PHONE)
        assert (await kiosk.people.sign_in("Ann", "9517", STRANGER)).name == "Ann"

    tell(tmp_path, story)
    tell(tmp_path, later)


def test_wrong_codes_write_over_no_wrong_pins(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Ann", PIN)
        await guess_at_ann(kiosk)

    async def codes(kiosk: Kiosk) -> None:
        for _ in range(FREE_TRIES):
            with pytest.raises(SignInError):
                await kiosk.people.set_pin("Ann", "WRONG", "9517", PHONE)

    async def later(kiosk: Kiosk) -> None:
        with pytest.raises(SignInError, match="too many wrong tries"):
            await kiosk.people.sign_in("Ann", PIN, STRANGER)

    for one in (story, codes, later):
        tell(tmp_path, one)


def test_guesses_are_written_at_once_and_then_now_and_then(tmp_path: Path) -> None:
    async def written(kiosk: Kiosk) -> int:
        tries = await kiosk.people._directory.ask(lambda accounts: accounts.tries())
        return max((count for _, _, count, _ in tries.standing.failures), default=0)

    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Ann", PIN)
        assert await written(kiosk) == 0
        await guess_at_ann(kiosk)
        assert await written(kiosk) == 12
        await guess_at_ann(kiosk)
        assert await written(kiosk) == 12

    tell(tmp_path, story)


def test_nothing_is_written_of_a_member_who_has_left(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        await guess_at_ann(kiosk)
        await kiosk.people.leave(ann.user_id)
        tries = await kiosk.people._directory.ask(lambda accounts: accounts.tries())
        assert "ann" not in str(tries)

    tell(tmp_path, story)
