"""The way to the cloud: its figures, and trying again what waits or was refused."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from edge_agent.records import Record, SyncStatus
from web.dependencies import Agent
from web.rights import SYNC


class RefusedOnes(Record, frozen=True, kw_only=True):
    """Which refused record to send again, by its key; all when there is none."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | None = None


class Retried(Record, frozen=True, kw_only=True):
    """How many refused records are sent again."""

    retried: int


@get("/api/sync", guards=[SYNC])
async def show_sync(agent: Agent) -> SyncStatus:
    """Return how the forwarding to the cloud is doing."""
    return await agent.sync_status()


@post("/api/sync/retry", status_code=200, guards=[SYNC])
async def retry_sync(agent: Agent) -> SyncStatus:
    """Try to reach broker and cloud now instead of waiting for the next try."""
    await agent.retry_sync()
    return await agent.sync_status()


@post("/api/sync/retry-refused", status_code=200, guards=[SYNC])
async def retry_refused(data: JSONBody[RefusedOnes], agent: Agent) -> Retried:
    """Send what the cloud refused again."""
    return Retried(retried=await agent.retry_refused(data.key))
