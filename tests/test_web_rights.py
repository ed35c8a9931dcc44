"""What the matrix does not walk: unnamed workouts, consent taken back, exports, streams of who has signed out."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import httpx
import msgspec
import pytest
from litestar import Litestar, get, post

from edge_agent.config import MembersConfig
from tests.browsers import PHONE, SCREEN, browser
from tests.fake_agent import FakeAgent, some_members
from tests.fake_training import a_session
from tests.patience import patience_s
from tests.web_serving import served
from web.app import create_app
from web.live import Streams
from web.rights import MEMBER, PUBLIC, check_all

Get = Callable[[str], Awaitable[int]]


def kiosk() -> FakeAgent:
    """Return a kiosk with a workout of Mia, who shares with Carlo, a fresh unnamed one and an old one."""
    agent = FakeAgent()
    some_members(agent.people)
    agent.keep(a_session("mias", user_id="mia", user_name="Mia"))
    agent.keep(a_session("old"))
    agent.keep(a_session("fresh"))
    agent.workouts.fresh.add("fresh")
    return agent


def statuses(agent: FakeAgent, name: str, *asked: str, where: tuple[str, str] = PHONE, **settings: Any) -> list[int]:
    """Return how requests such as `GET /api/live` of a member (by token; nobody for an empty name) are answered."""

    async def story() -> list[int]:
        app = create_app(agent, "Test kiosk", **settings)
        headers = {"authorization": f"Bearer token-{name}"} if name else {}
        async with browser(app, where) as client:
            answers = [await client.request(*one.split(), headers=headers) for one in asked]
        return [answer.status_code for answer in answers]

    return asyncio.run(story())


def text(agent: FakeAgent, name: str, path: str) -> httpx.Response:
    async def story() -> httpx.Response:
        async with browser(create_app(agent, "Test kiosk")) as client:
            return await client.get(path, headers={"authorization": f"Bearer token-{name}"})

    return asyncio.run(story())


# Unnamed workouts


@pytest.mark.parametrize("name", ["mia", "noah", "carlo"])
def test_whoever_is_signed_in_sees_a_fresh_unnamed_workout_and_no_old_one(name: str) -> None:
    assert statuses(kiosk(), name, "GET /api/sessions/fresh", "GET /api/sessions/old") == [200, 404]


def test_a_fresh_unnamed_workout_is_claimed_and_then_theirs_alone() -> None:
    agent = kiosk()
    assert statuses(agent, "noah", "POST /api/sessions/fresh/claim", "GET /api/sessions/fresh") == [200, 200]
    assert statuses(agent, "mia", "GET /api/sessions/fresh", "POST /api/sessions/fresh/claim") == [404, 404]


@pytest.mark.parametrize("workout", ["old", "mias", "none"])
def test_no_other_workout_can_be_claimed(workout: str) -> None:
    assert statuses(kiosk(), "noah", f"POST /api/sessions/{workout}/claim") == [404]


def test_nobody_changes_an_unnamed_workout_but_the_owner() -> None:
    asked = ("DELETE /api/sessions/fresh", "DELETE /api/sessions/old")
    assert statuses(kiosk(), "noah", *asked) == [404, 404]
    assert statuses(kiosk(), "olga", *asked) == [204, 204]


def test_the_owner_lists_unnamed_workouts_and_nobodys_else() -> None:
    asked = ("GET /api/sessions?member=guest", "GET /api/sessions?member=mia")
    assert statuses(kiosk(), "olga", *asked) == [200, 404]
    assert statuses(kiosk(), "noah", *asked) == [404, 404]


def test_what_is_not_mine_answers_as_what_does_not_exist() -> None:
    answers = [text(kiosk(), "noah", f"/api/sessions/{one}").content for one in ("mias", "none")]
    assert answers[0].replace(b"mias", b"none") == answers[1]


# Coaches


def test_a_coach_reads_and_changes_nothing() -> None:
    asked = ("GET /api/sessions/mias", "GET /api/history/cards?member=mia", "DELETE /api/sessions/mias")
    assert statuses(kiosk(), "carlo", *asked) == [200, 200, 404]


def test_consent_that_is_taken_back_counts_at_once() -> None:
    agent = kiosk()
    mia = agent.people.known["mia"]
    agent.people.known["mia"] = msgspec.structs.replace(mia, profile=msgspec.structs.replace(mia.profile, coaches=()))
    assert statuses(agent, "carlo", "GET /api/sessions/mias", "GET /api/history/cards?member=mia") == [404, 404]


def test_whoever_is_a_coach_no_longer_sees_nobody() -> None:
    agent = kiosk()
    agent.people.known["carlo"] = msgspec.structs.replace(agent.people.known["carlo"], role="member")
    assert statuses(agent, "carlo", "GET /api/sessions/mias", "GET /api/me/sharing") == [404, 200]
    assert text(agent, "carlo", "/api/me/sharing").json() == []


# Files


def test_an_export_holds_ones_own_workouts_whomever_it_names() -> None:
    agent = kiosk()
    agent.keep(a_session("noahs", user_id="noah"))
    exported = text(agent, "noah", "/api/export?format=csv&member=mia")
    assert (exported.status_code, "mias" in exported.text) == (200, False)


def test_the_report_of_an_import_is_for_whoever_imports() -> None:
    async def story() -> list[int]:
        async with browser(create_app(kiosk(), "Test kiosk")) as client:
            mia, noah = ({"authorization": f"Bearer token-{name}"} for name in ("mia", "noah"))
            begun = await client.post("/api/imports?name=old.json&dry_run=true", content=b"[]", headers=mia)
            path = f"/api/imports/{begun.json()['import_id']}"
            return [(await client.get(path, headers=headers)).status_code for headers in (mia, noah)]

    assert asyncio.run(story()) == [200, 404]


# The live page


@pytest.mark.parametrize(("live_for", "status"), [("members", 401), ("everybody", 200)])
def test_a_setting_says_whether_everybody_sees_the_live_page(
    live_for: Literal["members", "everybody"], status: int
) -> None:
    assert statuses(kiosk(), "", "GET /api/live", settings=MembersConfig(live=live_for)) == [status]
    assert statuses(kiosk(), "", "POST /api/live/finish", settings=MembersConfig(live=live_for)) == [401]


def test_whoever_is_signed_in_chooses_while_somebody_unnamed_trains() -> None:
    agent = kiosk()
    assert statuses(agent, "noah", "POST /api/live/finish") == [200]
    asyncio.run(agent.people.train("mia"))
    assert statuses(agent, "noah", "POST /api/live/finish", "DELETE /api/spot/trainee") == [403, 403]
    assert statuses(agent, "mia", "POST /api/live/finish", "DELETE /api/spot/trainee") == [200, 200]


def test_codes_are_for_the_own_screen() -> None:
    async def story() -> list[str]:
        app = create_app(kiosk(), "Test kiosk")
        found = []
        for where in (PHONE, SCREEN):
            async with browser(app, where) as client:
                answer = await client.get("/api/spot", headers={"authorization": "Bearer token-olga"})
                found.append(answer.json()["code"])
        async with browser(app, SCREEN) as client:
            found.append((await client.get("/api/spot")).json()["code"])
        return found

    assert asyncio.run(story()) == ["", "", "PAIR-1"]


def test_a_stream_ends_when_its_sign_in_does() -> None:
    agent = kiosk()
    with served(agent, Streams(ping_s=0.05)) as serving:
        lan = {"host": "kiosk.local"}
        signed_in = httpx.post(f"{serving.url}/api/session", json={"name": "Mia", "pin": "4711"}, headers=lan)
        cookie = lan | {"cookie": f"edge_session={signed_in.cookies['edge_session']}"}
        with httpx.stream("GET", f"{serving.url}/api/live/stream", headers=cookie, timeout=10) as stream:
            lines = stream.iter_lines()
            next(lines)
            token = {"x-csrf-token": signed_in.json()["csrf_token"]}
            httpx.delete(f"{serving.url}/api/session", headers=cookie | token)
            started = time.monotonic()
            for _ in lines:
                assert time.monotonic() - started < patience_s(5), "the stream goes on"


# The app's start


@get("/nowhere")
async def without_a_right() -> None:
    """Forgets to say who may."""


@post("/nowhere", guards=[PUBLIC, MEMBER])
async def with_two_rights() -> None:
    """Says it twice."""


@pytest.mark.parametrize("handler", [without_a_right, with_two_rights])
def test_an_app_with_a_route_of_no_right_or_two_does_not_start(handler: Any) -> None:
    with pytest.raises(RuntimeError, match=r"/nowhere: .* must name exactly one right"):
        check_all(Litestar([handler], openapi_config=None))
