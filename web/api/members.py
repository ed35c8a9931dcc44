"""What the owner sees and changes about members: who they are, never what they train."""

from litestar import get, post, put
from litestar.params import JSONBody

from edge_agent.interface.people import Account, Role
from edge_agent.records import Record
from web.api.refusing import refused_as_input
from web.dependencies import Agent, OurGate
from web.inputs import MemberName, Pin, UserId
from web.rights import OWNER


class AddedMember(Record, frozen=True, kw_only=True):
    """A new member with a first PIN, which they should change."""

    name: MemberName
    pin: Pin
    role: Role = "member"


class RoleChange(Record, frozen=True, kw_only=True):
    """What a member may do from now on."""

    role: Role


class ResetCode(Record, frozen=True, kw_only=True):
    """The one-time code with which a member sets a new PIN; valid for a day."""

    code: str


@get("/api/members", guards=[OWNER])
async def list_members(agent: Agent) -> tuple[Account, ...]:
    """Return all members by name."""
    return await agent.people.accounts()


@post("/api/members", status_code=201, guards=[OWNER])
async def add_member(data: JSONBody[AddedMember], agent: Agent) -> Account:
    """Make a new member."""
    with refused_as_input():
        person = await agent.people.join(data.name, data.pin, data.role)
    return await agent.people.account(person.user_id)


@put("/api/members/{user_id:str}/role", guards=[OWNER])
async def change_role(user_id: UserId, data: JSONBody[RoleChange], agent: Agent) -> Account:
    """Make a member a coach or an owner, or a member again."""
    await agent.people.account(user_id)
    with refused_as_input():
        return await agent.people.change_role(user_id, data.role)


@post("/api/members/{user_id:str}/reset-code", status_code=200, guards=[OWNER])
async def make_reset_code(user_id: UserId, agent: Agent, gate: OurGate) -> ResetCode:
    """Return a code for a member who has forgotten the PIN; their browsers sign out."""
    code = await agent.people.reset_code(user_id)
    gate.sign_ins.end_all(user_id)
    return ResetCode(code=code)
