import json
import os
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge_agent.cli import main
from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import ConfigError
from edge_agent.exporting.training_log import to_training_log
from edge_agent.journal.accounts import Access
from edge_agent.journal.rebuild import Reading, Rebuilt, rebuild
from edge_agent.journal.tables import Journal
from edge_agent.records import Session
from edge_agent.sessions.manual import named_exercise
from edge_agent.sync.clock import HybridClock
from tests.journal_parts import make_session
from tests.sync_parts import unpacked
from tests.test_session_files import EXAMPLE, rich_session

EXERCISES = load_exercises()
READING = Reading(zone=UTC, key_of=lambda name: named_exercise(name, EXERCISES).key)


def revisions(device_id: str) -> Callable[[int], str]:
    return HybridClock(device_id).tick


def rebuilt(folder: Path, *, force: bool = False) -> Rebuilt:
    return rebuild(folder, READING, revisions, force=force)


def fill(folder: Path, count: int = 5) -> list[Session]:
    """A journal with some sessions, among them one with all that the schema knows."""
    sessions = [msgspec.structs.replace(rich_session(), session_id="rich")]
    sessions += [
        make_session(f"s{n}", start=f"2026-03-{n + 1:02}T18:00:00.250+01:00", sets=n + 1) for n in range(count)
    ]
    with Journal.open(folder) as journal:
        for number, session in enumerate(sessions):
            journal.save_session(session, f"{1771281290000 + number}-0000-kiosk", "2026-04-01T00:00:00+01:00")
    return sessions


def logs(folder: Path) -> list[object]:
    with Journal.open(folder) as journal:
        return [to_training_log(session) for session in journal.sessions(None, 200).sessions]


def test_a_rebuilt_journal_equals_the_original_in_all_that_the_files_carry(tmp_path: Path) -> None:
    fill(tmp_path)
    before = logs(tmp_path)
    files = {path: path.read_bytes() for path in (tmp_path / "sessions").iterdir()}
    (tmp_path / "journal").unlink()
    assert rebuilt(tmp_path) == Rebuilt(sessions=6, unread=(), set_aside=None)
    assert logs(tmp_path) == before
    assert {path: path.read_bytes() for path in (tmp_path / "sessions").iterdir()} == files


def test_a_rebuilt_session_knows_its_file_and_can_be_saved_again(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "journal").unlink()
    rebuilt(tmp_path)
    with Journal.open(tmp_path) as journal:
        file = Path(journal.whereabouts("s1").file)
        assert json.loads(file.read_bytes())["_id"] == "s1"
        assert journal.save_session(journal.session("s1"), "9", "now") == file


def test_a_rebuilt_session_has_its_exercise_key_again(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "journal").unlink()
    rebuilt(tmp_path)
    with Journal.open(tmp_path) as journal:
        assert len(journal.sessions_of_exercise("apoorva", "squat", 9).sessions) == 5
        assert len(journal.sessions_of_exercise("apoorva", "barbell_bench_press", 9).sessions) == 1


def test_a_rebuilt_session_is_sent_as_older_than_what_the_cloud_may_have(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "journal").unlink()
    rebuilt(tmp_path)
    with Journal.open(tmp_path) as journal:
        changes = [one for one in journal.pending(9) if one.entity == "session"]
        assert [one.key for one in changes] == ["rich", "s0", "s1", "s2", "s3", "s4"]
        assert changes[1].rev.startswith("1772384400250-")
        assert {doc["device_id"] for one in changes if (doc := unpacked(one).doc)} == {journal.device_id}


def test_a_journal_that_is_there_is_not_replaced_unless_forced_and_then_set_aside(tmp_path: Path) -> None:
    fill(tmp_path)
    content = (tmp_path / "journal").read_bytes()
    with pytest.raises(ConfigError, match="--force"):
        rebuilt(tmp_path)
    assert (tmp_path / "journal").read_bytes() == content
    assert rebuilt(tmp_path, force=True).set_aside == "journal.before-rebuild-1"
    assert rebuilt(tmp_path, force=True).set_aside == "journal.before-rebuild-2"
    assert (tmp_path / "journal.before-rebuild-1").read_bytes() == content
    assert not (tmp_path / "journal.rebuilding").exists()


def test_a_journal_in_use_is_left_alone(tmp_path: Path) -> None:
    fill(tmp_path)
    with Journal.open(tmp_path), pytest.raises(ConfigError, match="another edge-agent"):
        rebuilt(tmp_path, force=True)


def test_each_file_that_can_not_be_read_is_told_with_its_reason(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(EXAMPLE))
    (folder / "b.json").write_text("{")
    (folder / "c.json").write_text(json.dumps(EXAMPLE | {"_id": "c", "dataModelVersion": "9"}))
    (folder / "d.json").write_text(json.dumps(EXAMPLE | {"_id": "d", "date": "yesterday"}))
    result = rebuilt(tmp_path)
    assert (result.sessions, [name for name, _ in result.unread]) == (1, ["b.json", "c.json", "d.json"])
    assert "yesterday" in dict(result.unread)["d.json"]


def test_of_two_files_of_one_session_the_one_written_last_counts(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    for name, focus, changed_s in (("a.json", "new", 2_000_000_000), ("b.json", "old", 1_000_000_000)):
        (folder / name).write_text(json.dumps(EXAMPLE | {"focus": focus}))
        os.utime(folder / name, (changed_s, changed_s))
    assert rebuilt(tmp_path).unread == (("b.json", "an older version of the session in a.json"),)
    with Journal.open(tmp_path) as journal:
        assert journal.session(str(EXAMPLE["_id"])).focus == "new"


def test_a_folder_without_session_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no folder 'sessions'"):
        rebuilt(tmp_path)
    assert not (tmp_path / "journal").exists()


def test_the_command_prints_what_became_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path)
    (tmp_path / "sessions" / "broken.json").write_text("")
    assert main(["rebuild", "--folder", str(tmp_path)]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(["rebuild", "--folder", str(tmp_path), "--force"]) == 1
    told = capsys.readouterr().out
    assert "Journal rebuilt: 6 sessions" in told
    assert "kept as journal.before-rebuild-1" in told
    assert "Not read: broken.json: " in told


# What the files do not carry


def members(folder: Path) -> dict[str, Any]:
    with Journal.open(folder) as journal:
        return {
            key: (journal.record("member", key)["name"], journal.accounts.access(key).role)
            for key in journal.accounts.members
        }


def with_owner(folder: Path) -> None:
    with Journal.open(folder) as journal:
        owner = Access(user_id="apoorva", role="owner", pin_hash="hash")
        journal.add_member({"user_id": "apoorva", "name": "Apoorva"}, owner, "1771281290900-0000-kiosk", "now")


def test_who_signs_in_here_is_taken_over_from_the_old_journal(tmp_path: Path) -> None:
    fill(tmp_path)
    with_owner(tmp_path)
    assert rebuilt(tmp_path, force=True).taken_over == 1
    assert members(tmp_path)["apoorva"] == ("Apoorva", "owner")
    with Journal.open(tmp_path) as journal:
        assert journal.accounts.access("apoorva").pin_hash == "hash"


def test_deletions_the_cloud_has_yet_to_learn_of_are_taken_over(tmp_path: Path) -> None:
    fill(tmp_path)
    with_owner(tmp_path)
    with Journal.open(tmp_path) as journal:
        journal.delete_record("session", "s1", "1771281291000-0000-kiosk", "now")
        journal.remove_session("s2", "2026-11-21T18:00:00+00:00")
        journal.delete_member("apoorva", "code", "1771281292000-0000-kiosk", "now")
    rebuilt(tmp_path, force=True)
    with Journal.open(tmp_path) as journal:
        assert {one.key for one in journal.pending(99) if one.op == "delete"} >= {"s1", "apoorva"}
        assert journal.accounts.farewell("code").name == "Apoorva"
        assert "apoorva" not in journal.accounts.members


def test_a_workout_that_can_still_be_taken_back_can_be_afterwards(tmp_path: Path) -> None:
    fill(tmp_path)
    with Journal.open(tmp_path) as journal:
        journal.remove_session("s2", "2026-11-21T18:00:00+00:00")
    rebuilt(tmp_path, force=True)
    with Journal.open(tmp_path) as journal:
        assert journal.removed_sessions() == {"s2": "2026-11-21T18:00:00+00:00"}


def test_whom_the_files_name_are_members_again_when_the_old_journal_is_gone(tmp_path: Path) -> None:
    fill(tmp_path)
    with Journal.open(tmp_path) as journal:
        journal.save_session(make_session("unnamed", user_id="guest"), "1771281290900-0000-kiosk", "now")
    (tmp_path / "journal").write_bytes(b"no journal at all")
    rebuilt(tmp_path, force=True)
    found = members(tmp_path)
    assert found["apoorva"] == ("Apoorva Sharma", "member")
    assert "guest" not in found
    with Journal.open(tmp_path) as journal:
        assert all(one.rev < "0000000000001" for one in journal.pending(99) if one.entity == "member")
