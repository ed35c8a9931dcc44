"""Reading the settings that a command was given."""

import argparse

from edge_agent import log
from edge_agent.config import Config, load


def from_options(options: argparse.Namespace) -> Config:
    """Load `--config`, or the defaults when there is no file, and set up logging."""
    config = load(options.config) if options.config else Config()
    log.configure(config.log.level)
    return config
