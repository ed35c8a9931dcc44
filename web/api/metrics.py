"""Figures for Prometheus, in its text format 0.0.4."""

from collections.abc import Iterator
from datetime import UTC, datetime

from litestar import Response, get

from edge_agent import __version__
from edge_agent.records import LiveState, SyncStatus
from web.dependencies import Agent
from web.rights import PUBLIC

_Metric = tuple[str, float | None, str]
"""Name, value, what it is; without a value it is left out."""


@get("/metrics", media_type="text/plain", guards=[PUBLIC])
async def show_metrics(agent: Agent) -> Response[str]:
    """Return the kiosk's figures for Prometheus."""
    now = datetime.now(UTC)
    metrics = [*_kiosk(agent.live()), *sync_metrics(await agent.sync_status(), now)]
    return Response(written(metrics), headers={"content-type": "text/plain; version=0.0.4; charset=utf-8"})


def written(metrics: list[_Metric]) -> str:
    """Return the metrics, all of them gauges, as Prometheus reads them."""
    info = f'# HELP edge_info Which program this is.\n# TYPE edge_info gauge\nedge_info{{version="{__version__}"}} 1\n'
    return info + "".join(
        f"# HELP {name} {words}\n# TYPE {name} gauge\n{name} {float(value):.15g}\n"
        for name, value, words in metrics
        if value is not None
    )


def _kiosk(live: LiveState) -> Iterator[_Metric]:
    yield "edge_vision_running", live.vision == "running", "1 while pictures are analysed."
    yield "edge_vision_frames_per_second", live.fps, "Pictures analysed a second."
    yield "edge_saving_trouble", bool(live.trouble), "1 while something can't be saved."


def sync_metrics(sync: SyncStatus, now: datetime) -> Iterator[_Metric]:
    """Yield the figures of the way to the cloud."""
    yield "edge_sync_enabled", sync.enabled, "1 when a broker is set."
    yield "edge_sync_connected", sync.connected, "1 while connected to the broker."
    yield "edge_sync_alarm", sync.alarm, "1 while somebody must change something before sync can go on."
    yield "edge_sync_pending", sync.pending, "Records that the cloud has not confirmed."
    yield "edge_sync_handed_over", sync.handed_over, "Records the broker has taken, of those."
    yield "edge_sync_confirmed", sync.confirmed, "Records that the cloud database has confirmed."
    yield "edge_sync_refused", sync.refused, "Records that the cloud refused and that are parked."
    yield "edge_sync_attempts", sync.attempts, "Failures in a row of connecting or handing over."
    yield "edge_sync_next_try_seconds", sync.next_try_s, "Seconds until the next try."
    yield "edge_sync_oldest_pending_seconds", _age_s(sync.oldest_saved_at, now), "Age of the oldest pending record."
    yield "edge_sync_fetched_age_seconds", _age_s(sync.fetched_at, now), "Since the cloud's changes were all here."


def _age_s(moment: str | None, now: datetime) -> float | None:
    """Return the age of a moment; the clock may have been set back since, but nothing is younger than now."""
    return None if moment is None else max(0.0, (now - datetime.fromisoformat(moment)).total_seconds())
