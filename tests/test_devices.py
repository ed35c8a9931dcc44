"""Phones that stay signed in."""

from datetime import timedelta
from pathlib import Path

import pytest

from edge_agent.agent.kiosk import Kiosk
from edge_agent.agent.people import devices
from edge_agent.errors import PermanentError
from tests.people_parts import PIN, tell


async def phone_of(kiosk: Kiosk, name: str) -> tuple[str, str]:
    """Return a new member's id and the secret of their phone."""
    person = await kiosk.people.join(name, PIN)
    return person.user_id, await kiosk.people.remember(person.user_id, "Ann's phone\n")


async def following(kiosk: Kiosk, secret: str) -> str:
    recalled = await kiosk.people.recall(secret)
    assert recalled
    return recalled[1]


def test_a_secret_signs_in_once_and_brings_the_next(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        user_id, first = await phone_of(kiosk, "Ann")
        recalled = await kiosk.people.recall(first)
        assert recalled
        assert recalled[0].user_id == user_id
        assert recalled[1] != first
        assert await following(kiosk, recalled[1])

    tell(tmp_path, story)


def test_no_secret_is_kept(tmp_path: Path) -> None:
    secrets: list[str] = []

    async def story(kiosk: Kiosk) -> None:
        secrets.append((await phone_of(kiosk, "Ann"))[1])

    tell(tmp_path, story)
    assert secrets[0].split(".")[1].encode() not in (tmp_path / "journal").read_bytes()


def test_a_secret_whose_answer_was_lost_is_good_again(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        first = (await phone_of(kiosk, "Ann"))[1]
        given = [await following(kiosk, first) for _ in range(3)]
        assert await following(kiosk, given[0])

    tell(tmp_path, story)


def test_a_secret_that_was_replaced_long_ago_has_the_device_forgotten(tmp_path: Path) -> None:
    """Whoever shows it has stolen it, or was stolen from."""

    async def story(kiosk: Kiosk) -> None:
        user_id, first = await phone_of(kiosk, "Ann")
        third = await following(kiosk, await following(kiosk, first))
        assert await kiosk.people.recall(first) is None
        assert await kiosk.people.recall(third) is None
        assert await kiosk.people.devices(user_id) == ()

    tell(tmp_path, story)


@pytest.mark.parametrize("secret", ["", ".", "a.b", "x" * 500, "\ud800.\ud800"])
def test_what_is_no_secret_signs_nobody_in(tmp_path: Path, secret: str) -> None:
    async def story(kiosk: Kiosk) -> None:
        assert await kiosk.people.recall(secret) is None
        await kiosk.people.forget_holder(secret)

    tell(tmp_path, story)


def test_a_device_that_was_away_for_half_a_year_signs_in_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(kiosk: Kiosk) -> None:
        secret = (await phone_of(kiosk, "Ann"))[1]
        monkeypatch.setattr(devices, "_LASTS", timedelta(seconds=-1))
        assert await kiosk.people.recall(secret) is None

    tell(tmp_path, story)


def test_a_device_is_listed_and_forgotten_by_its_member_only(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        (ann, secret), (bob, _) = await phone_of(kiosk, "Ann"), await phone_of(kiosk, "Bob")
        (device,) = await kiosk.people.devices(ann)
        assert device.name == "Ann's phone"
        with pytest.raises(PermanentError):
            await kiosk.people.forget(bob, device.device_id)
        await kiosk.people.forget(ann, device.device_id)
        assert await kiosk.people.recall(secret) is None

    tell(tmp_path, story)


def test_a_browser_that_signs_out_is_forgotten(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        user_id, secret = await phone_of(kiosk, "Ann")
        await kiosk.people.forget_holder(secret)
        assert await kiosk.people.devices(user_id) == ()

    tell(tmp_path, story)


def test_the_device_unused_for_longest_makes_room(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        user_id, first = await phone_of(kiosk, "Ann")
        for _ in range(20):
            await kiosk.people.remember(user_id, "another")
        assert len(await kiosk.people.devices(user_id)) == 20
        assert await kiosk.people.recall(first) is None

    tell(tmp_path, story)
