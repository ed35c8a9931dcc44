"""`edge-agent demo`: the whole product on this machine."""

import argparse
import asyncio

from edge_agent.demo.show import DemoOptions, run_demo


def main(options: argparse.Namespace) -> int:
    """Run the demo; 0 when a session was confirmed (or there was none), 1 when it was not."""
    return asyncio.run(
        run_demo(
            DemoOptions(
                once=options.once,
                json=options.json,
                camera=options.camera,
                exercise=options.exercise,
                port=options.port,
                folder=options.folder,
            )
        )
    )
