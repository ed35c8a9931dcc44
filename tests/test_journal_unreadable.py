"""A disk that does not read: it may do better one day, so what could not be read is never replaced or written over."""

import errno
import itertools
from contextlib import suppress
from pathlib import Path

import pytest

from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.journal.log import Log
from tests.faulty_files import QuickFiles, UnreadableFiles
from tests.journal_history import put, records, state_in


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


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
