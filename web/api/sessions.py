"""Finished workouts and where each of them is."""

from litestar import get

from edge_agent.records import Session, SessionPage, Whereabouts
from web.dependencies import Agent
from web.inputs import Cursor, PageLength, SessionId


@get("/api/sessions")
async def list_sessions(agent: Agent, limit: PageLength = 20, cursor: Cursor = None) -> SessionPage:
    """Return workouts, newest first; `next_cursor` of one page asks for the next."""
    return await agent.sessions(None, limit, cursor)


@get("/api/sessions/{session_id:str}")
async def show_session(session_id: SessionId, agent: Agent) -> Session:
    """Return one workout with each of its reps."""
    return await agent.session(session_id)


@get("/api/sessions/{session_id:str}/whereabouts")
async def show_whereabouts(session_id: SessionId, agent: Agent) -> Whereabouts:
    """Return whether a workout is saved here, handed over, confirmed by the cloud database, or refused."""
    return await agent.whereabouts(session_id)
