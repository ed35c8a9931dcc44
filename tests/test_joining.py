"""How members come to a kiosk with a real journal."""

import asyncio
from pathlib import Path

import pytest

from edge_agent.agent.kiosk import Kiosk
from edge_agent.config import Config, MembersConfig
from edge_agent.errors import PermanentError
from edge_agent.interface.people import SignInError
from tests.people_parts import PHONE, PIN, STRANGER, tell


def test_a_simple_pin_and_a_name_that_is_taken_are_refused(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Ann", PIN)
        for name, pin in (("Bob", "1234"), ("ANN", PIN), ("Guest", PIN), (" ", PIN)):
            with pytest.raises(PermanentError):
                await kiosk.people.join(name, pin)

    tell(tmp_path, story)


def test_of_two_who_take_one_name_at_once_one_has_it(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        tries = [kiosk.people.join(name, PIN) for name in ("Ann", "ANN")]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert sorted(type(one).__name__ for one in outcomes) == ["PermanentError", "Person"]

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
