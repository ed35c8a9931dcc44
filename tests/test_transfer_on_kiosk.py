"""Files and the phone app's summaries on a whole kiosk, over its web app."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge_agent.agent.kiosk import Kiosk
from edge_agent.agent.wall import WallClock
from edge_agent.config import Config, TokensConfig
from edge_agent.interface.workouts import WorkoutEdit
from tests.people_parts import tell
from tests.test_exporting import rows_of
from tests.test_importing_hevy import KG, row
from tests.test_web_seed import ANSWER, BODY
from tests.token_parts import AUDIENCE, ISSUER, SECRET, token
from web.app import create_app

Story = Callable[[Kiosk, httpx.AsyncClient], Awaitable[None]]


def on_a_kiosk(folder: Path, story: Story) -> None:
    """Run a story with a claimed kiosk and a client of a member whom only their token names."""
    secret = folder / "secret"
    secret.write_bytes(SECRET)
    config = Config(tokens=TokensConfig(secret_file=str(secret), issuer=ISSUER, audience=AUDIENCE))

    async def run(kiosk: Kiosk) -> None:
        await kiosk.people.claim(kiosk.people.claim_code() or "", "Olga", "4711")
        app: Any = create_app(kiosk, "Test kiosk")
        transport = httpx.ASGITransport(app, client=("192.168.1.77", 50000))
        headers = {"authorization": f"Bearer {token(sub=BODY['user_id'], email='ann@example.org')}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://kiosk.local", headers=headers) as client:
            await story(kiosk, client)

    tell(folder / "state", run, config)


async def bring(client: httpx.AsyncClient, content: str) -> dict[str, Any]:
    """Import a file and wait for the end as the page does."""
    answer = await client.post("/api/imports?name=hevy.csv", content=content)
    assert answer.status_code == 202, answer.text
    report: dict[str, Any] = answer.json()
    while report["state"] == "running":
        await asyncio.sleep(0.01)
        report = (await client.get(f"/api/imports/{report['import_id']}")).json()
    return report


def test_a_summary_is_on_disk_when_it_is_answered_and_its_sender_a_member(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk, client: httpx.AsyncClient) -> None:
        answer = await client.post("/api/workout/pose-summary", json=BODY)
        assert (answer.status_code, answer.json()) == (200, ANSWER)
        (listed,) = (await client.get("/api/workout/sessions")).json()
        assert (await kiosk.whereabouts(listed["sessionId"])).state == "saved"
        assert (await kiosk.people.account(BODY["user_id"])).created_at  # type: ignore[arg-type]

    on_a_kiosk(tmp_path, story)


def test_the_app_names_its_user_as_the_issuer_does(tmp_path: Path) -> None:
    """Such as Auth0: its subjects can be no keys here."""

    async def story(_: Kiosk, client: httpx.AsyncClient) -> None:
        client.headers["authorization"] = f"Bearer {token(sub='auth0|5f7c8ec7c33c6c004bbafe82')}"
        body = BODY | {"user_id": "auth0|5f7c8ec7c33c6c004bbafe82"}
        assert (await client.post("/api/workout/pose-summary", json=body)).json() == ANSWER
        body = BODY | {"user_id": "auth0|somebody else"}
        assert (await client.post("/api/workout/pose-summary", json=body)).status_code == 403

    on_a_kiosk(tmp_path, story)


def test_a_summary_that_was_deleted_stays_deleted(tmp_path: Path) -> None:
    async def story(_: Kiosk, client: httpx.AsyncClient) -> None:
        await client.post("/api/workout/pose-summary", json=BODY)
        (listed,) = (await client.get("/api/workout/sessions")).json()
        assert (await client.delete(f"/api/workout/sessions/{listed['sessionId']}")).status_code == 204
        assert (await client.post("/api/workout/pose-summary", json=BODY)).status_code == 409
        assert (await client.get("/api/workout/stats")).json()["totalSessions"] == 0

    on_a_kiosk(tmp_path, story)


def test_a_summary_that_is_refused_makes_nobody_a_member(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk, client: httpx.AsyncClient) -> None:
        body = BODY | {"timestamp": "yesterday evening"}
        assert (await client.post("/api/workout/pose-summary", json=body)).status_code == 422
        assert (await client.post("/api/imports?name=a.csv", content="a,b\n1,2\n")).status_code == 422
        assert [one.name for one in await kiosk.people.accounts()] == ["Olga"]

    on_a_kiosk(tmp_path, story)


def test_an_app_that_goes_on_sending_brings_nobody_back_who_has_left(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk, client: httpx.AsyncClient) -> None:
        await client.post("/api/workout/pose-summary", json=BODY)
        assert (await client.post("/api/me/leave", json={})).status_code == 200
        assert (await client.post("/api/workout/pose-summary", json=BODY)).status_code == 409
        fresh = BODY | {"timestamp": "2026-02-18T18:00:00Z"}
        answer = await client.post("/api/workout/pose-summary", json=fresh)
        assert (answer.status_code, "you have left" in answer.text) == (403, True)
        assert (await client.patch("/api/me/profile", json={"units": "imperial"})).status_code == 403
        assert [one.name for one in await kiosk.people.accounts()] == ["Olga"]

    on_a_kiosk(tmp_path, story)


@pytest.mark.parametrize(("issued_s_ago", "status"), [(3600, 403), (570, 403), (500, 200)])
def test_a_token_from_after_the_leaving_joins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, issued_s_ago: float, status: int
) -> None:
    """Ten minutes ago they left, and clocks may differ by one."""
    now = time.time()
    monkeypatch.setattr(WallClock, "unix_ms", staticmethod(lambda: int((now - 600) * 1000)))

    async def story(_: Kiosk, client: httpx.AsyncClient) -> None:
        await client.patch("/api/me/profile", json={"units": "imperial"})
        await client.post("/api/me/leave", json={})
        later = token(sub=BODY["user_id"], iat=int(now - issued_s_ago))
        client.headers["authorization"] = f"Bearer {later}"
        fresh = BODY | {"timestamp": "2026-02-18T18:00:00Z"}
        assert (await client.post("/api/workout/pose-summary", json=fresh)).status_code == status

    on_a_kiosk(tmp_path, story)


def test_a_file_lands_in_the_history_and_comes_out_again(tmp_path: Path) -> None:
    async def story(_: Kiosk, client: httpx.AsyncClient) -> None:
        assert (await bring(client, KG + row()))["new"] == 1
        page = (await client.get("/api/history/sessions?source=import")).json()
        assert page["total"] == 1
        rows = rows_of((await client.get("/api/export?format=csv")).content)
        assert [(one["exercise"], one["reps_full"], one["weight_kg"]) for one in rows] == [("bench_press", "5", "80.0")]

    on_a_kiosk(tmp_path, story)


def test_an_edit_on_the_kiosk_survives_the_second_import(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk, client: httpx.AsyncClient) -> None:
        report = await bring(client, KG + row())
        session_id = report["rows"][0]["session_id"]
        await kiosk.workouts.edit(session_id, WorkoutEdit(notes="with belt"))
        assert (await bring(client, KG + row()))["changed"] == 1
        assert (await kiosk.session(session_id)).notes == "with belt"

    on_a_kiosk(tmp_path, story)


def test_an_imported_record_stands_apart_from_what_the_camera_counted(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk, client: httpx.AsyncClient) -> None:
        await bring(client, KG + row("5", "200"))
        bests = await kiosk.history.bests(str(BODY["user_id"]), "bench_press")
        assert all(one.verified is None and one.claimed for one in bests.bests)

    on_a_kiosk(tmp_path, story)


@pytest.mark.parametrize("path", ["/import", "/export"])
def test_the_pages_come(tmp_path: Path, path: str) -> None:
    async def story(_: Kiosk, client: httpx.AsyncClient) -> None:
        assert (await client.get(path)).status_code == 200

    on_a_kiosk(tmp_path, story)
