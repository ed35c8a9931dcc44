"""Who owns a kiosk with a real journal: claimed once, and never without an owner again."""

import asyncio
from pathlib import Path

import pytest

from edge_agent.agent.kiosk import Kiosk
from edge_agent.errors import PermanentError
from edge_agent.interface.people import SignInError
from tests.people_parts import PHONE, PIN, claimed, tell


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


def test_of_two_who_claim_at_once_one_is_the_owner(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        code = kiosk.people.claim_code()
        assert code
        tries = [kiosk.people.claim(code, name, PIN) for name in ("Olga", "Eve")]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert sorted(type(one).__name__ for one in outcomes) == ["Person", "SignInError"]
        assert len(await kiosk.people.accounts()) == 1

    tell(tmp_path, story)


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


def test_two_owners_do_not_both_step_back_at_once(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        owners = [await kiosk.people.join(name, PIN, "owner") for name in ("Olga", "Otto")]
        tries = [kiosk.people.change_role(one.user_id, "member") for one in owners]
        await asyncio.gather(*tries, return_exceptions=True)
        assert kiosk.people.claimed

    tell(tmp_path, story)
