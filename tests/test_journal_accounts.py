"""Who signs in at a kiosk, in its journal, and what the deletion of a member leaves."""

import errno
from pathlib import Path

import msgspec
import pytest

from edge_agent import canonical
from edge_agent.errors import ConfigError, ConflictError, PermanentError, TemporaryError
from edge_agent.journal import opened
from edge_agent.journal.accounts import Access, Accounts, KeptTries, KnownDevice
from edge_agent.journal.backup import back_up
from edge_agent.journal.restore import restore
from edge_agent.journal.running import Anchor
from edge_agent.journal.table import JournalDB
from edge_agent.journal.tables import Journal
from edge_agent.members.lockout import Standing
from edge_agent.records import Change, FeedPlace, Receipt
from tests.journal_parts import FailingFiles, make_session

AT = "2026-11-21T18:00:00+00:00"
ANN = Access(user_id="ann", role="owner", pin_hash="$argon2id$")
PHONE = KnownDevice(device_id="d1", user_id="ann", name="phone", hashes=("h",), created_at=AT, last_seen_at=AT)


def rev(number: int) -> str:
    return f"{number:013d}-0000-kiosk"


def with_ann(folder: Path, files: FailingFiles | None = None) -> Journal:
    """Return a journal with Ann, who has a phone and a workout."""
    journal = Journal.open(folder, files=files)
    journal.add_member({"user_id": "ann", "name": "Ann", "created_at": AT, "profile": {}}, ANN, rev(1), AT)
    journal.keep_accounts(lambda accounts: accounts.put(PHONE))
    journal.save_session(make_session("s1", user_id="ann"), rev(2), AT)
    return journal


def session_files(folder: Path) -> list[Path]:
    return list((folder / "sessions").glob("**/*.json"))


def test_accounts_are_there_after_a_restart(tmp_path: Path) -> None:
    with_ann(tmp_path).close()
    with Journal.open(tmp_path) as journal:
        assert journal.accounts.access("ann") == ANN
        assert journal.accounts.devices() == [PHONE]
        assert journal.accounts.members["ann"].name == "Ann"


def test_who_never_signed_in_here_is_a_member_without_a_pin(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        assert journal.accounts.access("bob") == Access(user_id="bob", role="member", pin_hash=None)


def test_accounts_are_in_backups_and_never_on_their_way_to_the_cloud(tmp_path: Path) -> None:
    with with_ann(tmp_path / "here") as journal:
        assert {change.entity for change in journal.pending(9)} == {"member", "session"}
        assert all(b"argon2" not in bytes(change.doc) for change in journal.pending(9))
        back_up(tmp_path / "here", tmp_path / "backup.zip", AT)
    restore(tmp_path / "backup.zip", tmp_path / "there", force=False)
    with Journal.open(tmp_path / "there") as journal:
        assert journal.accounts.access("ann") == ANN


def test_a_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    def stumble(accounts: Accounts) -> None:
        accounts.put(msgspec.structs.replace(ANN, role="member"))
        raise PermanentError("no")

    with with_ann(tmp_path) as journal:
        with pytest.raises(PermanentError):
            journal.keep_accounts(stumble)
        assert journal.accounts.access("ann") == ANN


def test_a_journal_of_version_3_is_taken_over(tmp_path: Path) -> None:
    """It has no table of accounts, and sessions that say nothing of having been removed."""
    with Journal.open(tmp_path) as journal:
        journal.save_session(make_session("s1"), rev(1), AT)
    with JournalDB(tmp_path / "journal") as db:
        db.table("settings").update({"value": 3}, doc_ids=[1])
        document = db.table("sessions").all()[0]
        document.pop("removed_at", None)
        db.table("sessions").remove(doc_ids=[document.doc_id])
        db.table("sessions").insert(document)
        db.drop_table("accounts")
    with Journal.open(tmp_path) as journal:
        assert journal.session("s1") == make_session("s1")
        assert journal.sessions(None, 9).sessions == (make_session("s1"),)
        assert journal.setting("tables", int) == 5
        journal.keep_accounts(lambda accounts: accounts.put(ANN))


def test_a_program_that_knows_no_wrong_pins_refuses_the_journal_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journal.open(tmp_path) as journal:
        journal.keep_accounts(lambda accounts: accounts.put(KeptTries(standing=Standing())))
    monkeypatch.setattr(opened, "_VERSION", 4)
    with pytest.raises(ConfigError, match="upgrade this one"):
        Journal.open(tmp_path)


# Leaving


def test_all_of_a_member_goes_in_one_commit_and_a_receipt_stays(tmp_path: Path) -> None:
    journal = with_ann(tmp_path)
    journal.keep_running(make_session("s2", user_id="ann"), Anchor(started_s=0, kept_s=1))
    farewell = journal.delete_member("ann", "code", rev(3), AT)
    assert (farewell.name, farewell.deleted, farewell.rev) == ("Ann", {"session": 1, "member": 1}, rev(3))
    assert session_files(tmp_path) == []
    journal.close()
    with Journal.open(tmp_path) as journal:
        assert journal.accounts.farewell("code") == farewell
        assert journal.accounts.members == {}
        assert [*journal.accounts.all_access(), *journal.accounts.devices()] == []
        assert journal.left_running() == []
        assert [(one.entity, one.op) for one in journal.pending(9)] == [("member", "delete")]


def test_what_was_theirs_is_no_bytes_of_the_journal_after_the_next_quiet_moment(tmp_path: Path) -> None:
    with with_ann(tmp_path) as journal:
        journal.delete_member("ann", "code", rev(3), AT)
        assert b"argon2" in (tmp_path / "journal").read_bytes()
        assert journal.tidy()
        content = (tmp_path / "journal").read_bytes()
        assert b"argon2" not in content
        assert b'"squat"' not in content
        assert not journal.tidy()


def test_a_full_disk_deletes_nobody_by_halves(tmp_path: Path) -> None:
    files = FailingFiles(errno.ENOSPC)
    with with_ann(tmp_path, files) as journal:
        files.failing = {"pwrite"}
        with pytest.raises(TemporaryError):
            journal.delete_member("ann", "code", rev(3), AT)
        files.failing = set()
        assert journal.session("s1").user_id == "ann"
        assert journal.accounts.access("ann") == ANN
        assert len(session_files(tmp_path)) == 1


def test_files_that_could_not_be_removed_are_removed_at_the_next_start(tmp_path: Path) -> None:
    files = FailingFiles()
    with with_ann(tmp_path, files) as journal:
        files.failing = {"unlink"}
        journal.delete_member("ann", "code", rev(3), AT)
    assert len(session_files(tmp_path)) == 1
    Journal.open(tmp_path).close()
    assert session_files(tmp_path) == []


def test_a_file_that_a_session_has_again_stays(tmp_path: Path) -> None:
    files = FailingFiles()
    with with_ann(tmp_path, files) as journal:
        files.failing = {"unlink"}
        journal.delete_record("session", "s1", rev(3), AT)
        files.failing = set()
        journal.save_session(make_session("s1", user_id="bob"), rev(4), AT)
    with Journal.open(tmp_path) as journal:
        assert journal.session("s1").user_id == "bob"
        assert len(session_files(tmp_path)) == 1


def test_nothing_is_saved_any_more_of_who_has_left(tmp_path: Path) -> None:
    with with_ann(tmp_path) as journal:
        journal.delete_member("ann", "code", rev(3), AT)
        late = make_session("s3", user_id="ann")
        journal.keep_running(late)
        with pytest.raises(PermanentError, match="left"):
            journal.save_session(late, rev(4), AT)
        assert journal.left_running() == []


def test_nobody_comes_back_while_the_cloud_still_has_their_data(tmp_path: Path) -> None:
    document = {"user_id": "ann", "name": "Ann"}
    with with_ann(tmp_path) as journal:
        journal.delete_member("ann", "code", rev(3), AT)
        with pytest.raises(ConflictError):
            journal.add_member(document, ANN, rev(4), AT, wait_for_cloud=True)
        (deletion,) = (one for one in journal.pending(9) if one.entity == "member")
        receipt = Receipt(entity="member", key="ann", rev=deletion.rev, hash=deletion.hash, status="stored")
        journal.apply_receipts([receipt], AT)
        journal.add_member(document, ANN, rev(4), AT, wait_for_cloud=True)
        assert journal.accounts.members["ann"].name == "Ann"


def test_who_was_deleted_elsewhere_is_told(tmp_path: Path) -> None:
    gone = Change(entity="member", key="ann", rev=rev(9), op="delete", hash=canonical.digest(None), doc=None)
    with with_ann(tmp_path) as journal:
        assert journal.accounts.orphans() == []
        journal.merge([gone], FeedPlace(cursor="1"), AT)
        assert journal.accounts.orphans() == ["ann"]
        assert session_files(tmp_path) == []
        journal.keep_accounts(lambda accounts: accounts.remove_member("ann"))
        assert journal.accounts.orphans() == []


# Removing for a while


def test_a_removed_session_is_in_no_list_until_it_is_restored(tmp_path: Path) -> None:
    with with_ann(tmp_path) as journal:
        journal.remove_session("s1", AT)
        assert journal.sessions("ann", 9).sessions == ()
        assert journal.sessions_of_exercise("ann", "squat", 9).sessions == ()
    with Journal.open(tmp_path) as journal:
        assert journal.removed_sessions() == {"s1": AT}
        journal.restore_session("s1")
        assert [one.session_id for one in journal.sessions("ann", 9).sessions] == ["s1"]


def test_removing_for_a_while_changes_no_version(tmp_path: Path) -> None:
    with with_ann(tmp_path) as journal:
        before = journal.pending(9)
        journal.remove_session("s1", AT)
        assert journal.pending(9) == before


def test_a_newer_version_from_elsewhere_brings_a_removed_session_back(tmp_path: Path) -> None:
    """Somebody has worked on it meanwhile: better twice deleted than once lost."""
    with with_ann(tmp_path) as journal:
        journal.remove_session("s1", AT)
        doc = msgspec.to_builtins(msgspec.structs.replace(make_session("s1", user_id="ann"), notes="new"))
        newer = Change(entity="session", key="s1", rev=rev(9), op="put", hash=canonical.digest(doc), doc=doc)
        journal.merge([newer], FeedPlace(), AT)
        assert journal.session("s1").notes == "new"
