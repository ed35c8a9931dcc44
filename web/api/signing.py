"""Signing in and out, and what goes with it: the first owner, new members, a new PIN by code."""

from litestar import delete, get, post
from litestar.params import JSONBody

from edge_agent.interface.people import Person
from edge_agent.records import Record
from web import cookies
from web.api.refusing import refused_as_input
from web.dependencies import Agent, AnyRequest, OurGate, Visiting
from web.device_names import device_name
from web.gate import Gate, Visitor, signed_out
from web.inputs import Code, MemberName, Pin, address_of
from web.rights import ANYBODY, MEMBER


class Standing(Record, frozen=True, kw_only=True):
    """Who is signed in here, and what else a page has to know."""

    person: Person | None
    csrf_token: str
    """To be sent as `x-csrf-token` with whatever changes something; empty without a sign-in."""
    claimed: bool
    may_join: bool
    at_screen: bool


class Claim(Record, frozen=True, kw_only=True):
    """Makes the first owner, with the code that the kiosk's own screen and terminal show."""

    code: Code
    name: MemberName
    pin: Pin


class Credentials(Record, frozen=True, kw_only=True):
    """A name in any capitalisation and its PIN; `remember` keeps this device signed in."""

    name: MemberName
    pin: Pin
    remember: bool = False


class NewMember(Record, frozen=True, kw_only=True):
    """Somebody new in front of the kiosk, with the code of its screen."""

    code: Code
    name: MemberName
    pin: Pin
    remember: bool = False


class NewPin(Record, frozen=True, kw_only=True):
    """Sets a new PIN with the one-time code that the owner has given."""

    name: MemberName
    code: Code
    pin: Pin


@get("/api/session", guards=[ANYBODY])
async def show_standing(visitor: Visiting, gate: OurGate) -> Standing:
    """Return who is signed in, and the token that changes need."""
    return _standing(gate, visitor)


@post("/api/claim", status_code=200, guards=[ANYBODY])
async def claim(data: JSONBody[Claim], request: AnyRequest, agent: Agent, gate: OurGate) -> Standing:
    """Make the first owner and sign them in."""
    with refused_as_input():
        person = await agent.people.claim(data.code, data.name, data.pin)
    return _standing(gate, gate.open_sign_in(request, person))


@post("/api/session", status_code=200, guards=[ANYBODY])
async def sign_in(data: JSONBody[Credentials], request: AnyRequest, agent: Agent, gate: OurGate) -> Standing:
    """Sign in by name and PIN."""
    person = await agent.people.sign_in(data.name, data.pin, address_of(request))
    return await _signed_in(gate, request, person, remember=data.remember)


@post("/api/join", status_code=200, guards=[ANYBODY])
async def join(data: JSONBody[NewMember], request: AnyRequest, agent: Agent, gate: OurGate) -> Standing:
    """Become a member and sign in; only in front of the kiosk, and where its owner lets people."""
    with refused_as_input():
        person = await agent.people.join_here(data.code, data.name, data.pin, address_of(request))
    return await _signed_in(gate, request, person, remember=data.remember)


@post("/api/pin", status_code=200, guards=[ANYBODY])
async def set_pin(data: JSONBody[NewPin], request: AnyRequest, agent: Agent, gate: OurGate) -> Standing:
    """Set a new PIN with a code, and sign in; all other browsers of this member sign out."""
    with refused_as_input():
        person = await agent.people.set_pin(data.name, data.code, data.pin, address_of(request))
    gate.sign_ins.end_all(person.user_id)
    return _standing(gate, gate.open_sign_in(request, person))


@post("/api/session/stay", status_code=200, guards=[MEMBER])
async def stay(visitor: Visiting, gate: OurGate) -> Standing:
    """Say that somebody is still there: at the kiosk's own screen a sign-in ends after a minute without touch."""
    return _standing(gate, visitor)


@delete("/api/session", status_code=200, guards=[ANYBODY])
async def sign_out(request: AnyRequest, agent: Agent, gate: OurGate, visitor: Visiting) -> Standing:
    """Sign out; a remembered device is forgotten."""
    held = cookies.read(request, cookies.DEVICE)
    if held:
        await agent.people.forget_holder(held)
        cookies.take_back(request, cookies.DEVICE)
    gate.close_sign_in(request)
    return _standing(gate, signed_out(visitor))


async def _signed_in(gate: Gate, request: AnyRequest, person: Person, *, remember: bool) -> Standing:
    visitor = gate.open_sign_in(request, person)
    if remember and not visitor.is_shared:
        secret = await gate.people.remember(person.user_id, device_name(request.headers.get("user-agent", "")))
        cookies.give(request, cookies.DEVICE, secret, cookies.DEVICE_S)
    return _standing(gate, visitor)


def _standing(gate: Gate, visitor: Visitor) -> Standing:
    return Standing(
        person=visitor.person,
        csrf_token=visitor.csrf_token,
        claimed=gate.people.claimed,
        may_join=gate.people.may_join,
        at_screen=visitor.at_screen,
    )
