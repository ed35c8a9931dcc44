"""The training spot: who trains there by name, how a phone says so, and unnamed workouts that wait for their name."""

from typing import Annotated

import msgspec
from litestar import Response, delete, get, post
from litestar.params import JSONBody

from edge_agent.records import Record, Session
from web.api.refusing import refused_as_input
from web.dependencies import Agent, AnyRequest, OurGate, Signed, Visiting, Workout
from web.inputs import Code, MemberName, Pin, address_of
from web.qr import qr_svg
from web.rights import CLAIMS_WORKOUT, CONTROLS, LIVE, MEMBER, OWN_SCREEN
from web.spot_address import pairing_url, spot_code


class Spot(Record, frozen=True, kw_only=True):
    """Who trains, and what the kiosk's own screen shows for those who want to."""

    trainee: str
    """Name of the member who trains; empty while it is somebody unnamed."""
    claimed: bool
    may_join: bool
    address: str = ""
    """What phones open; for the kiosk's own screen only."""
    code: str = ""
    """What phones enter there: to set up the kiosk, or to train by name; for the kiosk's own screen only."""


class Trainee(Record, frozen=True, kw_only=True):
    """Somebody at the kiosk's own screen who wants to train by name."""

    name: MemberName
    pin: Annotated[Pin, msgspec.Meta(description="Checked, not kept: it signs nobody in to their history.")]


class PairingCode(Record, frozen=True, kw_only=True):
    """What the phone has read from the kiosk's screen."""

    code: Code


@get("/api/spot", guards=[LIVE])
async def show_spot(request: AnyRequest, gate: OurGate, visitor: Visiting) -> Spot:
    """Return who trains."""
    return spot(request, gate, at_screen=visitor.at_screen)


@get("/api/spot/qr.svg", media_type="image/svg+xml", guards=[OWN_SCREEN])
async def show_qr(request: AnyRequest, gate: OurGate) -> Response[str]:
    """Return the picture that phones scan; it changes often."""
    return Response(qr_svg(pairing_url(request, gate.people)), media_type="image/svg+xml")


@post("/api/spot/trainee", status_code=200, guards=[OWN_SCREEN])
async def train(data: JSONBody[Trainee], request: AnyRequest, agent: Agent, gate: OurGate) -> Spot:
    """Train by name from now on, until the workout ends."""
    person = await agent.people.sign_in(data.name, data.pin, address_of(request))
    await agent.people.train(person.user_id)
    return spot(request, gate, at_screen=True)


@post("/api/spot/pair", status_code=200, guards=[MEMBER])
async def pair(data: JSONBody[PairingCode], request: AnyRequest, person: Signed, agent: Agent, gate: OurGate) -> Spot:
    """Say by phone that its owner trains here from now on."""
    with refused_as_input():
        await agent.people.pair(data.code, person.user_id, address_of(request))
    return spot(request, gate, at_screen=False)


@delete("/api/spot/trainee", status_code=200, guards=[CONTROLS])
async def train_unnamed(request: AnyRequest, agent: Agent, gate: OurGate, visitor: Visiting) -> Spot:
    """Train unnamed from now on."""
    await agent.people.train(None)
    return spot(request, gate, at_screen=visitor.at_screen)


@get("/api/claimable", guards=[MEMBER])
async def list_claimable(agent: Agent) -> tuple[Session, ...]:
    """Return unnamed workouts of the last 15 minutes, newest first."""
    return await agent.workouts.claimable()


@post("/api/sessions/{session_id:str}/claim", status_code=200, guards=[CLAIMS_WORKOUT])
async def claim_workout(person: Signed, the_workout: Workout, agent: Agent) -> Session:
    """Put an unnamed workout of the last 15 minutes under one's name."""
    with refused_as_input():
        return await agent.workouts.claim(the_workout.session_id, person.user_id)


def spot(request: AnyRequest, gate: OurGate, *, at_screen: bool) -> Spot:
    """Return what is to be shown of the spot; codes are for the kiosk's own screen only."""
    people, trainee = gate.people, gate.people.trainee()
    return Spot(
        trainee=trainee.name if trainee else "",
        claimed=people.claimed,
        may_join=people.may_join,
        address=pairing_url(request, people).partition("#")[0] if at_screen else "",
        code=spot_code(people) if at_screen else "",
    )
