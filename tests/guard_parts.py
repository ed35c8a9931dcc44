"""A kiosk with members for the guard matrix, real or fake, and requests to it as each of them."""

import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import httpx
from litestar import Litestar

from edge_agent.config import Config, TokensConfig
from edge_agent.errors import PermanentError
from edge_agent.interface.people import ProfileChange
from tests.browsers import PHONE, SCREEN, browser
from tests.fake_agent import FakeAgent
from tests.fake_training import a_session
from tests.guard_table import Persona
from tests.people_parts import a_kiosk as a_real_kiosk
from tests.people_parts import do_squats
from tests.token_parts import AUDIENCE, ISSUER, SECRET, token
from web.app import create_app
from web.live import Streams

Backend = Literal["fake", "real"]

PIN = "4711"
NAMES: dict[Persona, str] = {
    "mia": "Mia",
    "mia by token": "Mia",
    "noah": "Noah",
    "coach of mia": "Carlo",
    "other coach": "Cora",
    "owner": "Olga",
}
BROWSERS: tuple[Persona, ...] = ("mia", "noah", "coach of mia", "other coach", "owner")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class Route(NamedTuple):
    """One method of one path, as the table and the OpenAPI document write it."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(app: Litestar) -> Iterator[Route]:
    """Yield all routes except files and pages that are not there."""
    for route in app.routes:
        path = route.path_format
        if not path.startswith("/static/") and path != "/schema/{path}":
            yield from (Route(method, path) for method in sorted(getattr(route, "methods", ())) if method in _METHODS)


class Ground:
    """A kiosk where Mia trains, has a workout and a remembered phone, and shares with Carlo."""

    def __init__(self, agent: Any, *, claimed: bool) -> None:
        self.agent = agent
        self.claimed = claimed
        self.workout = ""
        self.ids: dict[str, str] = {}
        """User ids by name."""
        # The live stream would never end: once it is closed, whoever may see it is answered 503.
        streams = Streams()
        streams.close()
        self.app = create_app(agent, "Test kiosk", streams)

    async def settle(self) -> None:
        """Make the members."""
        people = self.agent.people
        if self.claimed:
            await people.claim(people.claim_code(), "Olga", PIN)
        for name, role in (("Mia", "member"), ("Noah", "member"), ("Carlo", "coach"), ("Cora", "coach")):
            await people.join(name, PIN, role)
        self.ids = {account.name: account.user_id for account in await people.accounts()}
        await people.change_profile(self.ids["Mia"], ProfileChange(coaches={self.ids["Carlo"]: True}))
        self.workout = await self._train()

    async def _train(self) -> str:
        """Have Mia do a workout, or before the claim somebody unnamed; return its id."""
        owner = self.ids["Mia"] if self.claimed else self.agent.people.guest_id
        if isinstance(self.agent, FakeAgent):
            self.agent.keep(a_session("wanted", user_id=owner))
            return "wanted"
        if self.claimed:
            await self.agent.people.train(owner)
        do_squats(self.agent, 3)
        session = await self.agent.finish_session()
        assert session
        assert session.user_id == owner
        return str(session.session_id)

    async def prepare(self, name: str) -> dict[str, str]:
        """Put all in place for one request of a class, whatever the one before did; return what fills its path."""
        people, workouts = self.agent.people, self.agent.workouts
        with contextlib.suppress(PermanentError):
            await (workouts.delete if name == "restores a workout" else workouts.restore)(self.workout)
        if self.claimed:
            await people.train(self.ids["Mia"])
        if name == "own thing":
            await people.remember(self.ids["Mia"], "Mia's phone")
        devices = await people.devices(self.ids["Mia"])
        return {
            "session_id": self.workout,
            "user_id": self.ids["Noah"],
            "device_id": devices[-1].device_id if devices else "none",
            "exercise": "squat",
            "key": "squat",
            "code": "NO-SUCH-RECEIPT",
        }

    def client(self, persona: Persona) -> httpx.AsyncClient:
        return browser(self.app, SCREEN if persona == "own screen" else PHONE)

    async def credentials(self, client: httpx.AsyncClient, persona: Persona) -> dict[str, str]:
        """Sign in if the persona does, and return the headers of its requests."""
        if persona.endswith("token"):
            return {"authorization": f"Bearer {self._token(persona)}"}
        if persona not in BROWSERS or (persona == "owner" and not self.claimed):
            return {}
        known = (await client.get("/api/session")).json()
        if known["person"] is None:
            answer = await client.post("/api/session", json={"name": NAMES[persona], "pin": PIN})
            assert answer.status_code == 200, answer.text
            known = answer.json()
        return {"x-csrf-token": known["csrf_token"]}

    def _token(self, persona: Persona) -> str:
        """Return a token that says it is Mia's; the fake kiosk knows its own only, and takes no other."""
        mia = self.ids["Mia"]
        match persona:
            case "mia by token":
                return f"token-{mia}" if isinstance(self.agent, FakeAgent) else token(sub=mia)
            case "expired token":
                return token(sub=mia, exp=int(time.time()) - 3600)
            case "forged token":
                return token(b"another secret that is as long as ours", sub=mia)
        return token(None, "none", sub=mia)


@asynccontextmanager
async def a_ground(backend: Backend, folder: Path, *, claimed: bool = True) -> AsyncIterator[Ground]:
    """Make a kiosk ready for requests."""
    if backend == "fake":
        ground = Ground(FakeAgent(), claimed=claimed)
        await ground.settle()
        yield ground
        return
    secret = folder / "secret"
    secret.write_bytes(SECRET)
    tokens = TokensConfig(issuer=ISSUER, audience=AUDIENCE, secret_file=str(secret))
    async with a_real_kiosk(folder / "state", Config(tokens=tokens)) as kiosk:
        ground = Ground(kiosk, claimed=claimed)
        await ground.settle()
        yield ground


async def ask(
    client: httpx.AsyncClient, route: Route, values: dict[str, str], headers: dict[str, str], query: str = ""
) -> int:
    """Send a request with a body that no route accepts: whoever is let in is told so, and little changes."""
    is_reading = route.method == "GET"
    answer = await client.request(
        route.method,
        route.path.format(**values) + query,
        headers=headers if is_reading else headers | {"content-type": "application/json"},
        content=None if is_reading else b"{",
    )
    return answer.status_code
