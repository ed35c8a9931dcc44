"""The pages on which members bring workouts from other programs, and take theirs away."""

from litestar import get
from litestar.response import Template

from edge_agent.history.answers import Wanted
from web import rights
from web.dependencies import Agent, Signed, Visiting
from web.uploads import MOST_BYTES

_FORMATS = ("auto", "hevy", "strong", "markdown", "training_session_log", "sessions_json", "pose_summary", "edge_agent")


@get("/import", include_in_schema=False, guards=[rights.MEMBER])
async def import_page(agent: Agent, person: Signed) -> Template:
    """Choose files, see what they hold, and take it in."""
    profile = (await agent.people.account(person.user_id)).profile
    context = {"formats": _FORMATS, "most_mb": MOST_BYTES // 1_000_000, "keeps_history": profile.keeps_history}
    return Template("import.html", context=context)


@get("/export", include_in_schema=False, guards=[rights.MEMBER])
async def export_page(agent: Agent, person: Signed, visitor: Visiting) -> Template:
    """Choose what to take away and how."""
    page = await agent.history.sessions(person.user_id, Wanted(), "newest", 1, None)
    exercises = await agent.history.mix(person.user_id, Wanted())
    return Template(
        "export.html", context={"total": page.total, "exercises": exercises, "is_shared": visitor.is_shared}
    )
