import errno
import hashlib
import math
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge_agent import canonical
from edge_agent.errors import ConfigError, PermanentError, TemporaryError
from edge_agent.journal import JournalDB
from edge_agent.journal.running import Anchor
from edge_agent.journal.tables import Journal
from edge_agent.records import PackedChange, Receipt, Session
from tests.journal_parts import FailingFiles, make_session


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as one:
        yield one


def save(journal: Journal, key: str, rev: str = "", **facts: str) -> Session:
    session = make_session(key, **facts)  # type: ignore[arg-type]
    journal.save_session(session, rev or f"rev-{key}", "2026-02-17T00:00:00+01:00")
    return session


def receipt(change: PackedChange, status: str = "stored", **other: str) -> Receipt:
    fields = {"entity": "session", "key": change.key, "rev": change.rev, "hash": change.hash, "status": status}
    return msgspec.convert(fields | other, Receipt)


# Sessions


def test_a_saved_session_is_the_same_after_opening_again(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        session = save(journal, "a")
    with Journal.open(tmp_path) as journal:
        assert journal.session("a") == session
        assert journal.damage == ()


def test_an_unknown_session_is_told_by_its_id(journal: Journal) -> None:
    with pytest.raises(PermanentError, match="no session 'x'"):
        journal.session("x")
    with pytest.raises(PermanentError, match="no session 'x'"):
        journal.whereabouts("x")


def test_a_saved_session_has_its_file_and_the_path_is_told(journal: Journal) -> None:
    path = journal.save_session(make_session(), "r1", "now")
    assert path.name == "training_session_2026_02_16_959f633d.json"
    assert journal.whereabouts(make_session().session_id).file == str(path)
    assert msgspec.json.decode(path.read_bytes())["_id"] == make_session().session_id


def test_the_file_is_on_disk_before_the_commit_that_tells_of_it(tmp_path: Path) -> None:
    files = FailingFiles()
    with Journal.open(tmp_path, files=files) as journal:
        files.calls.clear()
        journal.save_session(make_session(), "r1", "now")
    assert files.calls == ["pwrite", "fsync", "rename", "fsync_folder", "pwrite", "fdatasync"]


def test_a_new_version_on_another_date_takes_its_file_along(journal: Journal) -> None:
    first = journal.save_session(make_session("a"), "r1", "now")
    second = journal.save_session(make_session("a", start="2026-02-18T10:00:00+01:00"), "r2", "later")
    assert not first.exists()
    assert "2026_02_18" in second.name
    assert journal.sessions(None, 10).sessions == (journal.session("a"),)


def test_a_session_without_an_offset_in_its_time_is_refused(journal: Journal) -> None:
    with pytest.raises(PermanentError, match="not a time"):
        save(journal, "a", start="2026-02-18T10:00:00")
    assert journal.counts().pending == 0


# Lists


def test_sessions_come_newest_first_as_instants_not_as_text(journal: Journal) -> None:
    save(journal, "late", start="2026-01-01T09:00:00-05:00")
    save(journal, "early", start="2026-01-01T12:00:00+00:00")
    assert [one.session_id for one in journal.sessions(None, 10).sessions] == ["late", "early"]


def test_a_user_sees_only_their_own_sessions(journal: Journal) -> None:
    save(journal, "a", user_id="ann")
    save(journal, "b", user_id="ben")
    assert [one.session_id for one in journal.sessions("ann", 10).sessions] == ["a"]
    assert journal.sessions("nobody", 10).sessions == ()


def pages(journal: Journal, limit: int) -> Iterator[list[str]]:
    cursor = None
    while True:
        page = journal.sessions(None, limit, cursor)
        yield [one.session_id for one in page.sessions]
        if page.next_cursor is None:
            return
        cursor = page.next_cursor


def test_pages_show_each_session_once_also_those_of_one_instant(journal: Journal) -> None:
    for number in range(7):
        save(journal, f"s{number}")
    assert list(pages(journal, 3)) == [["s6", "s5", "s4"], ["s3", "s2", "s1"], ["s0"]]


def test_a_cursor_stays_in_its_place_while_sessions_arrive(journal: Journal) -> None:
    for number in range(4):
        save(journal, f"s{number}")
    walk = pages(journal, 2)
    assert next(walk) == ["s3", "s2"]
    save(journal, "newer")
    save(journal, "newest", start="2027-01-01T00:00:00+00:00")
    assert next(walk) == ["s1", "s0"]


def test_a_wrong_cursor_is_refused_in_words(journal: Journal) -> None:
    with pytest.raises(PermanentError, match="cursor"):
        journal.sessions(None, 5, "x'; --")


def test_the_order_is_the_same_after_opening_again(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        for number in range(5):
            save(journal, f"s{number}")
        save(journal, "s1", "rev-new")
        before = list(pages(journal, 2))
    with Journal.open(tmp_path) as journal:
        assert list(pages(journal, 2)) == before


def test_sessions_of_an_exercise_are_those_of_one_member_newest_first(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "old", start="2026-01-01T00:00:00+00:00")
        save(journal, "new", start="2026-01-02T00:00:00+00:00")
        save(journal, "other", user_id="ben")
    with Journal.open(tmp_path) as journal:
        page = journal.sessions_of_exercise("apoorva", "squat", 1)
        assert [one.session_id for one in page.sessions] == ["new"]
        page = journal.sessions_of_exercise("apoorva", "squat", 1, page.next_cursor)
        assert ([one.session_id for one in page.sessions], page.next_cursor) == (["old"], None)
        assert journal.sessions_of_exercise("apoorva", "plank", 9).sessions == ()


def test_an_exercise_or_program_that_was_corrected_moves_the_session(journal: Journal) -> None:
    first = save(journal, "a")
    curl = msgspec.structs.replace(first.exercises[0], exercise="biceps_curl")
    journal.save_session(msgspec.structs.replace(first, exercises=(curl,), program_id="p1"), "r2", "now")
    assert journal.sessions_of_exercise("apoorva", "squat", 9).sessions == ()
    assert len(journal.sessions_of_exercise("apoorva", "biceps_curl", 9).sessions) == 1
    assert len(journal.sessions_of_program("p1", 9).sessions) == 1
    assert journal.sessions_of_program("p2", 9).sessions == ()


# A running session


def running(journal: Journal) -> list[Session]:
    return [left.session for left in journal.left_running()]


def test_a_running_session_survives_and_is_gone_once_it_is_saved(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.keep_running(make_session("a", sets=1))
        journal.keep_running(make_session("a", sets=3, reps=5))
    with Journal.open(tmp_path) as journal:
        assert running(journal) == [make_session("a", sets=3, reps=5)]
        save(journal, "a")
        assert running(journal) == []
    with Journal.open(tmp_path) as journal:
        assert running(journal) == []


def test_all_sessions_left_behind_are_told_oldest_first(journal: Journal) -> None:
    for session_id in ("b", "a"):
        journal.keep_running(make_session(session_id))
    assert [one.session_id for one in running(journal)] == ["b", "a"]


def test_a_session_that_lost_a_set_is_kept_without_it(journal: Journal) -> None:
    journal.keep_running(make_session("a", sets=3))
    journal.keep_running(make_session("a", sets=1))
    assert running(journal) == [make_session("a", sets=1)]


def test_saving_one_session_keeps_the_other_running_one(journal: Journal) -> None:
    journal.keep_running(make_session("a"))
    journal.keep_running(make_session("b"))
    save(journal, "a")
    assert running(journal) == [make_session("b")]
    journal.discard_running()
    assert running(journal) == []


def test_a_running_session_is_found_with_its_anchor_and_only_its_head_is_written_for_a_new_one(tmp_path: Path) -> None:
    files = FailingFiles()
    with Journal.open(tmp_path, files=files) as journal:
        journal.keep_running(make_session("old"))
        journal.keep_running(make_session("a", reps=50), Anchor(started_s=10.0, kept_s=20.0))
        files.written = 0
        journal.keep_running(make_session("a", reps=50), Anchor(started_s=10.0, kept_s=50.0))
        assert files.written < 1000
    with Journal.open(tmp_path) as journal:
        old, new = journal.left_running()
    assert (old.session.session_id, old.anchor) == ("old", None)
    assert new.session == make_session("a", reps=50)
    assert new.anchor == Anchor(started_s=10.0, kept_s=50.0)


def test_keeping_a_session_writes_the_changed_set_and_not_the_whole_workout(tmp_path: Path) -> None:
    files = FailingFiles()
    with Journal.open(tmp_path, files=files) as journal:
        written = []
        for sets in range(1, 30):
            files.written = 0
            journal.keep_running(make_session("a", sets=sets))
            written.append(files.written)
        files.written = 0
        journal.keep_running(make_session("a", sets=29))
        assert files.written == 0
    assert max(written[1:]) - min(written[1:]) < 10


# Sync


def test_a_change_holds_the_session_and_its_digest(journal: Journal) -> None:
    session = save(journal, "a", "r1")
    (change,) = journal.pending(10)
    assert (change.entity, change.key, change.rev, change.op) == ("session", "a", "r1", "put")
    assert msgspec.json.decode(change.doc, type=Session) == session
    assert change.hash == hashlib.sha256(change.doc).hexdigest() == journal.whereabouts("a").hash


def test_the_digest_is_the_same_for_numbers_of_another_kind(journal: Journal) -> None:
    journal.save_session(msgspec.structs.replace(make_session("a"), duration_s=60), "r1", "now")
    (change,) = journal.pending(10)
    assert change.hash == canonical.digest(msgspec.json.decode(change.doc, type=Session))


def test_pending_changes_come_oldest_first_and_can_be_paged(journal: Journal) -> None:
    for rev in ("r3", "r1", "r2"):
        save(journal, rev, rev)
    assert [one.rev for one in journal.pending(2)] == ["r1", "r2"]
    assert [one.rev for one in journal.pending(2, after="r2")] == ["r3"]


@pytest.mark.parametrize("status", ["stored", "stale"])
def test_a_receipt_confirms_and_the_confirmation_lasts(tmp_path: Path, status: str) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "a")
        journal.apply_receipts([receipt(journal.pending(1)[0], status)], "at noon")
    with Journal.open(tmp_path) as journal:
        where = journal.whereabouts("a")
        assert (where.state, where.confirmed_at) == ("confirmed", "at noon")
        assert journal.pending(10) == []


def test_a_receipt_for_an_older_version_confirms_nothing(journal: Journal) -> None:
    save(journal, "a", "r1")
    old = journal.pending(1)[0]
    save(journal, "a", "r2")
    journal.apply_receipts([receipt(old)], "now")
    assert [one.rev for one in journal.pending(10)] == ["r2"]
    assert journal.whereabouts("a").state == "saved"


def test_a_receipt_for_other_content_confirms_nothing(journal: Journal) -> None:
    save(journal, "a")
    journal.apply_receipts([receipt(journal.pending(1)[0], hash="0" * 64)], "now")
    assert journal.counts().pending == 1


def test_receipts_for_unknown_things_and_receipts_that_come_twice_do_nothing(journal: Journal) -> None:
    save(journal, "a")
    known = receipt(journal.pending(1)[0])
    journal.apply_receipts([receipt(journal.pending(1)[0], key="x"), known], "first")
    journal.apply_receipts([known, msgspec.structs.replace(known, status="rejected")], "second")
    assert journal.whereabouts("a").confirmed_at == "first"
    assert journal.counts().confirmed == 1


def test_a_refused_change_is_parked_alone_with_its_reason_until_it_is_retried(journal: Journal) -> None:
    save(journal, "a")
    save(journal, "b")
    journal.apply_receipts([receipt(journal.pending(1)[0], "rejected", reason="no such user")], "now")
    assert [one.key for one in journal.pending(10)] == ["b"]
    where = journal.whereabouts("a")
    assert (where.state, where.reason) == ("refused", "no such user")
    assert journal.retry_refused(["a", "unknown"]) == 1
    assert [one.key for one in journal.pending(10)] == ["a", "b"]


def test_a_new_version_of_a_refused_session_is_pending_again(journal: Journal) -> None:
    save(journal, "a", "r1")
    journal.apply_receipts([receipt(journal.pending(1)[0], "rejected", reason="bad")], "now")
    save(journal, "a", "r2")
    assert [one.rev for one in journal.pending(10)] == ["r2"]
    assert journal.counts().refused == 0


def test_counts_add_up_and_last_over_opening_again(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        for key in "abc":
            save(journal, key)
        first, second, _ = journal.pending(3)
        journal.apply_receipts([receipt(first), receipt(second, "rejected")], "now")
        before = journal.counts()
    assert (before.pending, before.confirmed, before.refused) == (1, 1, 1)
    assert before.oldest_saved_at == "2026-02-17T00:00:00+01:00"
    with Journal.open(tmp_path) as journal:
        assert journal.counts() == before
        assert journal.last_rev() == "rev-c"


def test_a_receipt_does_not_write_the_session_again(tmp_path: Path) -> None:
    files = FailingFiles()
    with Journal.open(tmp_path, files=files) as journal:
        journal.save_session(make_session("a", sets=20), "r1", "now")
        change = journal.pending(1)[0]
        files.written = 0
        journal.apply_receipts([receipt(change)], "now")
        assert 0 < files.written < 500


# Small values, faults and other programs


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
