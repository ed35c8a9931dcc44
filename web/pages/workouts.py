"""The page of one workout, with its corrections, and the page on which a past one is entered."""

from litestar import get
from litestar.response import Template

from edge_agent.history.answers import Wanted
from web import rights
from web.dependencies import Agent, Signed, Whose, Workout
from web.display import exercise_name


@get("/sessions/{session_id:str}", include_in_schema=False, guards=[rights.READS_WORKOUT])
async def session_page(the_workout: Workout, person: Signed, agent: Agent) -> Template:
    """Show one workout: each rep, what to take from it, where it is, and what its member may correct."""
    guest_id = agent.people.guest_id
    is_own = the_workout.user_id == person.user_id
    is_unnamed = the_workout.user_id == guest_id
    context = {
        "session": the_workout,
        "where": await agent.whereabouts(the_workout.session_id),
        "is_own": is_own,
        "guest_id": guest_id,
        "may_change": is_own or (is_unnamed and person.role == "owner"),
        "may_claim": is_unnamed and not is_own and await _is_claimable(agent, the_workout.session_id),
        "exercises": await _exercises(agent, the_workout.user_id),
    }
    return Template("session.html", context=context)


@get("/history/add", include_in_schema=False, guards=[rights.CHANGES_DATA])
async def add_page(whose: Whose, agent: Agent) -> Template:
    """Show the form for a workout that no camera saw."""
    return Template("add.html", context={"exercises": await _exercises(agent, whose)})


async def _exercises(agent: Agent, user_id: str) -> list[tuple[str, str]]:
    """Return keys and names to suggest: what the member has done, most first, then all others we know."""
    done = {part.exercise: part.name for part in await agent.history.mix(user_id, Wanted())}
    known = {choice.key: choice.name for choice in agent.exercises()}
    return [(key, exercise_name(key, name)) for key, name in (done | known).items()]


async def _is_claimable(agent: Agent, session_id: str) -> bool:
    return any(one.session_id == session_id for one in await agent.workouts.claimable())
