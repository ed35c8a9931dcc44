"""What the pose coach's phone app asks for, by the paths and names it knows: summaries in, sessions and totals out.

The app sends a bearer token; what it brings was counted by the phone, so it is an import (docs/interchange.md).
"""

from datetime import date
from http import HTTPStatus
from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.params import FromQuery, JSONBody

from edge_agent.history.answers import Span, Stats, Summary, Wanted
from edge_agent.interface.transfer import ImportRow
from edge_agent.members.tokens import Claims, user_id_of
from edge_agent.records import Record, Session
from web import rights
from web.api.refusing import refused_as_input
from web.dependencies import Agent, Signed, Workout
from web.motivation import Done, motivation
from web.reader import words

_PAGE = 100
_MOST_LISTED = 200
_Text = Annotated[str, msgspec.Meta(max_length=500)]


class PoseSummary(Record, frozen=True, kw_only=True):
    """A workout of one exercise as the app tells it."""

    user_id: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    """The subject of the token, as the issuer writes it."""
    exercise: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"[^\s\x00-\x1f\x7f]")]
    reps: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    accuracy: Annotated[float, msgspec.Meta(ge=0, le=1)]
    timestamp: Annotated[str, msgspec.Meta(min_length=10, max_length=50)]
    """When it began."""
    duration: Annotated[float, msgspec.Meta(ge=0, le=604_800)]
    """Seconds."""
    feedback_points: Annotated[tuple[_Text, ...], msgspec.Meta(max_length=20)] | None = None


class Saved(Record, frozen=True, kw_only=True):
    """The answer once a summary is on disk."""

    success: bool = True
    message: str = "Workout session saved successfully"
    motivational_feedback: str


class AppSession(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A workout as the app's own database has it."""

    session_id: str
    user_id: str
    exercise: str
    reps: int
    accuracy: float | None
    timestamp: str
    duration: float
    feedback_points: tuple[str, ...]
    created_at: str


@post("/api/workout/pose-summary", status_code=200, guards=[rights.MEMBER])
async def take_summary(data: JSONBody[PoseSummary], agent: Agent, person: Signed) -> Saved:
    """Save a summary and say something about it. The same one again is answered alike, and saved once."""
    if person.user_id not in {data.user_id, user_id_of(Claims(sub=data.user_id))}:
        raise PermissionDeniedException("user_id is not that of the token")
    with refused_as_input():
        report = await agent.transfer.take_in(person.user_id, msgspec.json.encode(data), "pose_summary")
    session = await agent.session(_landed(report.rows[0]))
    earlier = await _earlier(agent, session)
    done = Done(reps=session.reps, hold_s=session.hold_s, accuracy=session.accuracy, number=len(earlier) + 1)
    alike = [one for one in earlier if len(one.exercises) == 1]
    return Saved(motivational_feedback=motivation(done, alike, words().page))


@get("/api/workout/sessions", guards=[rights.MEMBER])
async def list_sessions(agent: Agent, person: Signed, period: FromQuery[Span] = "all") -> list[AppSession]:
    """Return the workouts of today, this week or this month (the gym's), newest first; 200 at most."""
    wanted = await _period(agent, person.user_id, period)
    found: list[AppSession] = []
    cursor: str | None = None
    while len(found) < _MOST_LISTED:
        page = await agent.history.sessions(person.user_id, wanted, "newest", _PAGE, cursor)
        found += [_as_app_session(await agent.session(one.session_id)) for one in page.sessions]
        cursor = page.next_cursor
        if cursor is None:
            break
    return found[:_MOST_LISTED]


@get("/api/workout/stats", guards=[rights.MEMBER])
async def show_stats(agent: Agent, person: Signed, period: FromQuery[Span] = "all") -> Stats:
    """Return the totals of a period."""
    return await agent.history.stats(person.user_id, period)


@delete("/api/workout/sessions/{session_id:str}", guards=[rights.CHANGES_WORKOUT])
async def delete_session(the_workout: Workout, agent: Agent) -> None:
    """Delete a workout; on the pages it can be restored for ten minutes."""
    await agent.workouts.delete(the_workout.session_id)


def _landed(row: ImportRow) -> str:
    """Return the id under which a summary is here. Raises what the app can understand when it is not."""
    if row.outcome == "refused":
        raise HTTPException(status_code=HTTPStatus.UNPROCESSABLE_ENTITY, detail=row.reason)
    if row.outcome == "changed":
        raise HTTPException(
            status_code=HTTPStatus.CONFLICT,
            detail="another workout of this exercise began at that time; what is here stays",
        )
    if row.session_id is None:
        raise HTTPException(status_code=HTTPStatus.CONFLICT, detail="this workout was deleted here, and stays deleted")
    return row.session_id


async def _earlier(agent: Agent, session: Session) -> list[Summary]:
    """Return the workouts of the same exercise that began before, newest first."""
    wanted = Wanted(exercise=session.exercises[0].exercise)
    found: list[Summary] = []
    cursor: str | None = None
    while True:
        page = await agent.history.sessions(session.user_id, wanted, "newest", _PAGE, cursor)
        found += page.sessions
        cursor = page.next_cursor
        if cursor is None:
            break
    here = next((at for at, one in enumerate(found) if one.session_id == session.session_id), len(found))
    return found[here + 1 :]


async def _period(agent: Agent, user_id: str, period: Span) -> Wanted:
    """Return the filter of a period that is running, by the gym's calendar: the chart of its week ends today."""
    if period == "all":
        return Wanted()
    cards = await agent.history.cards(user_id)
    week = await agent.history.volume(user_id, Wanted(since=date.fromisoformat(cards.week.start)), "day")
    starts = {"today": week[-1].start, "week": cards.week.start, "month": cards.month.start}
    return Wanted(since=date.fromisoformat(starts[period]), until=date.fromisoformat(week[-1].start))


def _as_app_session(session: Session) -> AppSession:
    """Return a workout in the app's words; of several exercises the one with the most sets names it."""
    main = max(session.exercises, key=lambda entry: len(entry.sets), default=None)
    return AppSession(
        session_id=session.session_id,
        user_id=session.user_id,
        exercise=main.exercise if main else "",
        reps=session.reps,
        accuracy=session.accuracy,
        timestamp=session.start_time,
        duration=session.duration_s,
        feedback_points=session.feedback_points,
        created_at=session.end_time,
    )
