"""`edge-agent run`: both roles in the foreground."""

import argparse
import asyncio

from edge_agent import service
from edge_agent.commands.settings import file_of, from_options
from edge_agent.run import run_both


def main(options: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT."""
    config = from_options(options)

    async def run() -> None:
        await run_both(config, file_of(options), service.state_folder(config.storage.folder), service.stop_event())

    asyncio.run(run())
    return 0
