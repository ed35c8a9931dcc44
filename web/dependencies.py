"""What handlers are given by name; `app.create_app` provides it.

`person`, `whose` and `the_workout` are there on routes whose right has found them (`web.rights`), and nowhere else.
No field of a body may have a name of these: Litestar would take a fault in it for our own (500).
"""

from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from edge_agent.interface import KioskAgent
from edge_agent.interface.people import Person
from edge_agent.records import Session
from web.gate import Gate, Visitor
from web.inputs import MemberId, SessionId
from web.live import Streams

Agent: TypeAlias = NamedDependency[SkipValidation[KioskAgent]]
OpenStreams: TypeAlias = NamedDependency[SkipValidation[Streams]]
OurGate: TypeAlias = NamedDependency[SkipValidation[Gate]]
Visiting: TypeAlias = NamedDependency[SkipValidation[Visitor]]
Signed: TypeAlias = NamedDependency[SkipValidation[Person]]
Whose: TypeAlias = NamedDependency[SkipValidation[str]]
"""User id of the member whose data is meant."""
Workout: TypeAlias = NamedDependency[SkipValidation[Session]]
"""The workout of the address, which the visitor may see or change."""

Found = TypeVar("Found")
AnyRequest = Request[Any, Any, Any]


def provided(agent: KioskAgent, streams: Streams, gate: Gate) -> Mapping[str, Provide]:
    """Return all dependencies by name."""
    return {
        "agent": Provide(lambda: agent, sync_to_thread=False),
        "streams": Provide(lambda: streams, sync_to_thread=False),
        "gate": Provide(lambda: gate, sync_to_thread=False),
        "visitor": Provide(_visitor, sync_to_thread=False),
        "person": Provide(_person, sync_to_thread=False),
        "whose": Provide(_whose, sync_to_thread=False),
        "the_workout": Provide(_workout, sync_to_thread=False),
    }


def _visitor(request: AnyRequest) -> Visitor:
    return _found(request, "visitor", Visitor)


def _person(request: AnyRequest) -> Person:
    return _found(request, "person", Person)


def _whose(request: AnyRequest, member: MemberId = None) -> str:  # noqa: ARG001 - `rights` has checked it
    return _found(request, "whose", str)


def _workout(request: AnyRequest, session_id: SessionId) -> Session:  # noqa: ARG001 - `rights` has found it
    return _found(request, "workout", Session)


def _found(request: AnyRequest, name: str, kind: type[Found]) -> Found:
    found = request.scope["state"].get(name)
    if not isinstance(found, kind):
        raise TypeError(f"the right of this route does not find out {name!r}")
    return found
