import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge_agent import canonical
from edge_agent.agent.kiosk import Kiosk
from edge_agent.coaching.exercise import load_exercises
from edge_agent.config import Config, StorageConfig, SyncConfig
from edge_agent.errors import TemporaryError
from edge_agent.exporting.training_log import to_training_log
from edge_agent.journal.backup import back_up
from edge_agent.journal.restore import restore
from edge_agent.journal.retention import Retention
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Receipt, Session
from edge_agent.sync.clock import HybridClock
from tests.journal_parts import FailingFiles, make_session
from tests.sync_parts import unpacked
from tests.test_rebuild import rebuilt

ALL = Retention(since="2999-01-01T00:00:00+00:00", newest=0)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as one:
        yield one


def save(journal: Journal, key: str, day: int = 1, *, confirmed: bool = True) -> Session:
    session = make_session(key, start=f"2026-03-{day:02}T18:00:00+01:00")
    journal.save_session(session, f"rev-{key}", "2026-04-01T00:00:00+01:00")
    if confirmed:
        (change,) = [one for one in journal.pending(99) if one.key == key]
        receipt = Receipt(entity="session", key=key, rev=change.rev, hash=change.hash, status="stored")
        journal.apply_receipts([receipt], "now")
    return session


def in_journal(journal: Journal) -> dict[str, int]:
    """Reps that the journal itself holds of each session, as lists of sessions show them."""
    sessions = journal.sessions(None, 99).sessions
    return {s.session_id: sum(len(one.reps) for entry in s.exercises for one in entry.sets) for s in sessions}


def detail_file(folder: Path) -> Path:
    (path,) = (folder / "sessions" / "detail").iterdir()
    return path


def test_moved_reps_are_not_in_the_journal_and_still_in_the_session(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        session = save(journal, "a")
        assert journal.move_detail(ALL, 10) == 1
        assert in_journal(journal) == {"a": 0}
        assert journal.session("a") == session
    with Journal.open(tmp_path) as journal:
        assert journal.session("a") == session
        assert journal.move_detail(ALL, 10) == 0


def test_counts_of_a_list_are_right_without_the_reps(journal: Journal) -> None:
    save(journal, "a")
    journal.move_detail(ALL, 10)
    assert journal.sessions(None, 1).sessions[0].reps == 3


def test_a_moved_session_is_not_sent_again_and_keeps_its_revision_and_digest(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "a")
        before = journal.whereabouts("a")
        journal.move_detail(ALL, 10)
        assert journal.whereabouts("a") == before
    with Journal.open(tmp_path) as journal:
        assert journal.whereabouts("a") == before
        assert (journal.pending(9), journal.counts().confirmed) == ([], 1)


def test_a_session_that_the_cloud_has_not_confirmed_keeps_its_reps(journal: Journal) -> None:
    save(journal, "a", confirmed=False)
    assert journal.move_detail(ALL, 10) == 0
    assert in_journal(journal) == {"a": 3}


def test_without_a_cloud_reps_are_moved_unconfirmed_and_sent_whole_to_one_that_comes_later(journal: Journal) -> None:
    session = save(journal, "a", confirmed=False)
    before = journal.pending(9)
    assert journal.move_detail(msgspec.structs.replace(ALL, confirmed=False), 10) == 1
    assert in_journal(journal) == {"a": 0}
    assert journal.session("a") == session
    assert journal.pending(9) == before


def test_old_sessions_and_those_beyond_the_newest_are_due_and_the_oldest_go_first(journal: Journal) -> None:
    for day in (3, 1, 4, 2):
        save(journal, f"s{day}", day)
    assert journal.move_detail(Retention(since="2026-03-02T12:00:00+01:00", newest=99), 10) == 1
    assert in_journal(journal) == {"s4": 3, "s3": 3, "s2": 3, "s1": 0}
    assert journal.move_detail(Retention(since="2026-01-01T00:00:00+01:00", newest=1), 1) == 1
    assert in_journal(journal) == {"s4": 3, "s3": 3, "s2": 0, "s1": 0}


def test_a_new_version_has_its_reps_in_the_journal_again(journal: Journal, tmp_path: Path) -> None:
    session = save(journal, "a")
    journal.move_detail(ALL, 10)
    edited = msgspec.structs.replace(session, notes="felt good")
    journal.save_session(edited, "rev-b", "later")
    assert journal.session("a") == edited
    assert not list((tmp_path / "sessions" / "detail").iterdir())
    assert msgspec.convert(unpacked(journal.pending(9)[0]).doc, Session) == edited


@pytest.mark.parametrize("damage", ["", "{", '{"session_id": "a"}'])
def test_a_session_whose_detail_is_lost_is_shown_without_it(journal: Journal, tmp_path: Path, damage: str) -> None:
    session = save(journal, "a")
    journal.move_detail(ALL, 10)
    detail_file(tmp_path).write_text(damage)
    assert journal.session("a").reps == session.reps
    detail_file(tmp_path).unlink()
    assert journal.session("a").exercises[0].sets[0].reps == ()


def test_a_session_whose_outbox_row_is_damaged_is_sent_whole_again(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        session = save(journal, "a")
        digest = journal.whereabouts("a").hash
        journal.move_detail(ALL, 10)
        save(journal, "b")
    path = tmp_path / "journal"
    path.write_bytes(path.read_bytes().replace(b'"sync_session",1', b'"sync_sessiom",1'))
    with Journal.open(tmp_path) as journal:
        (change,) = map(unpacked, journal.pending(9))
        assert (change.key, change.hash, canonical.digest(change.doc)) == ("a", digest, digest)
        assert msgspec.convert(change.doc, Session) == session


@pytest.mark.parametrize("operation", ["pwrite", "fsync", "rename", "fdatasync"])
def test_on_a_failing_disk_reps_stay_where_they_are(tmp_path: Path, operation: str) -> None:
    files = FailingFiles()
    with Journal.open(tmp_path, files=files) as journal:
        session = save(journal, "a")
        files.failing = {operation}
        with pytest.raises(TemporaryError):
            journal.move_detail(ALL, 10)
        files.failing = set()
        assert journal.session("a") == session
        journal.move_detail(ALL, 10)
        assert in_journal(journal) == {"a": 0}
        assert journal.session("a") == session


def test_backup_and_restore_bring_the_detail_along(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "gym") as journal:
        session = save(journal, "a")
        journal.move_detail(ALL, 10)
        back_up(tmp_path / "gym", tmp_path / "b.zip", "now")
    restore(tmp_path / "b.zip", tmp_path / "new", force=False)
    with Journal.open(tmp_path / "new") as journal:
        assert journal.session("a") == session


def test_a_rebuilt_session_has_its_reps_from_the_detail_file(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        session = save(journal, "a")
        journal.move_detail(ALL, 10)
    rebuilt(tmp_path, force=True)
    with Journal.open(tmp_path) as journal:
        assert journal.session("a") == msgspec.structs.replace(session, device_id=journal.device_id)


def test_a_rebuilt_session_follows_its_file_when_the_detail_tells_otherwise(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "a")
        journal.move_detail(ALL, 10)
        file = Path(journal.whereabouts("a").file)
    edited = json.loads(file.read_bytes()) | {"focus": "legs"}
    file.write_text(json.dumps(edited))
    rebuilt(tmp_path, force=True)
    with Journal.open(tmp_path) as journal:
        assert to_training_log(journal.session("a")) == edited


@pytest.mark.parametrize(("broker", "confirmed"), [("mqtt://gym", True), ("", False)])
def test_the_kiosk_moves_detail_in_a_quiet_moment_as_configured(tmp_path: Path, broker: str, confirmed: bool) -> None:
    storage = StorageConfig(keep_rep_detail_days=36500, keep_rep_detail_sessions=2)
    config = Config(storage=storage, sync=SyncConfig(broker=broker))

    async def run() -> None:
        with Journal.open(tmp_path) as journal, JournalWorker(journal) as worker:
            for day in range(1, 16):
                save(journal, f"s{day:02}", day, confirmed=confirmed)
            kiosk = Kiosk(config, journal.device_id, load_exercises(), worker, HybridClock(journal.device_id))
            await kiosk._tidying.tidy()
            assert sum(reps > 0 for reps in in_journal(journal).values()) == 5
            await kiosk._tidying.tidy()
            assert [key for key, reps in in_journal(journal).items() if reps] == ["s15", "s14"]

    asyncio.run(run())
