"""Ports that are free now and stay so until a test listens there."""

import os
import random
import socket

# Below what the system gives out by itself (Linux: from 32768), so that nobody's connection takes one in between;
# seeded by the process, so that tests side by side look in different places.
_RANGE = range(20_000, 32_000)
_ports = random.Random(os.getpid())


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    while True:
        port = _ports.choice(_RANGE)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
