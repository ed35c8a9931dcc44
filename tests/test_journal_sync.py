"""The journal's changes and the cloud's receipts."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge_agent import canonical
from edge_agent.journal.tables import Journal
from edge_agent.records import Session
from tests.journal_parts import FailingFiles, make_session, receipt, save


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as one:
        yield one


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
