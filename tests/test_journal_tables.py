"""The journal as a whole: small values, faults and other programs."""

import errno
import math
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge_agent.errors import ConfigError, PermanentError, TemporaryError
from edge_agent.journal import JournalDB
from edge_agent.journal.tables import Journal
from tests.journal_parts import FailingFiles, make_session, save


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as one:
        yield one


def test_settings_and_the_device_id_stay_what_they_were_first(tmp_path: Path) -> None:
    with Journal.open(tmp_path, "Gym / Hall #1") as journal:
        device_id = journal.device_id
        assert journal.setting("x", lambda: {"a": [1]}) == {"a": [1]}
    assert device_id.startswith("gym-hall-1-")
    with Journal.open(tmp_path, "other") as journal:
        assert journal.device_id == device_id
        assert journal.setting("x", dict) == {"a": [1]}


def test_a_new_journal_has_no_last_rev(journal: Journal) -> None:
    assert journal.last_rev() is None


def test_a_folder_in_use_is_refused(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="another edge-agent"):
        Journal.open(tmp_path)


def test_a_folder_that_can_not_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"storage\.folder"):
        Journal.open(tmp_path / "file" / "state")


def test_tables_of_a_newer_program_are_refused(tmp_path: Path) -> None:
    Journal.open(tmp_path).close()
    with JournalDB(tmp_path / "journal") as db:
        db.table("settings").update({"value": 99}, doc_ids=[1])
    content = (tmp_path / "journal").read_bytes()
    with pytest.raises(ConfigError, match="newer edge-agent"):
        Journal.open(tmp_path)
    assert (tmp_path / "journal").read_bytes() == content


def test_tables_of_an_older_program_are_taken_over_and_marked(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "a")
    with JournalDB(tmp_path / "journal") as db:
        db.table("settings").update({"value": 1}, doc_ids=[1])
    with Journal.open(tmp_path) as journal:
        assert journal.session("a") == make_session("a")
        assert journal.setting("tables", int) > 1


def test_a_new_journal_on_a_full_disk_is_refused_for_now_and_made_once_there_is_room(tmp_path: Path) -> None:
    files = FailingFiles(errno.ENOSPC)
    for operation in ("pwrite", "fsync", "rename", "fsync_folder"):
        files.failing = {operation}
        with pytest.raises(TemporaryError, match="full"):
            Journal.open(tmp_path / operation, files=files)
        files.failing = set()
        with Journal.open(tmp_path / operation, files=files) as journal:
            save(journal, "a")


def test_a_session_with_a_number_that_json_can_not_carry_is_refused_and_leaves_no_file(
    journal: Journal, tmp_path: Path
) -> None:
    with pytest.raises(PermanentError, match="NaN"):
        journal.save_session(msgspec.structs.replace(make_session("a"), calories_kcal=math.nan), "r1", "now")
    assert list((tmp_path / "sessions").iterdir()) == []


def test_an_older_file_that_can_not_be_removed_does_not_refuse_the_save(tmp_path: Path) -> None:
    files = FailingFiles()
    with Journal.open(tmp_path, files=files) as journal:
        old = journal.whereabouts(save(journal, "a").session_id).file
        files.failing = {"unlink"}
        moved = save(journal, "a", "r2", start="2026-02-18T10:00:00+01:00")
        assert journal.session("a") == moved
        assert Path(old).exists()
        assert journal.whereabouts("a").file != old
    assert "unlink" in files.calls


def test_a_journal_that_can_not_be_opened_again_goes_on_refusing_and_recovers(tmp_path: Path) -> None:
    files = FailingFiles()
    with Journal.open(tmp_path, files=files) as journal:
        save(journal, "a")
        files.failing = {"fdatasync"}
        with pytest.raises(TemporaryError):
            save(journal, "b")
        files.failing = {"fdatasync", "fsync", "pread"}
        for _ in range(3):
            with pytest.raises(TemporaryError):
                save(journal, "b")
        files.failing = set()
        save(journal, "b")
        assert [one.session_id for one in journal.sessions(None, 9).sessions] == ["b", "a"]


@pytest.mark.parametrize("operation", ["pwrite", "fsync", "fdatasync", "rename", "fsync_folder"])
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
def test_a_save_on_a_failing_disk_is_refused_and_succeeds_once_the_disk_does(
    tmp_path: Path, operation: str, error: int
) -> None:
    files = FailingFiles(error)
    with Journal.open(tmp_path, files=files) as journal:
        save(journal, "a")
        files.failing = {operation}
        with pytest.raises(TemporaryError):
            save(journal, "b")
        assert [one.session_id for one in journal.sessions(None, 9).sessions] == ["a"]
        files.failing = set()
        save(journal, "b")
    with Journal.open(tmp_path) as journal:
        assert [one.session_id for one in journal.sessions(None, 9).sessions] == ["b", "a"]
        assert journal.counts().pending == 2


def test_a_session_whose_outbox_row_is_damaged_is_sent_again(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "a", "r1")
        save(journal, "b", "r2")
    path = tmp_path / "journal"
    path.write_bytes(path.read_bytes().replace(b'"sync_session",1', b'"sync_sessiom",1'))
    with Journal.open(tmp_path) as journal:
        assert journal.damage
        assert [one.rev for one in journal.pending(9)] == ["r1", "r2"]


def test_an_outbox_row_whose_session_is_damaged_is_parked_and_told(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "a", "r1")
        save(journal, "b", "r2")
    path = tmp_path / "journal"
    path.write_bytes(path.read_bytes().replace(b'"sessions",1', b'"sessiony",1'))
    with Journal.open(tmp_path) as journal:
        assert any("session a is lost" in line for line in journal.damage)
        assert [one.rev for one in journal.pending(9)] == ["r2"]
        assert journal.counts().refused == 1


def test_tidying_makes_the_file_small_again(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        assert not journal.tidy()
        for reps in range(60):
            journal.keep_running(make_session("a", reps=100 + reps))
        save(journal, "a")
        assert journal.tidy()
        assert journal.session("a") == make_session("a")
    assert (tmp_path / "journal").stat().st_size < 10_000
