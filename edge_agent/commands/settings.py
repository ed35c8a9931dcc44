"""Reading the settings that a command was given."""

import argparse
from pathlib import Path

from edge_agent import log
from edge_agent.config import DEFAULT_FILE, Config
from edge_agent.errors import ConfigError
from edge_agent.settings import load


def from_options(options: argparse.Namespace) -> Config:
    """Load the settings file, or the defaults when there is none, and set up logging."""
    path = file_of(options)
    config = load(path) if path else Config()
    log.configure(config.log.level)
    return config


def file_of(options: argparse.Namespace) -> Path | None:
    """Return `--config`, or the installed kiosk's file if there is one."""
    if options.config:
        return Path(options.config)
    try:
        return DEFAULT_FILE if DEFAULT_FILE.exists() else None
    except OSError as error:
        raise ConfigError(f"{DEFAULT_FILE}: cannot be read ({error.strerror}); name another with --config") from error
