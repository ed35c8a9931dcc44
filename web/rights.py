"""Who may do what. Every route names exactly one of these rights as its guard; `check_all` refuses other apps.

What a right has found out stays with the request; `Signed`, `Whose` and `Workout` of `web.dependencies` hand it on.
Whatever somebody may not see answers like what does not exist. Before the kiosk has an owner all is open except what is
for owners: it can only hold unnamed workouts then.
"""

from collections.abc import Awaitable, Callable

from litestar import Litestar
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.handlers.http_handlers import HTTPRouteHandler

from edge_agent.errors import PermanentError
from edge_agent.interface.people import Person
from edge_agent.members import rights
from edge_agent.phrase import Phrase
from edge_agent.records import Session
from web.cookies import AnyConnection
from web.gate import Gate, Visitor

Find = Callable[[str], Awaitable[Session]]
Check = Callable[[Gate, Visitor, AnyConnection], Awaitable[None]]


class Right:
    """A guard with a name; `check` raises 401, 403 or `PermanentError` (404). Without one nobody looks who asks."""

    def __init__(self, name: str, check: Check | None) -> None:
        self.name = name
        self._check = check

    async def __call__(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        if self._check:
            gate: Gate = connection.app.state.gate
            await self._check(gate, await gate.meet(connection), connection)


def check_all(app: Litestar) -> None:
    """Raise `RuntimeError` for a route that names no right, or more than one."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)]):
            automatic = isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}
            if handler and not automatic and len(rights_of(handler)) != 1:
                raise RuntimeError(f"{route.path}: {handler} must name exactly one right of web.rights as its guard")


def rights_of(handler: BaseRouteHandler) -> list[Right]:
    """Return the rights among the guards of a route, its routers' included."""
    return [guard for guard in handler.resolve_guards() if isinstance(guard, Right)]


async def _anybody(_gate: Gate, _visitor: Visitor, _connection: AnyConnection) -> None:
    """Let everybody in; who it is has been found out."""


async def _member(_gate: Gate, visitor: Visitor, connection: AnyConnection) -> None:
    _keep(connection, "person", _member_of(visitor))


async def _owner(_gate: Gate, visitor: Visitor, connection: AnyConnection) -> None:
    person = _member_of(visitor)
    if not rights.may_run_kiosk(visitor.asker):
        raise _nothing()
    _keep(connection, "person", person)


async def _sync(gate: Gate, visitor: Visitor, _connection: AnyConnection) -> None:
    _somebody(gate, visitor)
    if not rights.may_see_sync(visitor.asker, claimed=gate.people.claimed):
        raise _nothing()


async def _reads_data(gate: Gate, visitor: Visitor, connection: AnyConnection) -> None:
    person = _somebody(gate, visitor)
    wanted = connection.query_params.get("member") or person.user_id
    owned = await _owned(gate, wanted)
    if not rights.may_use_training(visitor.asker, "read", owned, claimed=gate.people.claimed):
        raise PermanentError("no such member shares workouts with you")
    _keep(connection, "person", person)
    _keep(connection, "whose", wanted)


async def _changes_data(gate: Gate, visitor: Visitor, connection: AnyConnection) -> None:
    person = _somebody(gate, visitor)
    if connection.query_params.get("member") not in {None, person.user_id}:
        raise PermanentError("only members themselves change their data")
    _keep(connection, "person", person)
    _keep(connection, "whose", person.user_id)


async def _reads_workout(gate: Gate, visitor: Visitor, connection: AnyConnection) -> None:
    await _use_workout(gate, visitor, connection, "read")


async def _changes_workout(gate: Gate, visitor: Visitor, connection: AnyConnection) -> None:
    await _use_workout(gate, visitor, connection, "change")


async def _restores_workout(gate: Gate, visitor: Visitor, connection: AnyConnection) -> None:
    await _use_workout(gate, visitor, connection, "change", gate.agent.workouts.deleted)


async def _use_workout(
    gate: Gate, visitor: Visitor, connection: AnyConnection, deed: rights.Deed, find: Find | None = None
) -> None:
    person, workout = _somebody(gate, visitor), await _workout(gate, connection, find)
    owned = await _owned(gate, workout.user_id, workout.session_id)
    if not rights.may_use_training(visitor.asker, deed, owned, claimed=gate.people.claimed):
        raise _unknown(connection)
    _keep(connection, "person", person)
    _keep(connection, "workout", workout)


async def _claims_workout(gate: Gate, visitor: Visitor, connection: AnyConnection) -> None:
    person, workout = _member_of(visitor), await _workout(gate, connection)
    if not (await _owned(gate, workout.user_id, workout.session_id)).claimable:
        raise _unknown(connection)
    _keep(connection, "person", person)
    _keep(connection, "workout", workout)


async def _live(gate: Gate, visitor: Visitor, _connection: AnyConnection) -> None:
    if not gate.may_watch(visitor):
        raise _sign_in_first()


async def _controls(gate: Gate, visitor: Visitor, _connection: AnyConnection) -> None:
    trainee, claimed = gate.people.trainee(), gate.people.claimed
    if rights.may_control(visitor.asker, trainee.user_id if trainee else None, claimed=claimed):
        return
    _member_of(visitor)
    raise PermissionDeniedException(
        detail=Phrase("{name} trains here; only they can change that", name=trainee.name if trainee else "")
    )


async def _own_screen(_gate: Gate, visitor: Visitor, _connection: AnyConnection) -> None:
    if not visitor.at_screen:
        raise _nothing()


PUBLIC = Right("public", None)
"""Tells nothing personal and does not look who asks."""
ANYBODY = Right("anybody", _anybody)
MEMBER = Right("member", _member)
"""Whoever has a name: nobody before the kiosk has an owner, except by token."""
OWNER = Right("owner", _owner)
SYNC = Right("sync", _sync)
READS_DATA = Right("reads data", _reads_data)
CHANGES_DATA = Right("changes data", _changes_data)
READS_WORKOUT = Right("reads a workout", _reads_workout)
CHANGES_WORKOUT = Right("changes a workout", _changes_workout)
RESTORES_WORKOUT = Right("restores a workout", _restores_workout)
CLAIMS_WORKOUT = Right("claims a workout", _claims_workout)
LIVE = Right("live", _live)
CONTROLS = Right("controls", _controls)
OWN_SCREEN = Right("own screen", _own_screen)


def _somebody(gate: Gate, visitor: Visitor) -> Person:
    if visitor.person is None and not gate.people.claimed:
        return Person(user_id=gate.people.guest_id, name="")
    return _member_of(visitor)


def _member_of(visitor: Visitor) -> Person:
    if visitor.person is None:
        raise _sign_in_first()
    return visitor.person


async def _owned(gate: Gate, user_id: str, session_id: str | None = None) -> rights.Owned:
    """Return whose training this is, and with whom they share it."""
    if user_id == gate.people.guest_id:
        fresh = await gate.agent.workouts.claimable() if session_id and gate.people.claimed else ()
        claimable = any(one.session_id == session_id for one in fresh)
        return rights.Owned(user_id=user_id, unnamed=True, claimable=claimable)
    try:
        profile = (await gate.people.account(user_id)).profile
    except PermanentError:
        return rights.Owned(user_id=user_id)
    return rights.Owned(user_id=user_id, coaches=profile.coaches)


async def _workout(gate: Gate, connection: AnyConnection, find: Find | None = None) -> Session:
    try:
        return await (find or gate.agent.session)(connection.path_params["session_id"])
    except PermanentError as error:
        raise _unknown(connection) from error


def _unknown(connection: AnyConnection) -> PermanentError:
    """Return the same words for what does not exist and for what is somebody else's."""
    return PermanentError("no session {session_id!r} is kept here", session_id=connection.path_params["session_id"])


def _nothing() -> PermanentError:
    return PermanentError("there is nothing here")


def _sign_in_first() -> NotAuthorizedException:
    return NotAuthorizedException("sign in first", headers={"www-authenticate": "Bearer"})


def _keep(connection: AnyConnection, name: str, value: object) -> None:
    connection.scope["state"][name] = value
