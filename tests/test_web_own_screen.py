"""The kiosk's own screen: who stands there, and how long somebody stays signed in."""

import pytest

from edge_agent.config import MembersConfig
from tests.browsers import SCREEN
from tests.gate_parts import Place, sign_in, told, who


def test_the_own_screen_remembers_nobody() -> None:
    async def story(place: Place) -> None:
        async with place.browser(SCREEN) as screen:
            await sign_in(screen, remember=True)
            assert place.agent.people.remembered == {}

    told(story)


def test_a_sign_in_at_the_own_screen_ends_with_the_workout() -> None:
    async def story(place: Place) -> None:
        async with place.browser(SCREEN) as screen, place.browser() as phone:
            await sign_in(screen)
            await sign_in(phone)
            place.agent.change(last_session_id="done")
            assert (await who(screen), await who(phone)) == (None, "Mia")

    told(story)


@pytest.mark.parametrize(
    ("client", "host", "header", "own"),
    [
        ("127.0.0.1", "localhost:8080", None, True),
        ("127.0.0.1", "127.0.0.1", None, True),
        ("::1", "[::1]:8080", None, True),
        ("127.0.0.1", "kiosk.local:8080", None, False),
        ("192.168.1.77", "localhost", None, False),
        ("127.0.0.1", "localhost", "x-forwarded-for", False),
        ("127.0.0.1", "localhost", "forwarded", False),
        ("127.0.0.1", "localhost", "x-real-ip", False),
        ("127.0.0.1", "localhost.evil.local", None, False),
    ],
)
def test_only_this_machine_calling_itself_is_the_own_screen(
    client: str, host: str, header: str | None, own: bool
) -> None:
    async def story(place: Place) -> None:
        headers = {"host": host} | ({header: "192.168.1.77"} if header else {})
        async with place.browser((client, "localhost")) as asking:
            answer = await asking.get("/api/session", headers=headers)
            assert answer.json()["at_screen"] is own

    told(story)


def test_a_screen_of_ones_own_stays_signed_in_and_may_be_remembered() -> None:
    async def story(place: Place) -> None:
        now_s = 0.0
        place.gate.sign_ins._clock = lambda: now_s
        async with place.browser(SCREEN) as screen:
            await sign_in(screen, remember=True)
            place.agent.change(last_session_id="done")
            now_s = 300.0
            assert await who(screen) == "Mia"
            assert len(place.agent.people.remembered) == 1

    told(story, MembersConfig(own_screen="personal"))


def test_what_scripts_look_up_does_not_keep_the_own_screen_signed_in() -> None:
    async def story(place: Place) -> None:
        now_s = 0.0
        place.gate.sign_ins._clock = lambda: now_s
        async with place.browser(SCREEN) as screen:
            await sign_in(screen)
            for now_s in (40.0, 80.0):  # noqa: B007 - the clock reads it
                name = await who(screen)
            assert name is None

    told(story)


@pytest.mark.parametrize("path", ["/api/session/stay", "/api/live/finish"])
def test_a_touch_keeps_the_own_screen_signed_in(path: str) -> None:
    async def story(place: Place) -> None:
        now_s = 0.0
        place.gate.sign_ins._clock = lambda: now_s
        async with place.browser(SCREEN) as screen:
            await sign_in(screen)
            for now_s in (40.0, 80.0):  # noqa: B007 - the clock reads it
                await screen.post(path)
            assert await who(screen) == "Mia"

    told(story)
