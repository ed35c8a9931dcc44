"""All kinds of records in one journal: saved, deleted, forwarded oldest first, confirmed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent import canonical
from edge_agent.errors import PermanentError
from edge_agent.journal.tables import Journal
from edge_agent.records import ENTITIES
from tests.journal_parts import FailingFiles, make_session
from tests.record_parts import NOW, put, rev
from tests.sync_parts import make_receipt, unpacked


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as one:
        yield one


def save(journal: Journal, entity: str, key: str, number: int) -> None:
    doc = put(number, entity=entity, key=key).doc
    assert doc is not None
    journal.put_record(entity, key, doc, rev(number), NOW)


def waiting(journal: Journal, limit: int = 99, after: str = "") -> list[tuple[str, str, str]]:
    return [(one.entity, one.key, one.op) for one in journal.pending(limit, after)]


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_record_of_each_kind_is_kept_and_waits_for_the_cloud(tmp_path: Path, entity: str) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, entity, "a", 1)
        before = journal.pending(9)
        assert [unpacked(one) for one in before] == [put(1, entity=entity, key="a")]
    with Journal.open(tmp_path) as journal:
        assert journal.pending(9) == before
        assert journal.record(entity, "a") == unpacked(before[0]).doc


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_deletion_of_each_kind_waits_until_it_is_confirmed(tmp_path: Path, entity: str) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, entity, "a", 1)
        journal.delete_record(entity, "a", rev(2), NOW)
    with Journal.open(tmp_path) as journal:
        (change,) = map(unpacked, journal.pending(9))
        assert (change.op, change.rev, change.doc, change.hash) == ("delete", rev(2), None, canonical.digest(None))
        journal.apply_receipts([make_receipt(change)], NOW)
        assert journal.pending(9) == []
    with Journal.open(tmp_path) as journal:
        assert journal.pending(9) == []
        assert journal.damage == ()
        with pytest.raises(PermanentError, match=f"no {entity} 'a'"):
            journal.record(entity, "a")


def test_a_deleted_session_takes_its_files_along(journal: Journal) -> None:
    path = journal.save_session(make_session("a"), rev(1), NOW)
    journal.delete_record("session", "a", rev(2), NOW)
    assert not path.exists()
    assert journal.sessions(None, 9).sessions == ()
    assert journal.sessions_of_exercise("apoorva", "squat", 9).sessions == ()


def test_a_deletion_stands_when_the_file_cannot_be_removed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = FailingFiles()
    with Journal.open(tmp_path, files=files) as journal:
        path = journal.save_session(make_session("a"), rev(1), NOW)
        files.failing = {"unlink"}
        journal.delete_record("session", "a", rev(2), NOW)
        assert waiting(journal) == [("session", "a", "delete")]
    assert f"{path}: void, but could not be removed" in caplog.text


def test_what_was_deleted_can_be_made_anew(journal: Journal) -> None:
    save(journal, "member", "ann", 1)
    journal.delete_record("member", "ann", rev(2), NOW)
    save(journal, "member", "ann", 3)
    assert [one.rev for one in journal.pending(9)] == [rev(3)]
    assert journal.record("member", "ann") == {"version": 3}


def test_ids_of_deleted_records_are_not_given_to_others(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "member", "ann", 1)
        journal.delete_record("member", "ann", rev(2), NOW)
    with Journal.open(tmp_path) as journal:
        save(journal, "member", "ben", 3)
        assert waiting(journal) == [("member", "ann", "delete"), ("member", "ben", "put")]


def test_records_of_all_kinds_come_oldest_first(journal: Journal) -> None:
    for number, entity in ((3, "member"), (1, "progress"), (2, "session"), (4, "progress")):
        save(journal, entity, f"{entity}-{number}", number)
    assert [key for _, key, _ in waiting(journal)] == ["progress-1", "session-2", "member-3", "progress-4"]
    assert [key for _, key, _ in waiting(journal, 2, rev(1))] == ["session-2", "member-3"]


def test_changes_of_one_rev_come_together(journal: Journal) -> None:
    for entity in ("member", "program", "progress"):
        save(journal, entity, "a", 1)
    save(journal, "readiness", "a", 2)
    assert len(waiting(journal, 1)) == 3
    assert waiting(journal, 1, rev(1)) == [("readiness", "a", "put")]


def test_receipts_reach_the_kind_they_name(journal: Journal) -> None:
    save(journal, "member", "a", 1)
    save(journal, "program", "a", 1)
    journal.apply_receipts([make_receipt(put(1, key="a"))], NOW)
    assert waiting(journal) == [("program", "a", "put")]
    assert (journal.counts().confirmed, journal.counts().pending) == (1, 1)


def test_what_is_refused_is_parked_alone_and_told(journal: Journal) -> None:
    save(journal, "member", "a", 1)
    save(journal, "program", "b", 2)
    refused = make_receipt(put(1, key="a"), status="rejected", reason="no name")
    journal.apply_receipts([refused], NOW)
    assert waiting(journal) == [("program", "b", "put")]
    assert [(one.entity, one.key, one.reason) for one in journal.refusals()] == [("member", "a", "no name")]
    assert journal.retry_refused(["a"]) == 1
    assert journal.refusals() == []
    assert len(waiting(journal)) == 2


def test_the_oldest_of_all_kinds_is_told(journal: Journal) -> None:
    journal.put_record("program", "a", {}, rev(2), "later")
    journal.put_record("member", "b", {}, rev(1), "first")
    assert journal.counts().oldest_saved_at == "first"
    assert journal.last_rev() == rev(2)


def test_an_older_version_does_not_replace_a_newer_one(journal: Journal) -> None:
    save(journal, "member", "ann", 2)
    with pytest.raises(PermanentError, match="a newer version is here"):
        save(journal, "member", "ann", 1)
    assert journal.record("member", "ann") == {"version": 2}


@pytest.mark.parametrize(("entity", "key", "reason"), [("fish", "a", "no kind"), ("member", "a b", "no key")])
def test_what_is_no_record_is_refused(journal: Journal, entity: str, key: str, reason: str) -> None:
    with pytest.raises(PermanentError, match=reason):
        journal.put_record(entity, key, {}, rev(1), NOW)


def test_deleting_what_is_not_there_is_refused(journal: Journal) -> None:
    with pytest.raises(PermanentError, match="no member 'ann'"):
        journal.delete_record("member", "ann", rev(1), NOW)


def test_a_record_whose_row_is_damaged_is_sent_again(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "member", "ann", 1)
        save(journal, "member", "ben", 2)
    path = tmp_path / "journal"
    path.write_bytes(path.read_bytes().replace(b'"sync_member",1', b'"sync_membet",1'))
    with Journal.open(tmp_path) as journal:
        assert [one.key for one in journal.pending(9)] == ["ann", "ben"]


def test_a_row_whose_record_is_damaged_is_parked_and_told(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "member", "ann", 1)
        save(journal, "member", "ben", 2)
    path = tmp_path / "journal"
    path.write_bytes(path.read_bytes().replace(b'"records_member",1', b'"records_membet",1'))
    with Journal.open(tmp_path) as journal:
        assert "member ann is lost" in journal.damage
        assert [one.key for one in journal.pending(9)] == ["ben"]
