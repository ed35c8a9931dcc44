"""The live page and the way to the cloud."""

import asyncio

from litestar import get
from litestar.params import FromQuery
from litestar.response import Template

from edge_agent.records import Session, Whereabouts
from web.api.spot import spot
from web.dependencies import Agent, AnyRequest, OurGate, Visiting
from web.rights import LIVE, SYNC

_LATEST = 8


@get("/", include_in_schema=False, guards=[LIVE])
async def live_page(
    request: AnyRequest, agent: Agent, gate: OurGate, visitor: Visiting, kiosk: FromQuery[bool] = False
) -> Template:
    """Show the running training; `?kiosk=1` is for the screen on the wall: dark, without navigation."""
    shown = spot(request, gate, at_screen=True) if visitor.at_screen else None
    context = {"exercises": agent.exercises(), "kiosk": kiosk, "visitor": visitor, "spot": shown}
    return Template("live.html", context=context)


@get("/sync", include_in_schema=False, guards=[SYNC])
async def sync_page(agent: Agent) -> Template:
    """Show how the forwarding to the cloud is doing, and the latest unnamed workouts."""
    page = await agent.sessions(agent.people.guest_id, _LATEST, None)
    context = {"sync": await agent.sync_status(), "workouts": await _with_whereabouts(agent, page.sessions)}
    return Template("sync.html", context=context)


async def _with_whereabouts(agent: Agent, sessions: tuple[Session, ...]) -> list[tuple[Session, Whereabouts]]:
    places = await asyncio.gather(*(agent.whereabouts(session.session_id) for session in sessions))
    return list(zip(sessions, places, strict=True))
