"""The pages about people: setting up, signing in, joining, pairing a phone, one's own profile, the owner's list."""

import functools
import zoneinfo
from typing import Annotated, TypeAlias

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Redirect, Template

from web.dependencies import Agent, OurGate, Signed, Visiting
from web.reader import words
from web.rights import ANYBODY, MEMBER, OWNER

Next: TypeAlias = Annotated[str, QueryParameter(max_length=500)]

_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")

_CLAIMABLE_SHOWN = 5
"""Unnamed workouts that stand there at once: one's own is among the newest."""


@get("/claim", include_in_schema=False, guards=[ANYBODY])
async def claim_page(gate: OurGate) -> Template | Redirect:
    """Make the first owner; once there is one this page leads on."""
    return Redirect("/", status_code=303) if gate.people.claimed else Template("claim.html")


@get("/sign-in", include_in_schema=False, guards=[ANYBODY])
async def sign_in_page(gate: OurGate, visitor: Visiting, next: Next = "/") -> Template:  # noqa: A002 - its name in the address
    """Sign in and go on to where one wanted to."""
    context = {"next": inside(next), "is_shared": visitor.is_shared, "may_join": gate.people.may_join}
    return Template("sign_in.html", context=context)


@get("/join", include_in_schema=False, guards=[ANYBODY])
async def join_page(gate: OurGate, visitor: Visiting) -> Template:
    """Become a member in front of the kiosk."""
    return Template("join.html", context={"is_shared": visitor.is_shared, "may_join": gate.people.may_join})


@get("/pair", include_in_schema=False, guards=[ANYBODY])
async def pair_page(gate: OurGate, visitor: Visiting) -> Template:
    """Say by phone who trains; the kiosk's QR picture leads here."""
    return Template("pair.html", context={"member": visitor.person, "may_join": gate.people.may_join})


@get("/profile", include_in_schema=False, guards=[MEMBER])
async def profile_page(agent: Agent, person: Signed) -> Template:
    """Show and change what is known about oneself."""
    context = {
        "account": await agent.people.account(person.user_id),
        "coaches": await agent.people.coaches(),
        "sharing": await agent.people.sharing_with(person.user_id) if person.role == "coach" else (),
        "devices": await agent.people.devices(person.user_id),
        "claimable": await agent.workouts.claimable(),
        "claimable_shown": _CLAIMABLE_SHOWN,
        "time_zones": (("", words().page["time_zone_gym"]), *_time_zones()),
    }
    return Template("profile.html", context=context)


@get("/members", include_in_schema=False, guards=[OWNER])
async def members_page(agent: Agent) -> Template:
    """Show all members to the owner."""
    return Template("members.html", context={"accounts": await agent.people.accounts()})


@get("/left", include_in_schema=False, guards=[ANYBODY])
async def left_page() -> Template:
    """Show the receipt of somebody who has left; the script asks for it by the code in the address."""
    return Template("left.html")


def inside(wanted: str) -> str:
    """Return an address within this kiosk; the live page for any other, so that no link leads away through us."""
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_ours else "/"


@functools.cache
def _time_zones() -> tuple[tuple[str, str], ...]:
    names = (name for name in zoneinfo.available_timezones() if name.partition("/")[0] in _REGIONS)
    return tuple((name, name.replace("_", " ")) for name in sorted(names))
