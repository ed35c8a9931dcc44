"""A whole kiosk behind its pages, asked in German: camera, connection, refusals and what the cloud has parked."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from edge_agent.agent.kiosk import Kiosk
from edge_agent.errors import TemporaryError
from edge_agent.journal.tables import Journal
from edge_agent.phrase import Phrase
from edge_agent.records import VisionStatus
from edge_agent.sync.clock import HybridClock
from tests.browsers import SCREEN, browser
from tests.people_parts import a_kiosk
from tests.record_parts import NOW
from tests.sync_parts import make_receipt
from web.app import create_app

Story = Callable[[Kiosk, httpx.AsyncClient], Awaitable[None]]


def in_german(folder: Path, story: Story) -> None:
    async def run() -> None:
        async with asyncio.timeout(30), a_kiosk(folder) as kiosk, browser(create_app(kiosk, "Kiosk"), SCREEN) as client:
            client.headers["accept-language"] = "de"
            await story(kiosk, client)

    asyncio.run(run())


def test_camera_and_connection_are_told_in_german(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk, client: httpx.AsyncClient) -> None:
        gone = Phrase("{path}: no such camera; plug one in", path="/dev/video0")
        kiosk.receive(VisionStatus(state="camera_lost", detail=gone))
        state = (await client.get("/api/live")).json()
        assert state["vision_detail"] == "/dev/video0: keine solche Kamera; steck eine ein"
        assert state["sync"] == "Kein Broker ist eingestellt: Alles bleibt hier"
        assert (await client.get("/api/sync")).json()["connection"] == state["sync"]

    in_german(tmp_path, story)


def test_a_simple_pin_is_refused_in_german(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk, client: httpx.AsyncClient) -> None:
        wanted = {"code": kiosk.people.claim_code(), "name": "Olga", "pin": "1234"}
        answer = await client.post("/api/claim", json=wanted)
        assert answer.json()["detail"].startswith("diese PIN wird zuerst erraten")

    in_german(tmp_path, story)


def test_what_the_cloud_has_refused_is_told_in_german(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk, client: httpx.AsyncClient) -> None:
        def refuse(journal: Journal) -> None:
            journal.put_record("member", "ann", {}, HybridClock(journal.device_id).tick(1), NOW)
            refused = make_receipt(journal.pending(1)[0], status="rejected", reason="not a member: no name")
            journal.apply_receipts([refused], NOW)

        await kiosk._journal.ask(refuse)
        (parked,) = (await client.get("/api/sync")).json()["refusals"]
        assert parked["reason"] == "kein gültiger Datensatz member: no name"

    in_german(tmp_path, story)


def test_trouble_with_saving_is_told_in_german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(kiosk: Kiosk, client: httpx.AsyncClient) -> None:
        async def fail() -> bool:
            raise TemporaryError("the disk sulks")

        monkeypatch.setattr(kiosk._recovering, "keep", fail)
        await kiosk.keep_running()
        assert (await client.get("/api/live")).json()["trouble"] == "Noch nicht gespeichert: the disk sulks"

    in_german(tmp_path, story)
