"""`edge-agent agent`: the agent role alone."""

import argparse
import asyncio

from edge_agent import service
from edge_agent.agent.role import run_agent
from edge_agent.commands.settings import from_options


def main(options: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT."""
    config = from_options(options)
    state = service.state_folder(config.storage.folder)

    async def run() -> None:
        await run_agent(config, state, service.runtime_folder(state) / "vision.sock", service.stop_event())

    asyncio.run(run())
    return 0
