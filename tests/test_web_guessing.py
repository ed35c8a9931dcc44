"""Guessing at PINs and codes, by browser over the fake kiosk."""

import logging

import pytest

from tests.browsers import PHONE
from tests.fake_people import CLAIM, MAX_FAILURES, PIN
from tests.gate_parts import Place, sign_in, told


def test_guessing_pins_is_slowed_down_and_says_for_how_long() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            for guess in range(MAX_FAILURES):
                answer = await client.post("/api/session", json={"name": "Mia", "pin": f"{guess:04}"})
                assert answer.status_code == 403
            answer = await client.post("/api/session", json={"name": "Mia", "pin": PIN})
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")

    told(story)


@pytest.mark.parametrize(
    ("headers", "counted_for"),
    [
        ({}, "behind a proxy"),
        ({"x-forwarded-for": "192.168.1.77"}, "192.168.1.77"),
        ({"x-forwarded-for": "10.9.9.9, 192.168.1.77"}, "192.168.1.77"),
        ({"x-forwarded-for": "127.0.0.1"}, "behind a proxy"),
        ({"x-forwarded-for": "somebody"}, "behind a proxy"),
    ],
)
def test_who_guesses_through_a_proxy_does_not_pass_for_the_own_screen(
    headers: dict[str, str], counted_for: str
) -> None:
    async def story(place: Place) -> None:
        async with place.browser(("127.0.0.1", "kiosk.local")) as client:
            await client.post("/api/session", json={"name": "Mia", "pin": "0000"}, headers=headers)
            assert list(place.agent.people.failures) == [counted_for]

    told(story)


def test_what_a_phone_says_about_its_address_does_not_count() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            headers = {"x-forwarded-for": "10.9.9.9"}
            await client.post("/api/session", json={"name": "Mia", "pin": "0000"}, headers=headers)
            assert list(place.agent.people.failures) == [PHONE[0]]

    told(story)


def test_a_wrong_name_and_a_wrong_pin_get_the_same_answer() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            answers = [
                await client.post("/api/session", json={"name": name, "pin": "0000"}) for name in ("Mia", "Nobody")
            ]
            assert answers[0].content == answers[1].content

    told(story)


def test_the_claim_code_works_once() -> None:
    async def story(place: Place) -> None:
        place.agent.people.known.clear()
        claim = {"code": CLAIM, "name": "Olga", "pin": PIN}
        async with place.browser() as owner, place.browser() as late:
            assert (await owner.post("/api/claim", json=claim)).json()["person"]["role"] == "owner"
            assert (await late.post("/api/claim", json=claim | {"name": "Eve"})).status_code == 403

    told(story)


def test_no_secret_is_logged_or_stands_in_an_address(caplog: pytest.LogCaptureFixture) -> None:
    async def story(place: Place) -> None:
        caplog.set_level(logging.DEBUG)
        async with place.browser() as client:
            answer = await sign_in(client, remember=True)
            await client.post("/api/spot/pair", json={"code": "PAIR-1"})
            await client.get("/api/me", headers={"authorization": "Bearer token-noah"})
        ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("web", "edge")))
        for secret in (PIN, "PAIR-1", "token-noah", *client.cookies.values()):
            assert secret not in ours
            assert secret not in str(answer.url)

    told(story)
