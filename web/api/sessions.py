"""Finished workouts and where each of them is."""

from litestar import get

from edge_agent.records import Session, SessionPage, Whereabouts
from web.dependencies import Agent, Whose, Workout
from web.inputs import Cursor, PageLength, SessionId
from web.rights import READS_DATA, READS_WORKOUT


@get("/api/sessions", guards=[READS_DATA])
async def list_sessions(agent: Agent, whose: Whose, limit: PageLength = 20, cursor: Cursor = None) -> SessionPage:
    """Return workouts, newest first; `next_cursor` of one page asks for the next."""
    return await agent.sessions(whose, limit, cursor)


@get("/api/sessions/{session_id:str}", guards=[READS_WORKOUT])
async def show_session(the_workout: Workout) -> Session:
    """Return one workout with each of its reps."""
    return the_workout


@get("/api/sessions/{session_id:str}/whereabouts", guards=[READS_WORKOUT])
async def show_whereabouts(session_id: SessionId, agent: Agent) -> Whereabouts:
    """Return whether a workout is saved here, handed over, confirmed by the cloud database, or refused."""
    return await agent.whereabouts(session_id)
