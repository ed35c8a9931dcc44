"""Each operation of the file layer fails in turn: what was acknowledged stays, what is refused is never half there."""

import errno
import itertools
from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from edge_agent.errors import ConfigError, EdgeError, TemporaryError
from edge_agent.journal.lines import Change
from edge_agent.journal.log import Log
from tests.faulty_files import Fault, FaultyFiles, Kind, QuickFiles, UnreadableFiles
from tests.journal_history import History, State, commit, state_in, state_of
from tests.long_form import rounds

KINDS: list[tuple[Kind, int]] = [
    ("refused", errno.EIO),
    ("refused", errno.ENOSPC),
    ("refused", errno.EROFS),
    ("shortened", 0),
    ("torn", errno.ENOSPC),
    ("late", errno.EIO),
]
_STRIDE = 13
"""Each part of the test of cuts tries each 13th byte; lines have about 45, so one part meets all places."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def put(doc_id: int, text: bytes = b'{"a":1}', table: str = "t") -> Change:
    return Change("put", table, doc_id, text)


# Every write, fsync, rename and truncate in turn


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


# A disk that does not read


def four_commits(path: Path) -> bytes:
    log = Log(path, QuickFiles())
    for number in range(1, 5):
        log.append([put(number, b'"%s"' % (b"%d" % number * 5000))])
    log.close()
    return path.read_bytes()


def test_a_journal_that_can_not_be_read_at_all_is_not_begun_again(path: Path) -> None:
    whole = four_commits(path)
    with pytest.raises(ConfigError, match="check the disk"):
        Log(path, UnreadableFiles())
    assert path.read_bytes() == whole
    assert sorted(state_in(path)["t"]) == [1, 2, 3, 4]


def test_reads_that_fail_at_any_time_while_opening_never_destroy_what_they_missed(tmp_path: Path) -> None:
    for turn in itertools.count():
        path = tmp_path / str(turn) / "journal"
        path.parent.mkdir()
        path.write_bytes(four_commits(path).replace(b"22222", b"22x22", 1) + b"torn tail")
        files = UnreadableFiles(turn)
        with suppress(ConfigError):
            Log(path, files).close()
        found = state_in(path)["t"], [one.read_bytes() for one in path.parent.iterdir()]
        for number, text in ((1, b"1111"), (3, b"3333"), (4, b"4444")):
            assert number in found[0] or any(text in content for content in found[1]), f"read {turn}"
        assert all(any(text in content for content in found[1]) for text in (b"22x22", b"torn tail")), f"read {turn}"
        if files.reads <= turn:
            assert turn > 5
            return


@pytest.mark.parametrize(("bad", "left"), [(10, [2, 3, 4]), (7000, [3, 4]), (19_900, [1, 2, 3])])
def test_behind_a_sector_that_can_not_be_read_the_journal_goes_on_and_the_old_file_is_kept(
    path: Path, bad: int, left: list[int]
) -> None:
    whole = four_commits(path)
    log = Log(path, UnreadableFiles(bad=bad))
    assert any("check the disk" in words for words in log.damage)
    assert list(log.tables["t"]) == left
    log.append([put(9)])
    log.close()
    (kept,) = path.parent.glob("journal.unreadable-*")
    assert kept.read_bytes() == whole
    assert list(state_in(path)["t"]) == [*left, 9]


def test_a_sector_that_can_not_be_read_costs_only_what_stands_in_it(path: Path) -> None:
    ends = records(path, 400)
    log = Log(path, UnreadableFiles(bad=8200))
    outside = [n for n, (start, end) in enumerate(itertools.pairwise(ends), 1) if end <= 8192 or start >= 12288]
    assert list(log.tables["t"]) == [0, *outside]
    log.close()


def test_a_sector_that_fails_later_leaves_the_old_file_at_the_next_compaction(path: Path) -> None:
    whole = four_commits(path)
    files = UnreadableFiles(bad=7000)
    files.well = True
    log = Log(path, files)
    files.well = False
    log.compact()
    assert list(log.tables["t"]) == [1, 3, 4]
    log.close()
    assert [one.read_bytes() for one in path.parent.glob("journal.unreadable-*")] == [whole]


def test_while_the_old_file_can_not_be_kept_nothing_is_written(path: Path) -> None:
    class NoLinks(UnreadableFiles):
        def link(self, source: Path, target: Path) -> None:  # noqa: ARG002 - the signature of Files
            raise OSError(errno.EPERM, "Operation not permitted")

    whole = four_commits(path)
    log = Log(path, NoLinks(bad=7000))
    assert list(log.tables["t"]) == [3, 4]
    with pytest.raises(TemporaryError, match="could not be compacted"):
        log.append([put(9)])
    log.close()
    assert path.read_bytes() == whole


# A file cut anywhere


def records(path: Path, count: int) -> list[int]:
    """Write that many commits; return where each ended."""
    log = Log(path, QuickFiles())
    ends = []
    for number in range(count):
        log.append([put(number, b'{"n":%d}' % number)])
        ends.append(log.size)
    log.close()
    return ends


def check_cut(path: Path, whole: bytes, ends: list[int], cut: int) -> None:
    path.write_bytes(whole[:cut])
    log = Log(path, QuickFiles())
    commits = bisect_right(ends, cut)
    left = ends[commits - 1]
    assert list(log.tables["t"]) == list(range(commits)), f"cut at {cut}"
    log.close()
    assert path.read_bytes() == whole[:left]
    aside = list(path.parent.glob("journal.damaged-*"))
    assert [one.read_bytes() for one in aside] == ([whole[left:cut]] if cut > left else [])
    for one in aside:
        one.unlink()


@pytest.mark.parametrize("part", rounds(1, long=_STRIDE))
def test_a_file_cut_at_any_byte_of_its_last_200_records_keeps_every_commit_before(path: Path, part: int) -> None:
    ends = records(path, 210)
    whole = path.read_bytes()
    for cut in range(ends[9] + part, len(whole) + 1, _STRIDE):
        check_cut(path, whole, ends, cut)
