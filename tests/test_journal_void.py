"""Files of deleted sessions that were not removed with them."""

import errno
from pathlib import Path

import pytest

from edge_agent.errors import PermanentError
from edge_agent.journal.files import Files
from edge_agent.journal.retention import Retention
from edge_agent.journal.tables import Journal
from edge_agent.records import Session
from tests.faulty_files import QuickFiles
from tests.journal_parts import make_session
from tests.sync_parts import make_receipt
from tests.test_rebuild import rebuilt

NOW = "2026-04-01T00:00:00+01:00"


class Clinging(QuickFiles):
    """A disk that gives no file back while it clings to them."""

    clings = True

    def unlink(self, path: Path) -> None:
        if self.clings:
            raise OSError(errno.EIO, "Input/output error")
        super().unlink(path)


def saved(journal: Journal, *session_ids: str) -> list[Session]:
    sessions = [make_session(one, reps=3) for one in session_ids]
    for number, one in enumerate(sessions):
        journal.save_session(one, f"{1771281290000 + number}-0000-kiosk", NOW)
    return sessions


def delete(journal: Journal, session_id: str) -> None:
    journal.delete_record("session", session_id, "1771281299999-0000-kiosk", NOW)


def files(folder: Path) -> int:
    return len(list((folder / "sessions").glob("*.json")))


def with_a_file_left(folder: Path, disk: Files) -> None:
    """Two sessions, one of them deleted while the disk clings."""
    with Journal.open(folder, files=disk) as journal:
        saved(journal, "gone", "stays")
        delete(journal, "gone")
        assert files(folder) == 2
        with pytest.raises(PermanentError, match="no session"):
            journal.session("gone")


def test_a_file_that_could_not_be_removed_is_removed_at_the_next_start(tmp_path: Path) -> None:
    with_a_file_left(tmp_path, Clinging())
    with Journal.open(tmp_path) as journal:
        assert journal.session_count == 1
        assert files(tmp_path) == 1
        assert journal.session("stays")


def test_it_is_removed_in_a_quiet_moment_of_the_same_run(tmp_path: Path) -> None:
    disk = Clinging()
    with Journal.open(tmp_path, files=disk) as journal:
        saved(journal, "gone")
        delete(journal, "gone")
        disk.clings = False
        journal.tidy()
        assert files(tmp_path) == 0


def test_a_journal_made_anew_does_not_bring_it_back(tmp_path: Path) -> None:
    with_a_file_left(tmp_path, Clinging())
    Journal.open(tmp_path).close()
    (tmp_path / "journal").unlink()
    assert rebuilt(tmp_path).sessions == 1


def test_a_disk_that_goes_on_clinging_keeps_nobody_from_starting(tmp_path: Path) -> None:
    disk = Clinging()
    with_a_file_left(tmp_path, disk)
    with Journal.open(tmp_path, files=disk) as journal:
        assert journal.session_count == 1


def test_the_reps_of_a_deleted_session_are_removed_too(tmp_path: Path) -> None:
    with Journal.open(tmp_path, files=Clinging()) as journal:
        saved(journal, "gone")
        journal.apply_receipts([make_receipt(one) for one in journal.pending(9)], NOW)
        assert journal.move_detail(Retention(since="2027-01-01T00:00:00+00:00", newest=0), 9) == 1
        delete(journal, "gone")
    assert len(list((tmp_path / "sessions").rglob("*.json"))) == 2
    Journal.open(tmp_path).close()
    assert not list((tmp_path / "sessions").rglob("*.json"))
