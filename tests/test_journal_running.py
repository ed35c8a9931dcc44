"""Running sessions in the journal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.journal.running import Anchor
from edge_agent.journal.tables import Journal
from edge_agent.records import Session
from tests.journal_parts import FailingFiles, make_session, save


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as one:
        yield one


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
