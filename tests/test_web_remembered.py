"""Remembered devices, by browser over the fake kiosk."""

import asyncio

from tests.gate_parts import Place, sign_in, told, who


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
