"""Finished sessions in the journal, and lists of them."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge_agent.errors import PermanentError
from edge_agent.journal.tables import Journal
from tests.journal_parts import FailingFiles, make_session, save


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as one:
        yield one


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
