"""The histories a journal holds: read when they are asked for, and true at every moment."""

import errno
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from bench.sessions import Unsynced
from edge_agent import canonical
from edge_agent.errors import PermanentError, TemporaryError
from edge_agent.history.answers import Wanted
from edge_agent.history.calendar import Calendar
from edge_agent.history.member import MemberHistory
from edge_agent.journal import histories
from edge_agent.journal.retention import Retention
from edge_agent.journal.tables import Journal
from edge_agent.records import Change, FeedPlace, Receipt
from tests.cloud_parts import gone
from tests.journal_parts import FailingFiles, make_session

CALENDAR = Calendar()
AT = "2026-02-17T00:00:00+01:00"
KEYS, USERS = st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(["ann", "bob"])


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as journal:
        yield journal


def save(journal: Journal, key: str, rev: int = 1, user_id: str = "ann", reps: int = 3) -> None:
    journal.save_session(make_session(key, user_id=user_id, reps=reps), f"{rev:015d}-0000-kiosk", AT)


def held(journal: Journal, user_id: str = "ann") -> dict[str, int]:
    """Return reps by id, as the history has them."""
    while (found := journal.history(user_id, CALENDAR, lambda history, _: _reps(history))) is None:
        pass
    return found


def _reps(history: MemberHistory) -> dict[str, int]:
    return {one.session_id: one.reps for one in history.workouts}


def states(journal: Journal, user_id: str = "ann") -> dict[str, str]:
    found = journal.history(
        user_id, CALENDAR, lambda history, it: {one.session_id: it.state_of(one) for one in history.workouts}
    )
    return dict(found or {})


def test_nothing_is_held_before_somebody_asks(journal: Journal) -> None:
    save(journal, "a")
    assert len(journal._tables.histories) == 0


def test_a_member_without_workouts_has_an_empty_history(journal: Journal) -> None:
    assert held(journal) == {}


def test_a_history_is_one_member_s(journal: Journal) -> None:
    save(journal, "a")
    save(journal, "b", user_id="bob")
    assert held(journal) == {"a": 3}


def test_a_saved_workout_is_there_at_once(journal: Journal) -> None:
    save(journal, "a")
    assert held(journal) == {"a": 3}
    save(journal, "b", reps=5)
    assert held(journal) == {"a": 3, "b": 5}


def test_an_edited_workout_is_as_it_is_now(journal: Journal) -> None:
    save(journal, "a")
    held(journal)
    save(journal, "a", rev=2, reps=9)
    assert held(journal) == {"a": 9}


def test_a_deleted_workout_is_gone(journal: Journal) -> None:
    save(journal, "a")
    held(journal)
    journal.delete_record("session", "a", "2", AT)
    assert held(journal) == {}


def test_a_workout_that_changes_hands_leaves_one_history_for_another(journal: Journal) -> None:
    save(journal, "a")
    assert (held(journal), held(journal, "bob")) == ({"a": 3}, {})
    save(journal, "a", rev=2, user_id="bob")
    assert (held(journal), held(journal, "bob")) == ({}, {"a": 3})


def test_what_is_merged_from_the_cloud_is_there_and_what_is_deleted_there_is_gone(journal: Journal) -> None:
    save(journal, "a")
    held(journal)
    document = msgspec.to_builtins(make_session("b", user_id="ann", reps=7))
    new = Change(entity="session", key="b", rev="2", op="put", hash=canonical.digest(document), doc=document)
    journal.merge([new, gone(3, "session", "a")], FeedPlace(cursor="1"), AT)
    assert held(journal) == {"b": 7}


def test_the_workouts_of_a_member_who_left_are_gone(journal: Journal) -> None:
    journal.put_record("member", "ann", {"user_id": "ann", "name": "Ann"}, "1", AT)
    save(journal, "a", rev=2)
    held(journal)
    journal.delete_record("member", "ann", "9", AT)
    assert held(journal) == {}


def test_what_changes_while_a_history_is_read_is_right_in_it(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_agent.journal.tables._READ_AT_ONCE", 1)
    for number in range(4):
        save(journal, f"s{number}")
    assert journal.history("ann", CALENDAR, lambda history, _: history) is None
    save(journal, "s3", rev=2, reps=8)
    save(journal, "s0", rev=2, user_id="bob")
    journal.delete_record("session", "s1", "2", AT)
    save(journal, "s4", reps=6)
    assert held(journal) == {"s2": 3, "s3": 8, "s4": 6}


def test_moving_reps_to_files_changes_no_history(journal: Journal) -> None:
    save(journal, "a")
    before = journal.history("ann", CALENDAR, lambda history, _: history.exercise("squat", Wanted()))
    moved = journal.move_detail(Retention(since="2027-01-01T00:00:00+00:00", newest=0, confirmed=False), 5)
    after = journal.history("ann", CALENDAR, lambda history, _: history.exercise("squat", Wanted()))
    assert (moved, after) == (1, before)
    assert after
    assert (after.points[0].range_deg, after.points[0].score) == (91.5, 1.0)


def test_a_save_that_failed_is_in_no_history(tmp_path: Path) -> None:
    files = FailingFiles()
    with Journal.open(tmp_path, files=files) as journal:
        save(journal, "a")
        held(journal)
        files.failing = {"fdatasync"}
        with pytest.raises(Exception, match="disk"):
            save(journal, "b")
        files.failing = set()
        assert held(journal) == {"a": 3}
        save(journal, "c")
        assert "c" in held(journal)


def test_a_disk_that_does_not_answer_makes_no_history_shorter(tmp_path: Path) -> None:
    files = FailingFiles(errno.ENODEV)
    with Journal.open(tmp_path, files=files) as journal:
        save(journal, "a")
        save(journal, "b")
        files.failing = {"pread"}
        with pytest.raises(TemporaryError):
            held(journal)
        files.failing = set()
        assert held(journal) == {"a": 3, "b": 3}


def test_members_without_workouts_are_let_go_too(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "_MOST_MEMBERS", 3)
    for user_id in "abcdefgh":
        assert held(journal, user_id) == {}
    assert len(journal._tables.histories._held) == 3


def test_those_asked_for_longest_ago_are_let_go(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "MOST_HELD", 3)
    for number, user_id in enumerate(["ann", "ann", "bob", "bob", "eve"]):
        save(journal, f"s{number}", user_id=user_id)
    for user_id in ("ann", "bob", "eve"):
        held(journal, user_id)
    assert [user_id for user_id, _ in journal._tables.histories._held] == ["bob", "eve"]
    assert len(held(journal)) == 2


def test_two_long_histories_do_not_drive_each_other_out(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "MOST_HELD", 3)
    monkeypatch.setattr("edge_agent.journal.tables._READ_AT_ONCE", 1)
    for number in range(8):
        save(journal, f"s{number}", user_id=("ann", "bob")[number % 2])
    found: dict[str, int] = {}
    for _ in range(4):
        for user_id in ("ann", "bob"):
            found[user_id] = journal.history(user_id, CALENDAR, lambda history, _: len(history.workouts)) or 0
    assert found == {"ann": 4, "bob": 4}


def test_a_workout_s_state_is_that_of_this_moment(journal: Journal) -> None:
    for number, key in enumerate("abc", 1):
        save(journal, key, rev=number)
    assert states(journal) == {"a": "saved", "b": "saved", "c": "saved"}
    told = {change.key: change for change in journal.pending(5)}
    taken = Receipt(entity="session", key="a", rev=told["a"].rev, hash=told["a"].hash, status="stored")
    receipts = [taken, replace(taken, key="b", rev=told["b"].rev, hash=told["b"].hash, status="rejected")]
    journal.apply_receipts(receipts, AT)
    assert states(journal) == {"a": "confirmed", "b": "refused", "c": "saved"}
    journal.retry_refused(["b"])
    save(journal, "a", rev=9)
    assert states(journal) == {"a": "saved", "b": "saved", "c": "saved"}


def test_a_rotten_document_costs_only_itself(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "a")
        save(journal, "b")
        path = tmp_path / "journal"
        content = path.read_bytes()
        at = content.index(b'"session_id":"a"')
        with path.open("r+b") as file:
            file.seek(at)
            file.write(b'"session_id":"x"')
        assert held(journal) == {"b": 3}


def test_the_place_of_a_workout_is_its_own_for_good(journal: Journal) -> None:
    save(journal, "a")
    save(journal, "b")

    def first(history: MemberHistory) -> str | None:
        return history.page(Wanted(), "newest", 1, None).next_cursor

    before = journal.history("ann", CALENDAR, lambda history, _: first(history))
    journal.save_session(replace(make_session("a", user_id="ann"), notes="heavy"), "9", AT)
    assert before
    assert journal.history("ann", CALENDAR, lambda history, _: first(history)) == before


class Held(RuleBasedStateMachine):
    """Whatever is done in whatever order, what is held is what is in the journal."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self._journal = Journal.open(Path(self._folder.name), files=Unsynced())
        self._rev = 0

    def teardown(self) -> None:
        self._journal.close()
        self._folder.cleanup()

    def _next(self) -> str:
        self._rev += 1
        return f"{self._rev:015d}-0000-kiosk"

    @rule(key=KEYS, user_id=USERS, reps=st.integers(1, 9), day=st.integers(1, 28))
    def save(self, key: str, user_id: str, reps: int, day: int) -> None:
        start = f"2026-02-{day:02d}T18:00:00+01:00"
        self._journal.save_session(make_session(key, user_id=user_id, reps=reps, start=start), self._next(), AT)

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        with suppress(PermanentError):
            self._journal.delete_record("session", key, self._next(), AT)

    @rule(key=KEYS)
    def throw_away(self, key: str) -> None:
        with suppress(PermanentError):
            self._journal.remove_session(key, AT)

    @rule(key=KEYS)
    def take_back(self, key: str) -> None:
        with suppress(PermanentError):
            self._journal.restore_session(key)

    @rule(key=KEYS, user_id=USERS, late=st.booleans())
    def merge(self, key: str, user_id: str, late: bool) -> None:
        document = msgspec.to_builtins(make_session(key, user_id=user_id, reps=7))
        rev = "000000000000000-0000-other" if late else self._next()
        change = Change(entity="session", key=key, rev=rev, op="put", hash=canonical.digest(document), doc=document)
        self._journal.merge([change], FeedPlace(), AT)

    @rule()
    def move_reps(self) -> None:
        self._journal.move_detail(Retention(since="2026-02-14T00:00:00+00:00", newest=1, confirmed=False), 2)

    @rule(user_id=USERS)
    def look(self, user_id: str) -> None:
        held(self._journal, user_id)

    @invariant()
    def what_is_held_is_what_is_there(self) -> None:
        for user_id in ("ann", "bob"):
            there = self._journal.sessions(user_id, 50).sessions
            assert held(self._journal, user_id) == {one.session_id: one.reps for one in there}


Held.TestCase.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
TestHeld = Held.TestCase
