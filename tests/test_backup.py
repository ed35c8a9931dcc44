import hashlib
import itertools
import json
import os
import queue
import random
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from edge_agent.cli import main
from edge_agent.errors import ConfigError, EdgeError, TemporaryError
from edge_agent.journal.backup import back_up
from edge_agent.journal.restore import Restored, restore
from edge_agent.journal.tables import Journal
from edge_agent.records import Session
from tests.journal_parts import make_session

NOW = "2026-11-21T12:00:00+01:00"


def save(journal: Journal, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        start = f"2026-03-01T18:{number % 60:02}:00+01:00"
        journal.save_session(make_session(f"s{number}", start=start), f"rev-{number:04}", NOW)


def sessions(folder: Path) -> list[Session]:
    with Journal.open(folder) as journal:
        return list(journal.sessions(None, 200).sessions)


def content(folder: Path) -> dict[str, bytes]:
    """All that lies in a folder, except the lock."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "journal.lock"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def gym(tmp_path: Path) -> Path:
    """A folder with some sessions and with a backup of it beside it, `backup.zip`."""
    folder = tmp_path / "gym"
    with Journal.open(folder) as journal:
        save(journal, 5)
    back_up(folder, tmp_path / "backup.zip", NOW)
    return folder


@pytest.fixture
def backup(gym: Path) -> Path:
    return gym.parent / "backup.zip"


def put_back(backup: Path, folder: Path, *, force: bool = False) -> Restored:
    return restore(backup, folder, force=force)


# Backup


def test_a_restored_backup_is_what_was_there(gym: Path, backup: Path, tmp_path: Path) -> None:
    restored = put_back(backup, tmp_path / "new")
    assert restored == Restored(made_at=NOW, sessions=5, set_aside=(), damage=())
    assert sessions(tmp_path / "new") == sessions(gym)
    files = {name: data for name, data in content(gym).items() if name.startswith("sessions/")}
    assert {name: data for name, data in content(tmp_path / "new").items() if name.startswith("sessions/")} == files


def test_what_the_cloud_has_confirmed_and_the_device_id_are_in_the_backup(gym: Path, tmp_path: Path) -> None:
    with Journal.open(gym) as journal:
        device_id, counts = journal.device_id, journal.counts()
    put_back(tmp_path / "backup.zip", tmp_path / "new")
    with Journal.open(tmp_path / "new") as journal:
        assert (journal.device_id, journal.counts()) == (device_id, counts)


def test_the_manifest_names_each_file_with_its_digest(gym: Path, backup: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["format"], manifest["made_at"]) == ("edge-agent-backup", NOW)
    assert sorted(manifest["files"]) == sorted(content(gym))


def test_backups_made_while_somebody_saves_hold_all_that_was_saved_before(tmp_path: Path) -> None:
    folder, made = tmp_path / "gym", []
    with Journal.open(folder) as journal:
        saved: queue.Queue[int] = queue.Queue()
        stop = threading.Event()

        def write() -> None:
            rng = random.Random(1)
            for number in itertools.count(1):
                save(journal, 1, number)
                saved.put(number)
                journal.keep_running(make_session("running", reps=rng.randrange(1, 50)))
                if stop.is_set():
                    return

        with ThreadPoolExecutor(1) as pool:
            writer = pool.submit(write)
            try:
                for number in range(6):
                    made.append(saved.get(timeout=60))
                    back_up(folder, tmp_path / f"{number}.zip", NOW)
            finally:
                stop.set()
            writer.result()
    for number, before in enumerate(made):
        restored = put_back(tmp_path / f"{number}.zip", tmp_path / f"r{number}")
        assert restored.sessions >= before
        assert restored.damage == ()


def test_bytes_of_an_unfinished_write_are_left_out(gym: Path, tmp_path: Path) -> None:
    whole = (gym / "journal").read_bytes()
    with (gym / "journal").open("ab") as file:
        file.write(whole[-200:-3])
    back_up(gym, tmp_path / "b.zip", NOW)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.read("journal") == whole


def test_a_backup_that_can_not_be_written_leaves_the_older_one(
    gym: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    before = backup.read_bytes()
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(TemporaryError, match="No space left"):
        back_up(gym, backup, NOW)
    assert backup.read_bytes() == before
    assert [path.name for path in backup.parent.iterdir() if "backup" in path.name] == ["backup.zip"]


def test_an_older_backup_is_replaced_and_no_other_file(gym: Path, backup: Path, tmp_path: Path) -> None:
    back_up(gym, backup, "later")
    assert put_back(backup, tmp_path / "new").made_at == "later"
    other = tmp_path / "letter.txt"
    other.write_text("Dear")
    with pytest.raises(ConfigError, match="is no backup"):
        back_up(gym, other, NOW)
    assert other.read_text() == "Dear"


def test_a_folder_without_a_journal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no journal"):
        back_up(tmp_path, tmp_path / "b.zip", NOW)


def test_only_its_owner_can_read_a_backup(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600


# Restore


def test_what_is_there_is_not_replaced_unless_forced(gym: Path, backup: Path) -> None:
    before = content(gym)
    with pytest.raises(ConfigError, match="--force"):
        put_back(backup, gym)
    assert content(gym) == before


def test_with_force_what_was_there_is_set_aside_by_name(gym: Path, backup: Path) -> None:
    with Journal.open(gym) as journal:
        save(journal, 2, 5)
    before = content(gym)
    restored = put_back(backup, gym, force=True)
    assert restored.set_aside == ("sessions.before-restore-1", "journal.before-restore-1")
    assert len(sessions(gym)) == 5
    after = content(gym)
    assert after["journal.before-restore-1"] == before["journal"]
    for name, data in before.items():
        if name.startswith("sessions/"):
            assert after[name.replace("sessions", "sessions.before-restore-1")] == data


def test_a_folder_in_use_is_left_alone(gym: Path, backup: Path) -> None:
    with Journal.open(gym), pytest.raises(ConfigError, match="another edge-agent"):
        put_back(backup, gym, force=True)


def test_a_backup_cut_anywhere_is_refused_and_nothing_changed(gym: Path, backup: Path, tmp_path: Path) -> None:
    whole, before = backup.read_bytes(), content(gym)
    cut = tmp_path / "cut.zip"
    for length in [0, 1, *range(10, len(whole), len(whole) // 40), len(whole) - 1]:
        cut.write_bytes(whole[:length])
        with pytest.raises(ConfigError):
            put_back(cut, gym, force=True)
    assert content(gym) == before


def test_a_backup_with_a_flipped_bit_is_refused_or_restores_the_same(backup: Path, tmp_path: Path) -> None:
    whole, rng, refused = backup.read_bytes(), random.Random(7), 0
    put_back(backup, tmp_path / "whole")
    expected = sessions(tmp_path / "whole")
    for number in range(60):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        (tmp_path / "flipped.zip").write_bytes(damaged)
        folder = tmp_path / f"f{number}"
        try:
            put_back(tmp_path / "flipped.zip", folder)
        except EdgeError:
            refused += 1
            assert not (folder / "journal").exists()
        else:
            assert sessions(folder) == expected
    assert refused > 30


def made_up(path: Path, files: dict[str, bytes], manifest: dict[str, Any] | None = None) -> Path:
    """A zip file with a manifest that fits it, or the given one."""
    sums = {name: {"size": len(data), "sha256": _sha256(data)} for name, data in files.items()}
    fitting = {"format": "edge-agent-backup", "version": 1, "made_at": NOW, "program": "1", "files": sums}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps(manifest or fitting))
    return path


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_changed_file_is_refused_even_when_the_zip_is_sound(gym: Path, tmp_path: Path) -> None:
    sums = {"journal": {"size": 1, "sha256": "0" * 64}}
    fake = {"format": "edge-agent-backup", "version": 1, "made_at": NOW, "program": "1", "files": sums}
    with pytest.raises(ConfigError, match="'journal' is not what was backed up"):
        put_back(made_up(tmp_path / "b.zip", {"journal": b"x"}, fake), tmp_path / "new")


@pytest.mark.parametrize("name", ["../evil.json", "/etc/evil.json", "sessions/../../evil.json", "cron"])
def test_a_backup_can_not_write_outside_of_its_folder(gym: Path, tmp_path: Path, name: str) -> None:
    files = {"journal": (gym / "journal").read_bytes(), name: b"{}"}
    with pytest.raises(ConfigError, match="not what was backed up"):
        put_back(made_up(tmp_path / "b.zip", files), tmp_path / "new")
    assert not list(tmp_path.rglob("*evil*"))


def test_a_backup_of_a_newer_program_is_refused(gym: Path, tmp_path: Path) -> None:
    newer = {"format": "edge-agent-backup", "version": 2, "made_at": NOW, "program": "9", "files": {}}
    with pytest.raises(ConfigError, match="newer edge-agent"):
        put_back(made_up(tmp_path / "b.zip", {}, newer), tmp_path / "new")


def test_a_sound_zip_with_a_broken_journal_is_refused(gym: Path, tmp_path: Path) -> None:
    before = content(gym)
    with pytest.raises(ConfigError, match="not a journal"):
        put_back(made_up(tmp_path / "b.zip", {"journal": b"nothing of that kind"}), gym, force=True)
    assert content(gym) == before


def test_a_session_file_that_was_being_replaced_during_the_backup_is_written_again(gym: Path, tmp_path: Path) -> None:
    files = {"journal": (gym / "journal").read_bytes()}
    put_back(made_up(tmp_path / "b.zip", files), tmp_path / "new")
    assert sorted((tmp_path / "new" / "sessions").iterdir()) == sorted(
        Path(str(path).replace("/gym/", "/new/")) for path in (gym / "sessions").iterdir()
    )


def restore_and_be_killed(backup: Path, folder: Path, step: int) -> bool:
    """Restore with `--force` in a process that dies before its rename, link or removal number `step`; False if not."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            steps = iter(range(100))

            def dying(act: Callable[..., object]) -> Callable[..., object]:
                return lambda *args, **options: os._exit(9) if next(steps) == step else act(*args, **options)

            for name in ("rename", "link", "rmdir", "unlink"):
                setattr(os, name, dying(getattr(os, name)))
            put_back(backup, folder, force=True)
            status = 0
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 9


@pytest.mark.parametrize("again", ["start", "restore"])
def test_a_restore_killed_anywhere_has_not_happened_or_is_finished_by_the_next_start_or_restore(
    tmp_path: Path, again: str
) -> None:
    outcomes = set()
    for step in range(40):
        folder = tmp_path / str(step) / "gym"
        with Journal.open(folder) as journal:
            save(journal, 5)
        back_up(folder, folder.with_name("b.zip"), NOW)
        with Journal.open(folder) as journal:
            save(journal, 2, 5)
        killed = restore_and_be_killed(folder.with_name("b.zip"), folder, step)
        if again == "restore":
            put_back(folder.with_name("b.zip"), folder, force=True)
        with Journal.open(folder) as journal:
            outcomes.add(journal.session_count)
            names = {Path(journal.whereabouts(f"s{number}").file).name for number in range(journal.session_count)}
        assert {path.name for path in (folder / "sessions").iterdir()} == names
        assert not (folder / "restore.ready").exists()
        if not killed:
            break
    assert not killed
    assert outcomes == ({5, 7} if again == "start" else {5})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_gives_what_it_restores_to_the_folders_owner(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    os.chown(folder, 12345, 12346)
    put_back(backup, folder)
    owned = [folder / "journal", folder / "journal.lock", *(folder / "sessions").iterdir()]
    assert {(path.stat().st_uid, path.stat().st_gid) for path in owned} == {(12345, 12346)}


def test_the_commands_tell_what_they_did(gym: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "b.zip"
    with Journal.open(gym):
        assert main(["backup", str(target), "--folder", str(gym)]) == 0
    assert f"Backup written: {target}" in capsys.readouterr().out
    assert main(["restore", str(target), "--folder", str(gym)]) == 2
    assert main(["restore", str(target), "--folder", str(gym), "--force"]) == 0
    told = capsys.readouterr().out
    assert "Restored: 5 sessions" in told
    assert "kept as journal.before-restore-1" in told
