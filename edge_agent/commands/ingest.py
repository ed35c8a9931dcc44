"""`edge-agent ingest`: one cloud worker."""

import argparse
import asyncio
import gc

from edge_agent import log, service
from edge_agent.cloud.ingest import run_ingest
from edge_agent.commands.stopping import stop_or_exit
from edge_agent.config import SyncConfig
from edge_agent.supervisor import end_with_parent


def main(options: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT."""
    log.configure(options.log_level)
    # Documents are many small objects without cycles: by default a third of the time went into looking for some.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)

    async def run() -> None:
        stop = service.stop_event()
        ending = asyncio.create_task(_end_in_time(stop), name="end in time")
        if options.tied:
            loop = asyncio.get_running_loop()
            end_with_parent(lambda: loop.call_soon_threadsafe(stop.set))
        await run_ingest(broker_of(options), options.store, stop, lambda: service.notify("READY=1"), options.mirror)
        ending.cancel()

    asyncio.run(run())
    return 0


async def _end_in_time(stop: asyncio.Event) -> None:
    """Of a database that is silent a thread waits for half a minute. What is cut off comes again."""
    await stop.wait()
    stop_or_exit(stop.set)


def broker_of(options: argparse.Namespace) -> SyncConfig:
    """Return how to reach the broker that was named."""
    return SyncConfig(
        broker=options.broker,
        password_file=options.password_file,
        ca_file=options.ca_file,
        cert_file=options.cert_file,
        key_file=options.key_file,
    )
