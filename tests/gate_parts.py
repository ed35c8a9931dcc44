"""A kiosk with members over the fake agent, and browsers that sign in there."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from edge_agent.config import MembersConfig
from tests.browsers import PHONE, browser
from tests.fake_agent import FakeAgent, some_members
from tests.fake_people import PIN
from web.app import create_app
from web.gate import Gate

SHARED = MembersConfig()

Story = Callable[["Place"], Awaitable[None]]


class Place:
    """A kiosk with members, a phone and the kiosk's own screen."""

    def __init__(self, members: MembersConfig = SHARED) -> None:
        self.agent = FakeAgent()
        some_members(self.agent.people)
        self.app = create_app(self.agent, "Test kiosk", settings=members)
        self.gate: Gate = self.app.state.gate

    def browser(self, where: tuple[str, str] = PHONE, scheme: str = "http") -> httpx.AsyncClient:
        return browser(self.app, where, scheme)


async def sign_in(client: httpx.AsyncClient, name: str = "Mia", **fields: object) -> httpx.Response:
    answer = await client.post("/api/session", json={"name": name, "pin": PIN} | fields)
    client.headers["x-csrf-token"] = answer.json().get("csrf_token", "")
    return answer


async def who(client: httpx.AsyncClient) -> str | None:
    person = (await client.get("/api/session")).json()["person"]
    return person and str(person["name"])


def told(story: Story, members: MembersConfig = SHARED) -> None:
    asyncio.run(story(Place(members)))  # type: ignore[arg-type]
