"""A writer killed at any moment: whatever it had acknowledged is there, byte for byte, and nothing is half there."""

import random
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from edge_agent.exporting.training_log import to_training_log
from edge_agent.journal.lines import Change
from edge_agent.journal.log import Log
from edge_agent.journal.tables import Journal
from tests.journal_history import State, after, state_of
from tests.journal_parts import make_session
from tests.long_form import rounds

pytestmark = pytest.mark.process

KILLS = 5
"""In one test, one after the other on the same journal."""

_LOG_WRITER = """
import random, sys
from pathlib import Path
from edge_agent.journal.log import Log
from tests.test_journal_kill import changes_of
log = Log(Path(sys.argv[1]))
number = int(log.read("last", 1) or b"0")
print(number, flush=True)
while True:
    number += 1
    log.append(changes_of(number))
    print(number, flush=True)
    if random.random() < 0.1:
        log.compact()
"""
_JOURNAL_WRITER = """
import random, sys
from pathlib import Path
from edge_agent.journal.tables import Journal
from tests.journal_parts import make_session
with Journal.open(Path(sys.argv[1])) as journal:
    number = journal.counts().pending
    print(number, flush=True)
    while True:
        number += 1
        key = f"s{number:07d}"
        journal.keep_running(make_session(key, reps=number % 7 + 1))
        journal.save_session(make_session(key, reps=number % 9 + 1), key, "now")
        print(number, flush=True)
        if random.random() < 0.1:
            journal.setting(key, lambda: number)
"""


def changes_of(number: int) -> list[Change]:
    """Return the changes of the commit of that number: what a killed writer wrote can be computed again."""
    chance = random.Random(number)
    changes = [Change("put", "last", 1, b"%d" % number)]
    for _ in range(chance.randint(0, 5)):
        size = chance.choice([3, 60, 600, 9000])
        changes.append(Change("put", "t", chance.randint(1, 20), b'"%s"' % (b"%x" % chance.getrandbits(4 * size))))
    if chance.random() < 0.3:
        changes.append(Change("delete", "t", chance.randint(1, 20)))
    return changes


def killed(script: str, place: Path, chance: random.Random) -> int | None:
    """Run a writer, kill it at a random moment, and return the last number it acknowledged; None before any.

    One in five is killed while it starts, the others while they write.
    """
    with subprocess.Popen([sys.executable, "-c", script, str(place)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        early = chance.random() < 0.2
        told = "" if early else writer.stdout.readline()
        timer = threading.Timer(chance.uniform(0, 0.25 if early else 0.06), writer.kill)
        timer.start()
        told += writer.stdout.read()
        timer.join()
    assert writer.returncode == -9
    numbers = told.split("\n")[:-1]
    return int(numbers[-1]) if numbers else None


def state_after(number: int) -> State:
    state: State = {}
    for one in range(1, number + 1):
        state = after(state, changes_of(one))
    return state


@pytest.mark.parametrize("seed", rounds(1, long=60))
def test_a_killed_writer_leaves_each_commit_whole_or_absent(tmp_path: Path, seed: int) -> None:
    chance, path, before = random.Random(seed), tmp_path / "journal", 0
    for _ in range(KILLS):
        last = killed(_LOG_WRITER, path, chance)
        log = Log(path)
        number = int(log.read("last", 1) or b"0")
        assert number in ((last, last + 1) if last is not None else (before,))
        assert state_of(log) == state_after(number)
        before = number
        log.close()


@pytest.mark.parametrize("seed", rounds(1, long=30))
def test_a_killed_kiosk_has_every_session_it_showed_as_saved(tmp_path: Path, seed: int) -> None:
    chance, before = random.Random(seed), 0
    for _ in range(KILLS):
        last = killed(_JOURNAL_WRITER, tmp_path, chance)
        with Journal.open(tmp_path) as journal:
            number = journal.counts().pending
            assert number in ((last, last + 1) if last is not None else (before,))
            check_sessions(journal, number)
            before = number


def check_sessions(journal: Journal, number: int) -> None:
    """Sessions 1 to `number` are there, byte-equal, each with its file; one more may be running."""
    changes = journal.pending(100_000)
    assert [one.key for one in changes] == [f"s{one:07d}" for one in range(1, number + 1)]
    for one, change in enumerate(changes, 1):
        session = make_session(change.key, reps=one % 9 + 1)
        assert journal.session(change.key) == session
        file = Path(journal.whereabouts(change.key).file)
        assert msgspec.json.decode(file.read_bytes()) == msgspec.to_builtins(to_training_log(session))
    running = [left.session for left in journal.left_running()]
    assert running in ([], [make_session(f"s{number + 1:07d}", reps=(number + 1) % 7 + 1)])
