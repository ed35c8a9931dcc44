"""The kiosk itself: is it well, and which version runs."""

from litestar import get

from edge_agent import __version__
from edge_agent.records import Record
from web.dependencies import Agent
from web.rights import PUBLIC


class Health(Record, frozen=True, kw_only=True):
    """`ok` while pictures are analysed and saving works; otherwise `degraded`, with the words for it."""

    status: str
    device_id: str
    vision: str
    vision_detail: str
    sync: str
    trouble: str


class Version(Record, frozen=True, kw_only=True):
    """Which program this is."""

    name: str
    version: str


@get("/health", guards=[PUBLIC])
async def show_health(agent: Agent) -> Health:
    """Return how the kiosk is doing; an answer at all means that the agent is alive."""
    live = agent.live()
    return Health(
        status="ok" if live.vision == "running" and not live.trouble else "degraded",
        device_id=agent.device_id,
        vision=live.vision,
        vision_detail=live.vision_detail,
        sync=live.sync,
        trouble=live.trouble,
    )


@get("/api/version", guards=[PUBLIC])
async def show_version() -> Version:
    """Return the program's name and version."""
    return Version(name="edge-agent", version=__version__)
