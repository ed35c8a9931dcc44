"""What other kiosks changed: the newest version wins in any order, losers are kept, deletions travel."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from edge_agent.errors import TemporaryError
from edge_agent.journal import opened
from edge_agent.journal.tables import Journal
from edge_agent.records import ENTITIES, Change, FeedPlace
from edge_agent.sync.clock import HybridClock
from tests.journal_parts import FailingFiles, make_session
from tests.record_parts import HERE, NOW, contents, delete, merge, put, rev
from tests.sync_parts import make_receipt, unpacked


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as one:
        yield one


def history(journal: Journal, entity: str = "member", key: str = "ann") -> list[str]:
    return [one.rev for one in journal.record_history(entity, key)]


def test_a_new_record_is_kept_and_not_sent_back(journal: Journal) -> None:
    merge(journal, put(1))
    assert journal.record("member", "ann") == {"version": 1}
    assert journal.pending(9) == []
    assert journal.counts().confirmed == 1


def test_a_session_of_another_kiosk_is_in_the_lists_with_its_file(journal: Journal) -> None:
    merge(journal, put(1, entity="session", key="s1"))
    assert journal.sessions("apoorva", 9).sessions == (make_session("s1"),)
    where = journal.whereabouts("s1")
    assert (where.state, where.rev) == ("confirmed", rev(1))
    assert Path(where.file).exists()


def test_a_newer_version_wins_and_the_older_is_in_the_history(journal: Journal) -> None:
    journal.put_record("member", "ann", {"mine": True}, rev(1, "kiosk-1"), NOW)
    merge(journal, put(2))
    assert journal.record("member", "ann") == {"version": 2}
    assert [one.doc for one in journal.record_history("member", "ann")] == [{"mine": True}]
    assert journal.pending(9) == []


def test_an_older_version_loses_and_is_in_the_history(journal: Journal) -> None:
    journal.put_record("member", "ann", {"mine": True}, rev(2, "kiosk-1"), NOW)
    merge(journal, put(1))
    assert journal.record("member", "ann") == {"mine": True}
    assert history(journal) == [rev(1)]
    assert [one.rev for one in journal.pending(9)] == [rev(2, "kiosk-1")]


def test_the_same_again_changes_nothing_and_writes_nothing(tmp_path: Path) -> None:
    files = FailingFiles()
    with Journal.open(tmp_path, files=files) as journal:
        merge(journal, put(1), put(2))
        before = contents(journal, "member")
        files.written = 0
        merge(journal, put(2), put(1))
        assert contents(journal, "member") == before
        assert files.written == 0


def test_ones_own_change_that_comes_back_is_as_good_as_a_receipt(journal: Journal) -> None:
    mine = put(1, device="kiosk-1")
    assert mine.doc is not None
    journal.put_record("member", "ann", mine.doc, mine.rev, NOW)
    merge(journal, mine)
    assert (journal.counts().pending, journal.counts().confirmed) == (0, 1)
    assert history(journal) == []


def test_a_deletion_takes_record_and_history_along(journal: Journal) -> None:
    merge(journal, put(1), put(2), delete(3))
    assert journal.record_keys("member") == []
    assert history(journal) == []
    assert journal.pending(9) == []


def test_a_session_deleted_elsewhere_takes_its_file_along(journal: Journal) -> None:
    path = journal.save_session(make_session("s1"), rev(1), NOW)
    merge(journal, delete(2, entity="session", key="s1"))
    assert not path.exists()
    assert journal.session_count == 0


def test_a_late_version_does_not_bring_back_what_was_deleted(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        merge(journal, delete(2))
    with Journal.open(tmp_path) as journal:
        merge(journal, put(1))
        assert journal.record_keys("member") == []
        assert history(journal) == []


def test_an_edit_after_a_deletion_lives(journal: Journal) -> None:
    merge(journal, delete(2))
    merge(journal, put(3))
    assert journal.record("member", "ann") == {"version": 3}


def test_the_history_is_not_endless(journal: Journal) -> None:
    for number in range(1, 30):
        merge(journal, put(number))
    assert history(journal) == [rev(number) for number in range(28, 18, -1)]


def test_cursor_and_changes_are_one_commit(tmp_path: Path) -> None:
    files = FailingFiles()
    with Journal.open(tmp_path, files=files) as journal:
        merge(journal, put(1))
        files.failing = {"pwrite"}
        with pytest.raises(TemporaryError):
            journal.merge([put(2)], FeedPlace(cursor="further"), NOW)
        files.failing = set()
    with Journal.open(tmp_path) as journal:
        assert journal.feed_place() == HERE
        assert journal.record("member", "ann") == {"version": 1}
        journal.merge([put(2)], FeedPlace(cursor="further"), NOW)
    with Journal.open(tmp_path) as journal:
        assert journal.feed_place() == FeedPlace(cursor="further")
        assert journal.record("member", "ann") == {"version": 2}


@pytest.mark.parametrize(
    "strange",
    [
        put(1, entity="fish", key="nemo"),
        put(1, entity="session", key="s1", surprise=1),
        put(1, entity="session", key="s1", session_id="s2"),
        put(1, entity="session", key="s1", start_time="noon"),
        put(1, key="no key"),
    ],
)
def test_what_is_not_understood_is_kept_aside_and_holds_up_nothing(journal: Journal, strange: Change) -> None:
    merge(journal, strange, put(2))
    assert journal.record("member", "ann") == {"version": 2}
    assert journal.session_count == 0
    assert journal.records_aside() == 1


def test_a_newer_program_takes_in_what_an_older_one_kept_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal.open(tmp_path) as journal:
        merge(journal, put(1, entity="fish", key="nemo"), put(2, entity="fish", key="nemo"))
    monkeypatch.setattr(opened, "ENTITIES", ("session", "member", "fish"))
    with Journal.open(tmp_path) as journal:
        merge(journal)
        assert journal.record("fish", "nemo") == {"version": 2}
        assert journal.records_aside() == 0


def test_a_record_damaged_here_is_replaced_by_the_clouds(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        merge(journal, put(1), put(1, key="ben"))
    path = tmp_path / "journal"
    path.write_bytes(path.read_bytes().replace(b'"records_member",1', b'"records_membet",1'))
    with Journal.open(tmp_path) as journal:
        merge(journal, put(1))
        assert journal.record("member", "ann") == {"version": 1}


def test_after_a_merge_the_clock_is_ahead_of_all_that_was_seen(tmp_path: Path) -> None:
    """A kiosk whose clock is minutes late still replaces what it has seen."""
    with Journal.open(tmp_path) as journal:
        merge(journal, put(600_000))
    with Journal.open(tmp_path) as journal:
        late = HybridClock("kiosk-1", journal.last_rev()).tick(1_771_281_290_000)
        journal.put_record("member", "ann", {"mine": True}, late, NOW)
        merge(journal, put(600_000))
        assert journal.record("member", "ann") == {"mine": True}


# What a member or a program owns

OWNED = [
    put(1, entity="session", key="s1", user_id="ann"),
    put(1, entity="program", key="plan", user_id="ann"),
    put(1, entity="progress", key="day", user_id="ben", program_id="plan"),
    put(1, entity="check_in", key="look", user_id="ann"),
]


def present(journal: Journal) -> list[str]:
    return sorted(key for entity in ENTITIES for key in journal.record_keys(entity))


def test_a_deleted_member_takes_along_what_is_theirs(journal: Journal) -> None:
    merge(journal, put(1), put(1, entity="session", key="s2", user_id="ben"), *OWNED)
    path = Path(journal.whereabouts("s1").file)
    merge(journal, delete(5))
    assert present(journal) == ["day", "s2"]
    assert not path.exists()
    assert journal.pending(99) == []


def test_a_record_erased_with_its_owner_is_gone_also_when_only_its_own_deletion_arrives(journal: Journal) -> None:
    for shade in range(8):  # whatever the hash of the document is
        key = f"fresh-{shade}"
        merge(journal, put(3, entity="readiness", key=key, user_id="ann", shade=shade))
        merge(journal, delete(3, entity="readiness", key=key))
        assert present(journal) == []


def test_a_deleted_program_takes_its_progress_along_and_no_workout(journal: Journal) -> None:
    merge(journal, *OWNED, put(1, entity="session", key="s2", program_id="plan"))
    merge(journal, delete(5, entity="program", key="plan"))
    assert present(journal) == ["look", "s1", "s2"]


def test_a_member_deleted_here_takes_along_what_waits_for_the_cloud(journal: Journal) -> None:
    merge(journal, put(1))
    journal.save_session(make_session("s1", user_id="ann"), rev(2), NOW)
    journal.delete_record("member", "ann", rev(3), NOW)
    assert present(journal) == []
    assert [(one.entity, one.op) for one in journal.pending(99)] == [("member", "delete")]


@pytest.mark.parametrize("again", [False, True])
def test_late_records_of_a_deleted_member_stay_away_also_when_the_member_is_back(
    journal: Journal, *, again: bool
) -> None:
    merge(journal, delete(5))
    if again:
        merge(journal, put(7))
    merge(journal, *OWNED, put(6, entity="session", key="s2", user_id="ann"))
    assert present(journal) == (["ann", "day", "s2"] if again else ["day", "s2"])


# Any order

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""Shrinking a life of files takes minutes; the examples are short enough to be read."""

_programs = st.builds(
    put, st.integers(1, 30), entity=st.just("program"), key=st.just("p1"), user_id=st.sampled_from(["ann", "ben"])
)
_progress = st.builds(
    put,
    st.integers(1, 30),
    entity=st.just("progress"),
    key=st.just("day"),
    program_id=st.just("p1"),
    user_id=st.sampled_from(["ann", "ben"]),
)
_members = st.builds(
    put,
    st.integers(1, 30),
    key=st.sampled_from(["ann", "ben"]),
    device=st.sampled_from(["kiosk-2", "kiosk-3"]),
    shade=st.integers(0, 1),
)
_sessions = st.builds(
    put,
    st.integers(1, 9),
    entity=st.just("session"),
    key=st.sampled_from(["s1", "s2"]),
    user_id=st.sampled_from(["ann", "ben"]),
)
_deletions = st.builds(
    delete,
    st.integers(1, 30),
    entity=st.sampled_from(["member", "program", "session"]),
    key=st.sampled_from(["ann", "ben", "p1", "s1", "s2"]),
)
_changes = st.lists(st.one_of(_members, _programs, _progress, _sessions, _deletions), min_size=1, max_size=25)


def life(folder: Path, changes: list[Change], cuts: list[int]) -> Any:
    """Merge the changes in pages that end at the cuts, opening the journal anew for each."""
    ends = sorted({*(cut % len(changes) for cut in cuts), len(changes)})
    start = 0
    for end in ends:
        with Journal.open(folder) as journal:
            merge(journal, *changes[start:end])
        start = end
    with Journal.open(folder) as journal:
        assert journal.damage == ()
        assert journal.pending(99) == []
        assert len(list((folder / "sessions").glob("*.json"))) == journal.session_count
        return [contents(journal, entity) for entity in ("member", "program", "progress", "session")]


@settings(max_examples=40, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
@given(changes=_changes, data=st.data())
def test_kiosks_that_saw_the_same_changes_hold_the_same(changes: list[Change], data: st.DataObject) -> None:
    other = data.draw(st.permutations([*changes, *data.draw(st.lists(st.sampled_from(changes), max_size=5))]))
    cuts = st.lists(st.integers(0, 30), max_size=3)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        assert life(Path(one), changes, data.draw(cuts)) == life(Path(two), other, data.draw(cuts))


class Cloud:
    """A feed as a worker reads it from the database: of each record the newest version, in the order of arrival."""

    def __init__(self) -> None:
        self.newest: dict[tuple[str, str], Change] = {}

    def take(self, journal: Journal) -> None:
        for change in map(unpacked, journal.pending(99)):
            name = change.entity, change.key
            if name not in self.newest or self.newest[name].rev < change.rev:
                self.newest.pop(name, None)
                self.newest[name] = change
            journal.apply_receipts([make_receipt(change)], NOW)


_steps = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["put", "delete", "up", "down"]), st.sampled_from("ab")), max_size=30
)


@settings(max_examples=40, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_steps, skews_s=st.tuples(*[st.integers(-600, 600)] * 3))
def test_kiosks_with_wrong_clocks_agree_once_all_is_exchanged(
    steps: list[tuple[int, str, str]], skews_s: tuple[int, ...]
) -> None:
    cloud, folders = Cloud(), [tempfile.TemporaryDirectory() for _ in skews_s]
    journals = [Journal.open(Path(folder.name)) for folder in folders]
    clocks = [HybridClock(f"kiosk-{number}") for number in range(3)]
    try:
        for second, (kiosk, step, key) in enumerate(
            [*steps, *((kiosk, way, "") for way in ("up", "down") for kiosk in range(3))]
        ):
            journal, clock, wall_ms = journals[kiosk], clocks[kiosk], 1000 * (2_000 + second + skews_s[kiosk])
            if step == "up":
                cloud.take(journal)
            elif step == "down":
                for change in cloud.newest.values():
                    clock.observe(change.rev, wall_ms)
                merge(journal, *cloud.newest.values())
            elif step == "put":
                journal.put_record("member", key, {"by": [kiosk, second]}, clock.tick(wall_ms), NOW)
            elif key in journal.record_keys("member"):
                journal.delete_record("member", key, clock.tick(wall_ms), NOW)
        present = [{key: one.record("member", key) for key in sorted(one.record_keys("member"))} for one in journals]
        assert present[0] == present[1] == present[2]
        assert all(journal.pending(9) == [] for journal in journals)
    finally:
        for one in (*journals,):
            one.close()
        for folder in folders:
            folder.cleanup()
