"""The power fails while writes wait in the disk's cache: each may be there or not, torn at sectors, names likewise.

Random lives of a journal run on a simulated disk; for each moment of each life some of the images that the disk may
then hold are opened. Whatever was acknowledged must be there, and nothing unacknowledged by half.
"""

import random
from contextlib import suppress
from pathlib import Path

import pytest

from edge_agent.errors import TemporaryError
from edge_agent.journal.lines import Change
from edge_agent.journal.log import Log
from tests.journal_history import History, State, commit, state_in, state_of
from tests.long_form import rounds
from tests.power_cut import crashes
from tests.simulated_disk import SimulatedDisk


def random_change(chance: random.Random) -> Change:
    table = chance.choice("aab")
    op = chance.choices(["put", "delete", "drop", "table"], [12, 4, 1, 1])[0]
    text = b'"%s"' % bytes(chance.choices(b"0123456789abcdef", k=chance.choice([5, 100, 700, 1500])))
    return Change(op, table, chance.randint(1, 6), text if op == "put" else b"null")  # type: ignore[arg-type]


class Life:
    """A journal's life on a simulated disk, and the history of what it acknowledged."""

    def __init__(self, path: Path, chance: random.Random, beginning: list[State]) -> None:
        self.disk = SimulatedDisk(path.parent)
        self.history = History(lambda: len(self.disk.steps), beginning)
        self._path, self._chance = path, chance
        self.log = Log(path, self.disk)
        self.history.observe(state_of(self.log))

    def go_on(self) -> None:
        """Do one random thing: mostly commit, sometimes compact or open again, sometimes on a failing disk."""
        what = self._chance.choices(["commit", "compact", "reopen"], [8, 1, 1])[0]
        failing = self._chance.choice(["pwrite", "fdatasync", "fsync", "fsync_folder"])
        self.disk.failing = {failing} if self._chance.random() < 0.2 and what != "reopen" else set()
        with suppress(TemporaryError):
            if what == "commit":
                changes = [random_change(self._chance) for _ in range(self._chance.randint(1, 4))]
                commit(self.history, self.log, changes)
            elif what == "compact":
                self.log.compact()
        self.disk.failing = set()
        if what == "reopen" or self.log.fault:
            self.log.close()
            self.log = Log(self._path, self.disk)
            self.history.observe(state_of(self.log))


@pytest.mark.parametrize("seed", rounds(12, long=300))
def test_a_power_cut_at_any_moment_loses_nothing_acknowledged_and_leaves_nothing_half(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    (tmp_path / "life").mkdir()
    life = Life(tmp_path / "life" / "journal", chance, [{}])
    for _ in range(20):
        life.go_on()
    life.log.close()
    for moment, folder in crashes(life.disk, tmp_path / "life", chance, random_ones=4):
        assert state_in(folder / "journal") in life.history.allowed(moment)


@pytest.mark.parametrize("seed", rounds(6, long=150))
def test_the_power_may_fail_again_while_the_journal_recovers(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    (tmp_path / "first").mkdir()
    first = Life(tmp_path / "first" / "journal", chance, [{}])
    for _ in range(12):
        first.go_on()
    first.log.close()
    for moment, folder in crashes(first.disk, tmp_path / "first", chance, random_ones=2):
        if chance.random() < 0.1:
            second = Life(folder / "journal", chance, first.history.allowed(moment))
            second.go_on()
            second.log.close()
            for later, image in crashes(second.disk, folder, chance, random_ones=2):
                assert state_in(image / "journal") in second.history.allowed(later)
