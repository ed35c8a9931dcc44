"""Logging: to stderr, where journald adds the time; one line an event."""

import logging
import sys


def configure(level: str) -> None:
    """Send every record of at least `level` (a name such as `info`) to stderr."""
    logging.basicConfig(
        stream=sys.stderr, level=level.upper(), format="%(levelname)s %(name)s: %(message)s", force=True
    )
