"""`edge-agent restore`: put a backup in place, checked before anything is touched."""

import argparse

from edge_agent import service
from edge_agent.commands.settings import from_options
from edge_agent.journal.restore import restore


def main(options: argparse.Namespace) -> int:
    """Print what became of it."""
    config = from_options(options)
    folder = options.folder or service.state_folder(config.storage.folder)
    restored = restore(options.file, folder, force=options.force)
    print(f"Restored: {restored.sessions} sessions as of {restored.made_at} in {folder}")
    for name in restored.set_aside:
        print(f"What was there is kept as {name}")
    for line in restored.damage:
        print(f"Found in the restored journal: {line}")
    return 0
