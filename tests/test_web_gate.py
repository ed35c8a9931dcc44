"""Signing in and out by browser, over the fake kiosk: ids, cookies, tokens, remembered devices, guessing."""

import asyncio
import logging

import httpx
import pytest

from tests.browsers import PHONE
from tests.fake_people import CLAIM, MAX_FAILURES, PIN
from tests.gate_parts import Place, sign_in, told, who

# The id of a sign-in


def test_an_id_planted_before_is_worth_nothing_after_signing_in() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as victim, place.browser() as thief:
            for client in (victim, thief):
                client.cookies.set("edge_session", "planted", domain="kiosk.local")
            await sign_in(victim)
            assert victim.cookies["edge_session"] != "planted"
            assert (await who(victim), await who(thief)) == ("Mia", None)

    told(story)


def test_each_sign_in_has_a_new_id_and_ends_the_one_before() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client, place.browser() as thief:
            await sign_in(client)
            first = client.cookies["edge_session"]
            await sign_in(client, "Noah")
            thief.cookies.set("edge_session", first)
            assert client.cookies["edge_session"] != first
            assert await who(thief) is None

    told(story)


def test_signing_out_ends_the_id_on_the_kiosk_too() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client, place.browser() as thief:
            await sign_in(client)
            thief.cookies.set("edge_session", client.cookies["edge_session"])
            await client.delete("/api/session")
            assert await who(thief) is None
            assert "edge_session" not in client.cookies

    told(story)


def test_changing_the_pin_gives_a_new_id_here_and_signs_out_everywhere_else() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client, place.browser() as other:
            await sign_in(other)
            await sign_in(client)
            before = client.cookies["edge_session"]
            await client.put("/api/me/pin", json={"old": PIN, "new": "8265"})
            assert client.cookies["edge_session"] != before
            assert (await who(client), await who(other)) == ("Mia", None)

    told(story)


def test_a_member_who_has_left_is_signed_out_everywhere() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client, place.browser() as other:
            await sign_in(other)
            await sign_in(client)
            receipt = (await client.post("/api/me/leave", json={"pin": PIN})).json()
            assert (await who(client), await who(other)) == (None, None)
            assert (await client.get(f"/api/departures/{receipt['code']}")).json() == receipt

    told(story)


def test_nobody_leaves_by_accident() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            await sign_in(client)
            assert (await client.post("/api/me/leave", json={"pin": "0815"})).status_code == 403
            assert await who(client) == "Mia"

    told(story)


# Cookies


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_no_script_reads_the_cookies_and_https_keeps_them_to_itself(scheme: str, secure: bool) -> None:
    async def story(place: Place) -> None:
        async with place.browser(scheme=scheme) as client:
            answer = await sign_in(client, remember=True)
            cookies = answer.headers.get_list("set-cookie")
            assert [one.partition("=")[0] for one in cookies] == ["edge_session", "edge_device"]
            for cookie in cookies:
                assert "HttpOnly" in cookie
                assert "SameSite=lax" in cookie
                assert "Path=/" in cookie
                assert ("Secure" in cookie) is secure

    told(story)


def test_a_proxy_that_ends_https_is_known_by_the_origin() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            client.headers["origin"] = "https://kiosk.local:8080"
            assert "Secure" in (await sign_in(client)).headers["set-cookie"]

    told(story)


@pytest.mark.parametrize("value", ["", "x" * 5000, "é", '"', "a b", "%00", "=;="])
def test_a_cookie_that_is_not_ours_is_nobody(value: str) -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            client.headers = httpx.Headers([(b"cookie", f"edge_session={value}; edge_device={value}".encode())])
            answer = await client.get("/api/session")
            assert (answer.status_code, answer.json()["person"]) == (200, None)

    told(story)


# Tokens against other sites


@pytest.mark.parametrize("token", [None, "", "wrong", "é"])
def test_a_change_without_the_right_token_is_refused(token: str | None) -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            await sign_in(client)
            del client.headers["x-csrf-token"]
            if token is not None:
                client.headers = httpx.Headers([(b"x-csrf-token", token.encode())])
            answer = await client.put("/api/me/name", json={"name": "Eve"})
            assert (answer.status_code, await who(client)) == (403, "Mia")

    told(story)


def test_the_token_of_another_sign_in_does_not_do() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client, place.browser() as thief:
            await sign_in(thief, "Noah")
            await sign_in(client)
            client.headers["x-csrf-token"] = thief.headers["x-csrf-token"]
            assert (await client.put("/api/me/name", json={"name": "Eve"})).status_code == 403

    told(story)


def test_a_form_may_carry_the_token_as_a_field() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            await sign_in(client)
            token = client.headers.pop("x-csrf-token")
            right = await client.post("/api/session/stay", data={"csrf_token": token})
            wrong = await client.post("/api/session/stay", data={"csrf_token": "wrong"})
            assert (right.status_code, wrong.status_code) == (200, 403)

    told(story)


def test_a_bearer_needs_no_token_and_its_cookie_counts_for_nothing() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            await sign_in(client, "Noah")
            del client.headers["x-csrf-token"]
            client.headers["authorization"] = "Bearer token-mia"
            answer = await client.put("/api/me/name", json={"name": "Maria"})
            assert answer.json()["user_id"] == "mia"

    told(story)


def test_a_bad_bearer_is_told_so() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            answer = await client.get("/api/me", headers={"authorization": "Bearer nonsense"})
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')

    told(story)


# Remembered devices


def test_a_remembered_device_signs_in_by_itself_with_a_new_secret_each_time() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            await sign_in(client, remember=True)
            used = client.cookies["edge_device"]
            client.cookies.delete("edge_session")
            assert await who(client) == "Mia"
            assert client.cookies["edge_device"] != used
            assert "edge_session" in client.cookies

    told(story)


def test_all_requests_that_come_together_are_let_in_by_one_use_of_the_secret() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            await sign_in(client, remember=True)
            headers = {"cookie": f"edge_device={client.cookies['edge_device']}"}
            async with place.browser() as page:
                answers = await asyncio.gather(*(page.get("/api/session", headers=headers) for _ in range(8)))
            assert [one.json()["person"]["name"] for one in answers] == ["Mia"] * 8
            assert len({one.headers.get_list("set-cookie")[1] for one in answers}) == 1

    told(story)


def test_a_device_that_was_forgotten_is_signed_out_at_once() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as lost, place.browser() as client:
            await sign_in(lost, remember=True)
            await sign_in(client)
            (device,) = (await client.get("/api/me/devices")).json()
            assert device["name"] == "Chrome, Android"
            assert (await client.delete(f"/api/me/devices/{device['device_id']}")).json() == []
            assert (await who(lost), await who(client)) == (None, "Mia")

    told(story)


def test_a_device_that_signs_out_is_forgotten() -> None:
    async def story(place: Place) -> None:
        async with place.browser() as client:
            await sign_in(client, remember=True)
            await client.delete("/api/session")
            assert place.agent.people.remembered == {}
            assert "edge_device" not in client.cookies

    told(story)


# Guessing


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
