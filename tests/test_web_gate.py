"""Signing in and out by browser, over the fake kiosk: the ids of sign-ins, and their cookies."""

import httpx
import pytest

from tests.fake_people import PIN
from tests.gate_parts import Place, sign_in, told, who


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
