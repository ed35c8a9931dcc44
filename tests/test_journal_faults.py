"""Each operation of the file layer fails in turn: what was acknowledged stays, what is refused is never half there."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_agent.errors import EdgeError, TemporaryError
from edge_agent.journal.lines import Change
from edge_agent.journal.log import Log
from tests.faulty_files import Fault, FaultyFiles, Kind
from tests.journal_history import History, State, commit, put, state_in, state_of

KINDS: list[tuple[Kind, int]] = [
    ("refused", errno.EIO),
    ("refused", errno.ENOSPC),
    ("refused", errno.EROFS),
    ("shortened", 0),
    ("torn", errno.ENOSPC),
    ("late", errno.EIO),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


class Patient:
    """Works with a log on a failing disk: whatever is refused it tries once more on the mended disk."""

    def __init__(self, path: Path, files: FaultyFiles) -> None:
        self.history = History[State](lambda: len(files.calls), [{}])
        self._path, self._files = path, files
        self._log: Log | None = None

    def open(self) -> Log:
        if self._log is None or self._log.fault:
            self.close()
            self._log = Log(self._path, self._files)
            self.history.observe(state_of(self._log))
        return self._log

    def close(self) -> None:
        if self._log is not None:
            self._log.close()
        self._log = None

    def commit(self, *changes: Change) -> None:
        self._try(lambda: commit(self.history, self.open(), list(changes)))

    def compact(self) -> None:
        self._try(lambda: self.open().compact())

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except EdgeError:
            if self._log is not None:
                assert state_of(self._log) == self.history.state
            self._files.fault = None
            act()


def live_with(path: Path, fault: Fault | None) -> FaultyFiles:
    """Create, commit, compact, then find damage and a torn end; check all that is seen. Returns the used files."""
    files = FaultyFiles(fault)
    patient = Patient(path, files)
    patient.commit(put(1), put(2, b'"%s"' % (b"x" * 1000)))
    patient.commit(put(1, b'"again"'), Change("delete", "t", 2), put(3, table="u"))
    patient.compact()
    patient.commit(put(1, b'"once more"'), Change("drop", "u", 3))
    patient.close()
    path.write_bytes(path.read_bytes().replace(b'"again"', b'"AGAIN"') + b"torn")
    patient.commit(put(4))
    patient.close()
    assert state_in(path) == patient.history.state == {"t": {1: b'"once more"', 4: b'{"a":1}'}}
    return files


def test_without_a_fault_every_operation_has_its_turn(path: Path) -> None:
    assert set(live_with(path, None).calls) == {
        "open",
        "pwrite",
        "fsync",
        "fdatasync",
        "rename",
        "truncate",
        "fsync_folder",
    }


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize(("kind", "error"), KINDS)
def test_whatever_operation_fails_nothing_acknowledged_is_lost(
    tmp_path: Path, kind: Kind, error: int, lasting: bool
) -> None:
    turns = len(live_with(tmp_path / "journal", None).calls)
    assert turns > 30
    for turn in range(turns):
        folder = tmp_path / str(turn)
        folder.mkdir()
        live_with(folder / "journal", Fault(turn, kind, error, lasting))


def test_a_kill_before_any_operation_leaves_what_was_acknowledged(tmp_path: Path) -> None:
    """A process that hangs in an operation, and is killed there, has done all the operations before it."""
    folder, image = tmp_path / "life", tmp_path / "image"
    folder.mkdir()
    image.mkdir()
    allowed: list[list[State]] = []

    def look(_operation: str) -> None:
        for old in image.iterdir():
            old.unlink()
        for one in folder.iterdir():
            (image / one.name).write_bytes(one.read_bytes())
        assert state_in(image / "journal") in history.allowed(len(files.calls))
        allowed.append(history.allowed(len(files.calls)))

    files = FaultyFiles(hook=look)
    history = History[State](lambda: len(files.calls), [{}])
    log = Log(folder / "journal", files)
    for number in range(6):
        commit(history, log, [put(1, b"%d" % number), put(number + 2)])
    log.compact()
    log.close()
    assert max(len(states) for states in allowed) == 2


def test_after_a_write_that_could_not_be_taken_back_a_mended_disk_is_read_again_first(path: Path) -> None:
    files = FaultyFiles()
    log = Log(path, files)
    files.fault = Fault(len(files.calls), "torn", lasting=True)
    with pytest.raises(TemporaryError, match="nothing was saved"):
        log.append([put(1)])
    files.fault = None
    with pytest.raises(TemporaryError, match="could not be taken back"):
        log.append([put(2)])
    log.close()
    assert state_in(path) == {}
