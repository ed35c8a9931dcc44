"""Correcting, adding, deleting and taking back the deletion of a workout. What was measured is always kept."""

from http import HTTPStatus
from typing import Annotated

import msgspec
from litestar import delete, patch, post
from litestar.exceptions import HTTPException
from litestar.params import JSONBody

from edge_agent.errors import ConflictError, PermanentError
from edge_agent.interface.workouts import PastWorkout, WorkoutEdit
from edge_agent.records import Record, Session
from web import rights
from web.dependencies import Agent, Whose, Workout
from web.inputs import SessionId


class Corrected(Record, frozen=True, kw_only=True):
    """The workout as it is now; `rev` goes into the `if_rev` of the next correction."""

    session: Session
    rev: str


class Remembered(Record, frozen=True, kw_only=True):
    """A past workout; the same `session_id` a second time adds nothing, so a lost answer may be asked for again."""

    workout: PastWorkout
    session_id: Annotated[str, msgspec.Meta(min_length=8, max_length=64, pattern=r"^[0-9A-Za-z-]+$")] | None = None


@patch("/api/sessions/{session_id:str}", guards=[rights.CHANGES_WORKOUT])
async def correct_session(the_workout: Workout, data: JSONBody[WorkoutEdit], agent: Agent) -> Corrected:
    """Correct a workout: weight, RPE, notes, exercise, reps; answered once the new version is saved."""
    try:
        session = await agent.workouts.edit(the_workout.session_id, data)
    except ConflictError as error:
        raise HTTPException(status_code=HTTPStatus.CONFLICT, detail=error.phrase) from error
    except PermanentError as error:
        raise HTTPException(status_code=HTTPStatus.UNPROCESSABLE_ENTITY, detail=error.phrase) from error
    return Corrected(session=session, rev=(await agent.workouts.whereabouts(session.session_id)).rev)


@post("/api/sessions", guards=[rights.CHANGES_DATA])
async def add_session(data: JSONBody[Remembered], whose: Whose, agent: Agent) -> Session:
    """Keep a workout that no camera saw."""
    try:
        return await agent.workouts.add(whose, data.workout, data.session_id)
    except ConflictError as error:
        raise HTTPException(status_code=HTTPStatus.CONFLICT, detail=error.phrase) from error
    except PermanentError as error:
        raise HTTPException(status_code=HTTPStatus.UNPROCESSABLE_ENTITY, detail=error.phrase) from error


@delete("/api/sessions/{session_id:str}", guards=[rights.CHANGES_WORKOUT])
async def delete_session(the_workout: Workout, agent: Agent) -> None:
    """Take a workout out of all lists; it can be restored for ten minutes."""
    await agent.workouts.delete(the_workout.session_id)


@post("/api/sessions/{session_id:str}/restore", status_code=200, guards=[rights.RESTORES_WORKOUT])
async def restore_session(session_id: SessionId, agent: Agent) -> Session:
    """Take back a deletion."""
    return await agent.workouts.restore(session_id)
