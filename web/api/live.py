"""The running training: its state, its stream, and the two things that can be done to it."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.exceptions import HTTPException
from litestar.params import JSONBody
from litestar.response import ServerSentEvent

from edge_agent.errors import PermanentError
from edge_agent.interface import ExerciseChoice
from edge_agent.records import LiveState, Record, Session
from web.dependencies import Agent, OpenStreams, OurGate, Visiting
from web.rights import CONTROLS, LIVE


class ChosenExercise(Record, frozen=True, kw_only=True):
    """The exercise to count from now on, by its key; `auto` counts whatever is done."""

    exercise: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Finished(Record, frozen=True, kw_only=True):
    """The session that was ended and saved; None when none was running."""

    session: Session | None


@get("/api/live", guards=[LIVE])
async def show_live(agent: Agent) -> LiveState:
    """Return the whole state of this moment."""
    return agent.live()


@get("/api/live/stream", media_type="text/event-stream", guards=[LIVE])
async def stream_live(agent: Agent, streams: OpenStreams, gate: OurGate, visitor: Visiting) -> ServerSentEvent:
    """Follow the training: `state` events (the whole state, first one at once), `pose` events, and `ping`."""
    return ServerSentEvent(streams.events(agent, lambda: gate.may_watch_on(visitor), at_screen=visitor.at_screen))


@get("/api/exercises", guards=[LIVE])
async def list_exercises(agent: Agent) -> tuple[ExerciseChoice, ...]:
    """Return the exercises that can be counted."""
    return agent.exercises()


@post("/api/live/exercise", status_code=200, guards=[CONTROLS])
async def choose_exercise(data: JSONBody[ChosenExercise], agent: Agent) -> LiveState:
    """Count this exercise from now on; a running set ends."""
    try:
        await agent.choose_exercise(data.exercise)
    except PermanentError as error:
        raise HTTPException(status_code=422, detail=error.phrase) from error
    return agent.live()


@post("/api/live/finish", status_code=200, guards=[CONTROLS])
async def finish_session(agent: Agent) -> Finished:
    """End the running session; the answer comes once it is saved."""
    return Finished(session=await agent.finish_session())
