"""The kiosk's own tables and session files on a disk that fails or loses power: shown as saved means saved."""

import asyncio
import errno
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge_agent.errors import ConfigError, EdgeError
from edge_agent.exporting.training_log import to_training_log
from edge_agent.journal.files import Files
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Receipt, Session
from tests.faulty_files import Fault, FaultyFiles, Kind, QuickFiles
from tests.journal_history import History
from tests.journal_parts import make_session
from tests.long_form import rounds
from tests.power_cut import crashes
from tests.simulated_disk import SimulatedDisk

Shown = dict[str, Any]
"""Session id -> (rev, state of the sync, session); `running` -> ids and contents of the unfinished ones."""


def shown(journal: Journal) -> Shown:
    """Return all that the kiosk can show of its sessions."""
    found: Shown = {"running": {left.session.session_id: left.session for left in journal.left_running()}}
    for one in journal.sessions(None, 200).sessions:
        where = journal.whereabouts(one.session_id)
        found[one.session_id] = where.rev, where.state, one
    return found


class Kiosk:
    """Works with a journal and notes what was promised. Whatever is refused it may try again."""

    def __init__(self, folder: Path, files: Files, clock: Callable[[], int]) -> None:
        self.history = History[Shown](clock, [{"running": {}}])
        self.versions: dict[str, list[Session]] = {}
        self._folder, self._files = folder, files
        self._journal: Journal | None = None

    @property
    def journal(self) -> Journal:
        if self._journal is None:
            self._journal = Journal.open(self._folder, files=self._files)
            self.history.observe(shown(self._journal))
        if self._journal._tables.log.fault:
            self._journal._mend()
            self.history.observe(shown(self._journal))
        return self._journal

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()
        self._journal = None

    def keep(self, session: Session) -> None:
        journal, state = self.journal, dict(self.history.state)
        state["running"] = state["running"] | {session.session_id: session}
        self.history.attempt(state, lambda: journal.keep_running(session))

    def save(self, session: Session, rev: str) -> None:
        journal, state, key = self.journal, dict(self.history.state), session.session_id
        state["running"] = {other: one for other, one in state["running"].items() if other != key}
        state[key] = (rev, "saved", session)
        self.versions.setdefault(key, []).append(session)
        self.history.attempt(state, lambda: journal.save_session(session, rev, "now"))

    def confirm(self) -> None:
        """Take in the cloud's receipts for all that is pending."""
        journal, state = self.journal, dict(self.history.state)
        receipts = []
        for change in journal.pending(99):
            fields = {"entity": "session", "key": change.key, "rev": change.rev, "hash": change.hash}
            receipts.append(msgspec.convert(fields | {"status": "stored"}, Receipt))
            state[change.key] = (change.rev, "confirmed", state[change.key][2])
        self.history.attempt(state, lambda: journal.apply_receipts(receipts, "later"))

    def compact(self) -> None:
        self.journal._tables.log.compact()


def check_files(journal: Journal, versions: dict[str, list[Session]]) -> None:
    """Each session has its file, whole, as it is in the journal or as a later version that was on its way."""
    for one in journal.sessions(None, 200).sessions:
        content = msgspec.json.decode(Path(journal.whereabouts(one.session_id).file).read_bytes())
        known = versions[one.session_id]
        assert content in [to_training_log(version) for version in known[known.index(one) :]]


# Every operation fails in turn


def day_with(folder: Path, fault: Fault | None) -> FaultyFiles:
    """Live a short day on a disk with a fault, trying each thing again when it was refused."""
    files = FaultyFiles(fault)
    kiosk = Kiosk(folder, files, lambda: len(files.calls))
    first, moved = make_session("a", reps=5), make_session("a", start="2026-02-18T10:00:00+01:00")
    day: list[Callable[[], None]] = [
        lambda: kiosk.keep(make_session("a", reps=2)),
        lambda: kiosk.save(first, "r1"),
        kiosk.confirm,
        lambda: kiosk.save(moved, "r2"),
        kiosk.compact,
        kiosk.close,
        lambda: kiosk.keep(make_session("b")),
    ]
    for act in day:
        try:
            act()
        except EdgeError:
            if kiosk._journal is not None:
                assert shown(kiosk._journal) == kiosk.history.state
            files.fault = None
            act()
    kiosk.close()
    with Journal.open(folder, files=QuickFiles()) as journal:
        assert shown(journal) == kiosk.history.state
        assert shown(journal) == {"running": {"b": make_session("b")}, "a": ("r2", "saved", moved)}
        check_files(journal, kiosk.versions)
        assert journal.damage == ()
    return files


@pytest.mark.parametrize(("kind", "error"), [("refused", errno.EIO), ("torn", errno.ENOSPC), ("late", errno.EIO)])
@pytest.mark.parametrize("lasting", [False, True])
def test_whatever_operation_fails_no_session_that_was_shown_as_saved_is_lost(
    tmp_path: Path, kind: Kind, error: int, lasting: bool
) -> None:
    turns = len(day_with(tmp_path / "well", None).calls)
    assert turns > 30
    for turn in range(turns):
        day_with(tmp_path / str(turn), Fault(turn, kind, error, lasting))


# An operation takes its time


class Slow:
    """Holds up the operation number `turn` until it is let go."""

    def __init__(self) -> None:
        self.turn = -1
        self.files = FaultyFiles(hook=self._hold_up)
        self.reached, self.go_on = threading.Event(), threading.Event()

    def _hold_up(self, _operation: str) -> None:
        if len(self.files.calls) == self.turn:
            self.reached.set()
            assert self.go_on.wait(20)


def test_a_save_held_up_in_any_operation_is_not_acknowledged_before_and_holds_up_no_event_loop(tmp_path: Path) -> None:
    async def save_slowly(turn: int) -> bool:
        """Return whether the save has that many operations."""
        slow, folder, session = Slow(), tmp_path / str(turn), make_session("a")
        with Journal.open(folder, files=slow.files) as journal, JournalWorker(journal) as worker:
            slow.turn = len(slow.files.calls) + turn
            saving = asyncio.ensure_future(worker.save_session(session, "r1", "now"))
            saving.add_done_callback(lambda _: slow.reached.set())
            await asyncio.to_thread(slow.reached.wait, 20)
            held_up = not saving.done()
            with pytest.raises(ConfigError, match="another edge-agent"):
                Journal.open(folder)
            slow.go_on.set()
            await saving
            assert await worker.session("a") == session
            return held_up

    turns = [asyncio.run(save_slowly(turn)) for turn in range(12)]
    assert turns == sorted(turns, reverse=True)
    assert 4 < sum(turns) < len(turns)


# The power fails


def random_thing(kiosk: Kiosk, chance: random.Random) -> None:
    session = make_session(
        chance.choice("abc"),
        reps=chance.randint(1, 12),
        start=chance.choice(["2026-02-16T23:34:50+01:00", "2026-02-18T10:00:00+01:00"]),
    )
    what = chance.choices(["keep", "save", "confirm", "compact", "reopen"], [4, 4, 2, 1, 1])[0]
    if what == "keep":
        kiosk.keep(session)
    elif what == "save":
        kiosk.save(session, f"r{chance.getrandbits(40):012x}")
    elif what == "reopen":
        kiosk.close()
    else:
        {"confirm": kiosk.confirm, "compact": kiosk.compact}[what]()


@pytest.mark.parametrize("seed", rounds(4, long=80))
def test_a_power_cut_at_any_moment_loses_no_session_that_was_shown_as_saved(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "life"
    (folder / "sessions").mkdir(parents=True)
    disk = SimulatedDisk(folder)
    kiosk = Kiosk(folder, disk, lambda: len(disk.steps))
    for _ in range(12):
        disk.failing = {chance.choice(["pwrite", "fdatasync", "fsync_folder"])} if chance.random() < 0.15 else set()
        with suppress(EdgeError):
            random_thing(kiosk, chance)
    kiosk.close()
    for moment, image in crashes(disk, folder, chance, random_ones=2):
        with Journal.open(image, files=QuickFiles()) as journal:
            assert shown(journal) in kiosk.history.allowed(moment)
            check_files(journal, kiosk.versions)


def test_a_new_folder_is_durable_before_anything_is_saved_in_it(tmp_path: Path) -> None:
    class Watching(QuickFiles):
        synced: list[Path]

        def fsync_folder(self, folder: Path) -> None:
            self.synced.append(folder)

    files = Watching()
    files.synced = []
    Journal.open(tmp_path / "state" / "edge", files=files).close()
    assert files.synced[:2] == [tmp_path / "state", tmp_path]
