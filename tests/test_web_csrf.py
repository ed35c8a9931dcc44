"""Tokens against other sites: what changes something carries one, by browser over the fake kiosk."""

import httpx
import pytest

from tests.gate_parts import Place, sign_in, told, who


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
