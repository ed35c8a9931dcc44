from pathlib import Path

import pytest

from edge_agent.errors import TemporaryError
from edge_agent.journal.lines import Change
from edge_agent.journal.log import Log
from tests.journal_parts import FailingFiles


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def half_dead(path: Path, files: FailingFiles | None = None) -> Log:
    log = Log(path, files)
    for number in range(10):
        log.append([Change("put", "t", number % 5 + 1, b'{"n":%d}' % number)])
    log.append([Change("put", "gone", 77), Change("drop", "gone", 77)])
    log.append([Change("delete", "t", 5)])
    return log


def content(log: Log) -> dict[int, bytes | None]:
    return {doc_id: log.read("t", doc_id) for doc_id in log.tables["t"]}


def test_compaction_keeps_what_is_live_and_drops_what_is_dead(path: Path) -> None:
    log = half_dead(path)
    before, size = content(log), log.size
    log.compact()
    assert content(log) == before
    assert log.size == path.stat().st_size < size
    log.close()
    log = Log(path)
    assert content(log) == before
    assert log.damage == ()
    log.close()


def test_ids_are_not_used_again_after_compaction_has_dropped_their_documents(path: Path) -> None:
    log = half_dead(path)
    log.compact()
    log.close()
    log = Log(path)
    assert (log.high("t"), log.high("gone")) == (5, 77)
    assert list(log.tables) == ["t"]
    log.close()


def test_a_compacted_journal_takes_further_commits(path: Path) -> None:
    log = half_dead(path)
    log.compact()
    log.append([Change("put", "t", 6, b"{}")])
    log.close()
    log = Log(path)
    assert list(log.tables["t"]) == [1, 2, 3, 4, 6]
    log.close()


def test_compaction_is_due_when_more_than_half_is_dead(path: Path) -> None:
    log = Log(path)
    log.append([Change("put", "t", 1, b'"%s"' % (b"x" * 2_000_000))])
    assert not log.wants_compaction
    log.append([Change("put", "t", 1, b"{}")])
    assert log.wants_compaction
    log.compact()
    assert not log.wants_compaction
    log.close()


@pytest.mark.parametrize("operation", ["pwrite", "fsync", "rename"])
def test_a_compaction_that_fails_leaves_the_journal_as_it_was(path: Path, operation: str) -> None:
    files = FailingFiles()
    log = half_dead(path, files)
    before, raw = content(log), path.read_bytes()
    files.failing = {operation}
    with pytest.raises(TemporaryError, match="could not be compacted"):
        log.compact()
    files.failing = set()
    assert path.read_bytes() == raw
    assert [one.name for one in path.parent.iterdir() if one.name != "journal.lock"] == ["journal"]
    log.append([Change("put", "t", 9, b"{}")])
    assert content(log) == before | {9: b"{}"}
    log.close()


def test_a_rename_that_may_not_be_durable_stops_further_writes(path: Path) -> None:
    files = FailingFiles()
    log = half_dead(path, files)
    files.failing = {"fsync_folder"}
    with pytest.raises(TemporaryError, match="opened again"):
        log.compact()
    files.failing = set()
    with pytest.raises(TemporaryError, match="opened again"):
        log.append([Change("put", "t", 9, b"{}")])
    log.close()


def test_what_a_killed_compaction_left_is_cleared_away(path: Path) -> None:
    half_dead(path).close()
    path.with_name("journal.compacting").write_bytes(b"half a file")
    log = Log(path)
    assert not path.with_name("journal.compacting").exists()
    assert list(log.tables["t"]) == [1, 2, 3, 4]
    log.close()


def test_damage_that_appeared_since_the_start_is_kept_aside_by_compaction(path: Path) -> None:
    log = half_dead(path)
    path.write_bytes(path.read_bytes().replace(b'{"n":7}', b'{"n":3}'))
    log.compact()
    assert "damaged on disk" in log.damage[0]
    assert list(log.tables["t"]) == [1, 2, 4]
    assert len(list(path.parent.glob("journal.damaged-*"))) == 1
    log.close()
