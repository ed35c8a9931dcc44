"""What members see and change about themselves."""

from typing import Annotated

import msgspec
from litestar import delete, get, patch, post, put
from litestar.params import JSONBody

from edge_agent.interface.people import Account, Departure, Device, Person, ProfileChange
from edge_agent.records import Record
from web import cookies
from web.api.refusing import refused_as_input
from web.dependencies import Agent, AnyRequest, OurGate, Signed, Visiting
from web.inputs import DeviceId, MemberName, NewReceiptCode, Pin, ReceiptCode, address_of
from web.rights import ANYBODY, MEMBER


class Rename(Record, frozen=True, kw_only=True):
    """Another name, by which one signs in from then on."""

    name: MemberName


class PinChange(Record, frozen=True, kw_only=True):
    """The PIN so far, and the one from now on."""

    old: Pin
    new: Pin


class Leave(Record, frozen=True, kw_only=True):
    """Confirms with the PIN that everything is to be deleted; without one where the member has none here."""

    pin: Annotated[str, msgspec.Meta(max_length=128)] = ""
    code: NewReceiptCode | None = None
    """Of the receipt, so that it can be asked for when the answer is lost; without one the kiosk makes it."""


@get("/api/me", guards=[MEMBER])
async def show_me(person: Signed, agent: Agent) -> Account:
    """Return one's own account."""
    return await agent.people.account(person.user_id)


@patch("/api/me/profile", guards=[MEMBER])
async def change_profile(data: JSONBody[ProfileChange], person: Signed, agent: Agent) -> Account:
    """Change units, time zone, language, planned days, consents, and the coaches one shares with; the rest stays."""
    with refused_as_input():
        return await agent.people.change_profile(person.user_id, data)


@put("/api/me/name", guards=[MEMBER])
async def rename(data: JSONBody[Rename], person: Signed, agent: Agent) -> Account:
    """Take another name."""
    with refused_as_input():
        return await agent.people.rename(person.user_id, data.name)


@put("/api/me/pin", guards=[MEMBER])
async def change_pin(
    data: JSONBody[PinChange], request: AnyRequest, person: Signed, agent: Agent, gate: OurGate, visitor: Visiting
) -> Account:
    """Change one's PIN; all other browsers sign out, remembered ones too, and this one goes on under a new id."""
    with refused_as_input():
        await agent.people.change_pin(person.user_id, data.old, data.new, address_of(request))
    gate.sign_ins.end_all(person.user_id)
    if visitor.secret:
        gate.open_sign_in(request, person)
    return await agent.people.account(person.user_id)


@get("/api/me/devices", guards=[MEMBER])
async def list_devices(person: Signed, agent: Agent) -> tuple[Device, ...]:
    """Return the phones and browsers that stay signed in."""
    return await agent.people.devices(person.user_id)


@delete("/api/me/devices/{device_id:str}", status_code=200, guards=[MEMBER])
async def forget_device(
    device_id: DeviceId, person: Signed, agent: Agent, gate: OurGate, visitor: Visiting
) -> tuple[Device, ...]:
    """Forget a device and return the others; those sign in again by themselves, the forgotten one can't."""
    await agent.people.forget(person.user_id, device_id)
    gate.sign_ins.end_all(person.user_id, but=visitor.secret)
    return await agent.people.devices(person.user_id)


@get("/api/coaches", guards=[MEMBER])
async def list_coaches(agent: Agent) -> tuple[Person, ...]:
    """Return the coaches one can share with."""
    return await agent.people.coaches()


@get("/api/me/sharing", guards=[MEMBER])
async def list_sharing(person: Signed, agent: Agent) -> tuple[Person, ...]:
    """Return the members who share their workouts with this coach; none for whoever is no coach."""
    return await agent.people.sharing_with(person.user_id) if person.role == "coach" else ()


@post("/api/me/leave", status_code=200, guards=[MEMBER])
async def leave(data: JSONBody[Leave], request: AnyRequest, person: Signed, agent: Agent, gate: OurGate) -> Departure:
    """Delete everything of oneself, here and in the cloud, and return the receipt."""
    account = await agent.people.account(person.user_id)
    if account.has_pin:
        await agent.people.confirm(person.user_id, data.pin)
    with refused_as_input():
        receipt = await agent.people.leave(person.user_id, data.code or "")
    gate.sign_ins.end_all(person.user_id)
    gate.close_sign_in(request)
    cookies.take_back(request, cookies.DEVICE)
    return receipt


@get("/api/departures/{code:str}", guards=[ANYBODY])
async def show_departure(code: ReceiptCode, agent: Agent) -> Departure:
    """Return the receipt of a member who has left, for whoever has its code."""
    return await agent.people.departure(code)
