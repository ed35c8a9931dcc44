import errno
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.errors import ConfigError, PermanentError, TemporaryError
from edge_agent.journal.lines import Change, header
from edge_agent.journal.log import Log
from tests.journal_parts import FailingFiles


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def put(doc_id: int, text: bytes = b'{"a":1}', table: str = "t") -> Change:
    return Change("put", table, doc_id, text)


def fill(path: Path, commits: int, documents: int = 2) -> list[int]:
    """Commit `documents` documents at a time; return where each commit ended."""
    log = Log(path)
    ends = []
    for commit in range(commits):
        log.append([put(commit * documents + n, b'{"n":%d}' % commit) for n in range(documents)])
        ends.append(log.size)
    log.close()
    return ends


def ids(path: Path) -> list[int]:
    log = Log(path)
    found = list(log.tables.get("t", {}))
    log.close()
    return found


def aside(path: Path) -> list[Path]:
    return sorted(path.parent.glob("journal.damaged-*"))


def test_what_was_appended_is_there_after_opening_again(path: Path) -> None:
    log = Log(path)
    log.append([put(1), put(2, b'{"b":"\xc3\xa4\\n"}')])
    log.append([Change("delete", "t", 1)])
    log.close()
    log = Log(path)
    assert log.read("t", 1) is None
    assert log.read("t", 2) == b'{"b":"\xc3\xa4\\n"}'
    assert log.damage == ()
    log.close()


def test_a_commit_is_one_write_and_one_fdatasync(path: Path) -> None:
    files = FailingFiles()
    log = Log(path, files)
    files.calls.clear()
    log.append([put(1), put(2), put(3, table="other")])
    assert files.calls == ["pwrite", "fdatasync"]
    log.close()


def test_a_commit_cut_at_any_byte_is_whole_or_absent_and_all_before_it_is_kept(path: Path) -> None:
    ends = fill(path, commits=4)
    whole = path.read_bytes()
    for cut in range(ends[1], len(whole) + 1):
        path.write_bytes(whole[:cut])
        commits = sum(end <= cut for end in ends)
        assert ids(path) == list(range(2 * commits)), f"cut at {cut}"
        assert path.stat().st_size == (ends[commits - 1])


def test_a_torn_tail_is_kept_aside_byte_for_byte_and_told(path: Path) -> None:
    ends = fill(path, commits=2)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    log = Log(path)
    assert "cut short" in log.damage[0]
    log.close()
    assert [one.read_bytes() for one in aside(path)] == [whole[ends[0] : -5]]


def test_a_journal_goes_on_after_a_torn_tail(path: Path) -> None:
    fill(path, commits=2)
    path.write_bytes(path.read_bytes()[:-5])
    log = Log(path)
    log.append([put(9)])
    log.close()
    assert ids(path) == [0, 1, 9]


def test_a_header_cut_at_any_byte_does_not_stop_the_start(path: Path) -> None:
    for cut in range(len(header())):
        path.write_bytes(header()[:cut])
        log = Log(path)
        log.append([put(1)])
        log.close()
        assert ids(path) == [1]


def test_a_flipped_bit_anywhere_costs_only_the_line_it_is_in(path: Path) -> None:
    ends = fill(path, commits=3, documents=1)
    whole = path.read_bytes()
    starts = [len(header()), *ends]
    for position in range(ends[1]):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 4]) + whole[position + 1 :])
        lost = {n for n in range(3) if starts[n] <= position < starts[n + 1]}
        assert set(ids(path)) == {0, 1, 2} - lost, f"flip at {position}"


def test_damage_in_the_middle_is_told_once_and_kept_aside(path: Path) -> None:
    ends = fill(path, commits=3, documents=1)
    whole = bytearray(path.read_bytes())
    whole[ends[0] : ends[0] + 10] = bytes(10)
    path.write_bytes(whole)
    log = Log(path)
    assert "in the middle" in log.damage[0]
    log.close()
    assert [one.read_bytes() for one in aside(path)] == [bytes(whole[ends[0] : ends[1]])]
    log = Log(path)
    assert log.damage == ()
    log.close()


def test_a_zeroed_stretch_longer_than_a_read_is_passed_over(path: Path) -> None:
    log = Log(path)
    for doc_id in range(6):
        log.append([put(doc_id, b'{"long":"%s"}' % (b"x" * 600_000))])
    log.close()
    whole = bytearray(path.read_bytes())
    whole[700_000:2_700_000] = bytes(2_000_000)
    path.write_bytes(whole)
    assert ids(path) == [0, 5]


def test_a_line_quoted_in_a_document_is_never_taken_for_one(path: Path) -> None:
    fill(path, commits=1, documents=1)
    quoted = path.read_text().splitlines()[1].replace('"', '\\"')
    log = Log(path)
    log.append([put(7, b'{"note":"%s"}' % quoted.encode())])
    log.append([put(8)])
    start = path.read_bytes().index(b"[2,2")
    log.close()
    whole = bytearray(path.read_bytes())
    whole[start] ^= 1
    path.write_bytes(whole)
    assert ids(path) == [0, 8]


def test_bytes_of_a_former_life_behind_the_end_are_ignored(path: Path) -> None:
    ends = fill(path, commits=5, documents=1)
    former = path.read_bytes()
    path.write_bytes(former[: ends[1]])
    log = Log(path)
    log.append([put(9)])
    log.close()
    path.write_bytes(path.read_bytes() + former[ends[2] :])
    assert ids(path) == [0, 1, 9]


def test_the_last_commit_is_absent_when_any_of_its_lines_is_damaged(path: Path) -> None:
    ends = fill(path, commits=2, documents=3)
    whole = path.read_bytes()
    for position in range(ends[0], ends[1]):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 4]) + whole[position + 1 :])
        assert ids(path) == [0, 1, 2]


def test_a_commit_is_never_made_up_of_its_lines_and_those_of_a_failed_one(path: Path) -> None:
    class Recorder(FailingFiles):
        block = b""

        def pwrite(self, fd: int, data: bytes, offset: int) -> int:
            self.block = data
            return super().pwrite(fd, data, offset)

    files = Recorder(errno.ENOSPC)
    log = Log(path, files)
    start = log.size
    files.failing = {"pwrite"}
    with pytest.raises(TemporaryError):
        log.append([put(1, b'"failed"'), put(2, b'"failed"')])
    failed, files.failing = files.block, set()
    log.append([put(1, b'"stored"'), put(2, b'"stored"')])
    log.close()
    half = len(failed) // 2
    path.write_bytes(path.read_bytes()[: start + half] + failed[half:])
    assert ids(path) == []


def test_a_newer_format_is_refused_and_left_untouched(path: Path) -> None:
    content = header(2) + b"whatever comes then\n"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="newer edge-agent"):
        Log(path)
    assert path.read_bytes() == content
    assert aside(path) == []


def test_a_file_that_is_no_journal_is_refused_and_left_untouched(path: Path) -> None:
    path.write_text('{"_default": {"1": {"a": 1}}}')
    with pytest.raises(ConfigError, match="not a journal"):
        Log(path)
    assert path.read_text() == '{"_default": {"1": {"a": 1}}}'


def test_a_second_opener_is_told_who_holds_the_journal(path: Path) -> None:
    script = f"from edge_agent.journal.log import Log; from pathlib import Path; Log(Path({str(path)!r}))"
    log = Log(path)
    second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    log.close()
    assert "another edge-agent (process " in second.stderr
    assert "stop it first" in second.stderr


def test_a_full_disk_refuses_the_save_keeps_the_rest_and_recovers_when_there_is_room(path: Path) -> None:
    files = FailingFiles(errno.ENOSPC)
    log = Log(path, files)
    log.append([put(1)])
    size = path.stat().st_size
    files.failing, files.written_anyway = {"pwrite"}, 30
    with pytest.raises(TemporaryError, match="disk is full"):
        log.append([put(2), put(3)])
    assert path.stat().st_size == size
    assert log.read("t", 1) == b'{"a":1}'
    files.failing = set()
    log.append([put(4)])
    log.close()
    assert ids(path) == [1, 4]


def test_after_a_failed_fsync_nothing_is_written_until_the_journal_is_opened_again(path: Path) -> None:
    files = FailingFiles()
    log = Log(path, files)
    log.append([put(1)])
    files.failing = {"fdatasync"}
    with pytest.raises(TemporaryError, match="opened again"):
        log.append([put(2)])
    files.failing = set()
    files.calls.clear()
    with pytest.raises(TemporaryError, match="opened again"):
        log.append([put(3)])
    assert files.calls == []
    assert log.read("t", 1) == b'{"a":1}'
    log.close()


def test_opening_writes_the_last_commit_again_since_it_may_only_be_in_the_cache(path: Path) -> None:
    ends = fill(path, commits=2)
    files = FailingFiles()
    log = Log(path, files)
    assert files.written == ends[1] - ends[0]
    assert files.calls[-3:] == ["pwrite", "fsync", "fsync_folder"]
    log.close()


def test_a_write_that_can_not_be_taken_back_stops_further_writes(path: Path) -> None:
    files = FailingFiles()
    log = Log(path, files)
    files.failing, files.written_anyway = {"pwrite", "truncate"}, 20
    for _ in range(2):
        with pytest.raises(TemporaryError):
            log.append([put(1)])
    log.close()
    assert ids(path) == []


def test_a_tail_that_can_not_be_set_aside_is_not_cut_off_and_all_can_be_read(path: Path) -> None:
    fill(path, commits=2)
    path.write_bytes(path.read_bytes()[:-5])
    torn = path.read_bytes()
    files = FailingFiles(errno.ENOSPC)
    files.failing = {"pwrite"}
    log = Log(path, files)
    assert log.read("t", 0) == b'{"n":0}'
    with pytest.raises(TemporaryError, match="disk is full"):
        log.append([put(9)])
    log.close()
    assert path.read_bytes() == torn


def test_a_sector_that_can_not_be_read_does_not_stop_the_start(path: Path) -> None:
    class BadSector(FailingFiles):
        def pread(self, fd: int, length: int, offset: int) -> bytes:
            if offset <= 8192 < offset + length:
                raise OSError(errno.EIO, "Input/output error")
            return super().pread(fd, length, offset)

    fill(path, commits=400, documents=1)
    log = Log(path, BadSector())
    assert 250 < len(log.tables["t"]) < 400
    log.close()


def test_a_document_that_rots_while_the_journal_is_open_is_not_handed_out(path: Path) -> None:
    log = Log(path)
    log.append([put(1)])
    content = path.read_bytes().replace(b'{"a":1}', b'{"a":2}')
    path.write_bytes(content)
    with pytest.raises(PermanentError, match="damaged on disk"):
        log.read("t", 1)
    log.close()


def test_a_document_too_large_for_a_line_is_refused_before_anything_is_written(path: Path) -> None:
    log = Log(path)
    with pytest.raises(PermanentError, match="too large"):
        log.append([put(1), put(2, b'"%s"' % (b"x" * (1 << 24)))])
    log.close()
    assert ids(path) == []


def test_the_bytes_of_a_commit_do_not_depend_on_how_much_there_is(path: Path) -> None:
    files = FailingFiles()
    log = Log(path, files)
    sizes = []
    for doc_id in range(1000, 1500):
        files.written = 0
        log.append([put(doc_id)])
        sizes.append(files.written)
    assert max(sizes) - min(sizes) <= len("500") - len("1")  # the sequence number has more digits, no more
    log.close()


def test_all_documents_of_a_table_come_in_their_order_in_few_reads(path: Path) -> None:
    files = FailingFiles()
    log = Log(path, files)
    for doc_id in range(200):
        log.append([put(doc_id), put(doc_id, table="other")])
    log.append([put(3, b'{"a":2}')])
    files.calls.clear()
    expected = [(doc_id, b'{"a":2}' if doc_id == 3 else b'{"a":1}') for doc_id in range(200)]
    assert list(log.documents("t")) == expected
    assert files.calls.count("pread") < 10
    log.close()


def test_a_rotten_document_among_all_is_told_apart(path: Path) -> None:
    fill(path, commits=3, documents=1)
    log = Log(path)
    path.write_bytes(path.read_bytes().replace(b'{"n":1}', b'{"n":7}'))
    assert list(log.documents("t")) == [(0, b'{"n":0}'), (1, None), (2, b'{"n":2}')]
    log.close()
