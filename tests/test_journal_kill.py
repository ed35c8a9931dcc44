"""A writer killed at any moment: whatever it had acknowledged is there, and nothing is half there."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.journal.tables import Journal

pytestmark = pytest.mark.process

ROUNDS = 6
_WRITER = """
import sys
from pathlib import Path
from edge_agent.journal.tables import Journal
from tests.journal_parts import make_session
folder, start = Path(sys.argv[1]), int(sys.argv[2])
with Journal.open(folder) as journal:
    for number in range(start, 1_000_000):
        key = f"s{number:07d}"
        journal.keep_running(make_session(key, reps=2))
        journal.save_session(make_session(key), key, "now")
        print(number, flush=True)
"""


def acknowledged_before_the_kill(folder: Path, start: int, lines: int) -> int:
    """Run a writer, kill it once it has acknowledged some sessions, and return the last number it acknowledged."""
    command = [sys.executable, "-c", _WRITER, str(folder), str(start)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(lines):
            assert writer.stdout.readline()
        writer.kill()
        rest = writer.stdout.read().split("\n")[:-1]
    return int(rest[-1]) if rest else start + lines - 1


def test_a_killed_writer_loses_nothing_it_had_acknowledged(tmp_path: Path) -> None:
    random.seed(3)
    following = 0
    for _ in range(ROUNDS):
        last = acknowledged_before_the_kill(tmp_path, following, random.randint(1, 40))
        with Journal.open(tmp_path) as journal:
            counts = journal.counts()
            following = counts.pending
            assert following in (last + 1, last + 2)
            keys = [one.key for one in journal.pending(10_000)]
            assert keys == [f"s{number:07d}" for number in range(following)]
            assert all(Path(journal.whereabouts(key).file).exists() for key in keys[-5:])
            running = journal.running()
            assert [one.session_id for one in running] in ([], [f"s{following:07d}"])
