"""`edge-agent backup`: journal and session files in one file, also while the agent runs."""

import argparse
from datetime import datetime

from edge_agent import service
from edge_agent.commands.settings import from_options
from edge_agent.journal.backup import back_up


def main(options: argparse.Namespace) -> int:
    """Print what was written."""
    config = from_options(options)
    folder = options.folder or service.state_folder(config.storage.folder)
    target = options.file.absolute()
    manifest = back_up(folder, target, datetime.now().astimezone().isoformat(timespec="seconds"))
    size = target.stat().st_size
    print(f"Backup written: {target} ({size / 1e6:.1f} MB, journal and {len(manifest.files) - 1} session files)")
    return 0
