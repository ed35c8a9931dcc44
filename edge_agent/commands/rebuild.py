"""`edge-agent rebuild`: make the journal from the session files alone."""

import argparse
from zoneinfo import ZoneInfo

from edge_agent import service
from edge_agent.coaching.own_exercises import find_exercises
from edge_agent.commands.settings import from_options
from edge_agent.journal.rebuild import Reading, rebuild
from edge_agent.sessions.manual import named_exercise
from edge_agent.sync.clock import HybridClock


def main(options: argparse.Namespace) -> int:
    """Print what became of it; 1 when a file could not be read."""
    config = from_options(options)
    exercises = find_exercises(config.session.exercise_folder).exercises
    folder = options.folder or service.state_folder(config.storage.folder)
    reading = Reading(
        zone=ZoneInfo(config.time_zone),
        key_of=lambda name: named_exercise(name, exercises).key,
        guest_id=config.session.user_id,
    )
    rebuilt = rebuild(folder, reading, lambda device_id: HybridClock(device_id).tick, force=options.force)
    print(f"Journal rebuilt: {rebuilt.sessions} sessions in {folder / 'journal'}")
    if rebuilt.taken_over:
        print(f"Taken over from the old one: {rebuilt.taken_over} members, other records and deletions")
    if rebuilt.set_aside:
        print(f"The old one is kept as {rebuilt.set_aside}")
    for name, reason in rebuilt.unread:
        print(f"Not read: {name}: {reason}")
    return 1 if rebuilt.unread else 0
