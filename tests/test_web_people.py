"""The ways of members through the interface, on the real kiosk and the fake one."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from tests.browsers import PHONE, SCREEN, browser
from tests.guard_parts import PIN, Backend, Ground, a_ground

NEW_PIN = "8265"
Story = Callable[[Ground], Awaitable[None]]

pytestmark = pytest.mark.parametrize("backend", ["fake", "real"])


def told(backend: Backend, folder: Path, story: Story, *, claimed: bool = True) -> None:
    async def run() -> None:
        async with asyncio.timeout(30), a_ground(backend, folder, claimed=claimed) as ground:
            await ground.agent.people.train(None)
            await story(ground)

    asyncio.run(run())


async def sign_in(client: httpx.AsyncClient, name: str, pin: str = PIN, **fields: object) -> int:
    answer = await client.post("/api/session", json={"name": name, "pin": pin} | fields)
    client.headers["x-csrf-token"] = answer.json().get("csrf_token", "")
    return answer.status_code


async def code_on_screen(ground: Ground) -> str:
    async with browser(ground.app, SCREEN) as screen:
        return str((await screen.get("/api/spot")).json()["code"])


def test_a_new_kiosk_is_claimed_with_the_code_on_its_screen(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        claim = {"code": await code_on_screen(ground), "name": "Olga", "pin": PIN}
        async with browser(ground.app) as phone:
            wrong = await phone.post("/api/claim", json=claim | {"code": "AAAA-AAAA"})
            right = await phone.post("/api/claim", json=claim)
            phone.headers["x-csrf-token"] = right.json()["csrf_token"]
            again = await phone.post("/api/claim", json=claim | {"name": "Eve"})
        assert (wrong.status_code, right.json()["person"]["role"], again.status_code) == (403, "owner", 403)

    told(backend, tmp_path, story, claimed=False)


def test_a_pin_that_is_too_simple_is_refused_in_words(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app) as phone:
            code = await code_on_screen(ground)
            answer = await phone.post("/api/join", json={"code": code, "name": "Pia", "pin": "1111"})
            assert (answer.status_code, "PIN" in answer.json()["detail"]) == (422, True)

    told(backend, tmp_path, story)


def test_somebody_new_joins_and_trains_with_the_codes_of_the_screen(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app) as phone:
            new = {"code": await code_on_screen(ground), "name": "Pia", "pin": PIN}
            joined = await phone.post("/api/join", json=new)
            phone.headers["x-csrf-token"] = joined.json()["csrf_token"]
            paired = await phone.post("/api/spot/pair", json={"code": await code_on_screen(ground)})
            assert (joined.json()["person"]["name"], paired.json()["trainee"]) == ("Pia", "Pia")

    told(backend, tmp_path, story)


@pytest.mark.parametrize("path", ["/api/join", "/api/spot/pair"])
def test_nobody_joins_or_trains_without_having_seen_the_screen(tmp_path: Path, backend: Backend, path: str) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app) as phone:
            await sign_in(phone, "Noah")
            body = {"code": "AAAA-AAAA"} | ({"name": "Pia", "pin": PIN} if path == "/api/join" else {})
            assert (await phone.post(path, json=body)).status_code == 403
            assert ground.agent.people.trainee() is None

    told(backend, tmp_path, story)


def test_a_pin_at_the_screen_says_who_trains_and_signs_nobody_in(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app, SCREEN) as screen:
            answer = await screen.post("/api/spot/trainee", json={"name": "mia", "pin": PIN})
            assert answer.json()["trainee"] == "Mia"
            assert ground.agent.live().trainee == "Mia"
            assert (await screen.get("/api/me")).status_code == 401
            assert (await screen.delete("/api/spot/trainee")).json()["trainee"] == ""

    told(backend, tmp_path, story)


def test_a_changed_pin_is_the_one_that_counts(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app) as phone, browser(ground.app) as other:
            await sign_in(phone, "Mia", remember=True)
            wrong = await phone.put("/api/me/pin", json={"old": NEW_PIN, "new": NEW_PIN})
            right = await phone.put("/api/me/pin", json={"old": PIN, "new": NEW_PIN})
            assert (wrong.status_code, right.status_code) == (403, 200)
            assert (await phone.get("/api/me/devices")).json() == []
            assert [await sign_in(other, "Mia", pin) for pin in (PIN, NEW_PIN)] == [403, 200]

    told(backend, tmp_path, story)


def test_the_owners_code_sets_a_new_pin_once(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app) as owner, browser(ground.app) as phone, browser(ground.app) as late:
            await sign_in(owner, "Olga")
            reset = await owner.post(f"/api/members/{ground.ids['Mia']}/reset-code")
            new = {"name": "Mia", "code": reset.json()["code"], "pin": NEW_PIN}
            first, second = await phone.post("/api/pin", json=new), await late.post("/api/pin", json=new)
            assert (first.json()["person"]["name"], second.status_code) == ("Mia", 403)
            assert await sign_in(late, "Mia", NEW_PIN) == 200

    told(backend, tmp_path, story)


def test_a_remembered_phone_signs_in_again_until_it_is_forgotten(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app) as phone, browser(ground.app) as other:
            await sign_in(phone, "Mia", remember=True)
            phone.cookies.delete("edge_session")
            assert (await phone.get("/api/me")).json()["name"] == "Mia"
            await sign_in(other, "Mia")
            (device,) = (await other.get("/api/me/devices")).json()
            await other.delete(f"/api/me/devices/{device['device_id']}")
            assert (await phone.get("/api/me")).status_code == 401

    told(backend, tmp_path, story)


def test_a_profile_is_kept_and_nonsense_refused(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app) as phone:
            await sign_in(phone, "Noah")
            wanted = {"units": "imperial", "time_zone": "Europe/Berlin", "language": "de", "planned_days": [0, 3]}
            kept = (await phone.patch("/api/me/profile", json=wanted)).json()["profile"]
            assert {key: kept[key] for key in wanted} == wanted
            for nonsense in ({"units": "stone"}, {"more": 1}, {"planned_days": "all"}):
                assert (await phone.patch("/api/me/profile", json=nonsense)).status_code == 400

    told(backend, tmp_path, story)


def test_saving_one_thing_gives_no_consent_again(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app) as phone, browser(ground.app) as stale:
            await sign_in(phone, "Mia")
            await sign_in(stale, "Mia")
            await phone.patch("/api/me/profile", json={"coaches": {ground.ids["Carlo"]: False}})
            kept = (await stale.patch("/api/me/profile", json={"body_weight_kg": 81.5})).json()["profile"]
            assert (kept["coaches"], kept["body_weight_kg"]) == ([], 81.5)
            assert (await stale.put("/api/me/profile", json=kept)).status_code == 405

    told(backend, tmp_path, story)


def test_whoever_leaves_is_gone_and_has_a_receipt(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app) as phone, browser(ground.app) as anybody:
            await sign_in(phone, "Mia")
            receipt = (await phone.post("/api/me/leave", json={"pin": PIN})).json()
            again = (await anybody.get(f"/api/departures/{receipt['code']}")).json()
            assert (again["name"], again["deleted"]["session"] > 0) == ("Mia", True)
            assert await sign_in(anybody, "Mia") == 403

    told(backend, tmp_path, story)


def test_who_leaves_may_choose_the_code_of_their_receipt(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        chosen = "0123456789abcdef" * 2
        async with browser(ground.app) as phone, browser(ground.app) as anybody:
            await sign_in(phone, "Mia")
            for short in ("", "0" * 31, "0" * 65, "-" * 32):
                assert (await phone.post("/api/me/leave", json={"pin": PIN, "code": short})).status_code == 400
            await phone.post("/api/me/leave", json={"pin": PIN, "code": chosen})
            assert (await anybody.get(f"/api/departures/{chosen}")).json()["name"] == "Mia"

    told(backend, tmp_path, story)


def test_the_last_owner_can_neither_leave_nor_step_down(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app) as owner:
            await sign_in(owner, "Olga")
            left = await owner.post("/api/me/leave", json={"pin": PIN})
            down = await owner.put(f"/api/members/{ground.ids['Olga']}/role", json={"role": "member"})
            assert (left.status_code, down.status_code, await sign_in(owner, "Olga")) == (422, 422, 200)

    told(backend, tmp_path, story)


def test_guessing_is_slowed_down_for_a_stranger_and_not_for_the_member(tmp_path: Path, backend: Backend) -> None:
    async def story(ground: Ground) -> None:
        async with browser(ground.app, ("192.168.1.78", PHONE[1])) as mia, browser(ground.app) as stranger:
            await sign_in(mia, "Mia")
            answers = [await sign_in(stranger, "Mia", f"{guess:04}") for guess in range(7)]
            assert 429 in answers
            assert await sign_in(mia, "Mia") == 200

    told(backend, tmp_path, story)
