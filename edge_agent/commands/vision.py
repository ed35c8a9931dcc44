"""`edge-agent vision`: the vision role alone."""

import argparse
import sys
import threading

from edge_agent import service
from edge_agent.camera import CameraStuckError
from edge_agent.commands.settings import from_options
from edge_agent.commands.stopping import stop_on_signals, stop_or_exit
from edge_agent.supervisor import end_with_parent
from edge_agent.vision import run_vision


def main(options: argparse.Namespace) -> int:
    """Run until SIGTERM, SIGINT or the end of a film."""
    config = from_options(options)
    stop = threading.Event()
    stop_on_signals(stop.set)
    if options.tied:
        end_with_parent(lambda: stop_or_exit(stop.set))
    socket_path = options.socket or service.runtime_folder(service.state_folder(config.storage.folder)) / "vision.sock"
    try:
        run_vision(config, socket_path, stop, film_started_s=options.film_started_s)
    except CameraStuckError as error:
        # Not a refusal: a new process may well get the camera back.
        print(f"edge-agent: {error}", file=sys.stderr)
        return 1
    return 0
