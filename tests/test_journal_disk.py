"""Real disks and real neighbours: a full one, a read-only one, other processes, and files from the future."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from edge_agent.errors import ConfigError, EdgeError, TemporaryError
from edge_agent.journal.lines import Change, header
from edge_agent.journal.log import Log
from edge_agent.journal.tables import Journal
from tests.faulty_files import QuickFiles
from tests.journal_history import state_in
from tests.journal_parts import make_session

NOBODY = 65534


def mount(*arguments: str | Path) -> None:
    command = ["mount", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    if done.returncode:
        pytest.skip(f"needs the right to mount: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 256 KB."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", "size=256k", "none", disk)
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True, timeout=20)


def fill_up(disk: Path) -> Path:
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return ballast


def save(journal: Journal, key: str) -> None:
    journal.save_session(make_session(key, reps=20), f"r-{key}", "now")


def saved(journal: Journal) -> list[str]:
    return sorted(one.session_id for one in journal.sessions(None, 99).sessions)


# A full disk


def test_a_full_disk_refuses_the_save_in_words_and_all_that_was_saved_can_be_read(small_disk: Path) -> None:
    with Journal.open(small_disk) as journal:
        save(journal, "a")
        ballast = fill_up(small_disk)
        for _ in range(3):
            with pytest.raises(TemporaryError, match=r"(?i)disk is full|no space left"):
                save(journal, "b")
        assert saved(journal) == ["a"]
        assert len(list((small_disk / "sessions").iterdir())) == 1
        ballast.unlink()
        save(journal, "b")
    with Journal.open(small_disk) as journal:
        assert saved(journal) == ["a", "b"]
        assert journal.damage == ()


def test_a_commit_that_fills_the_disk_midway_is_not_half_there(small_disk: Path) -> None:
    log = Log(small_disk / "journal")
    log.append([Change("put", "t", 1, b'"small"')])
    with pytest.raises(TemporaryError, match="disk is full"):
        log.append([Change("put", "t", number, b'"%s"' % (b"x" * 50_000)) for number in range(2, 12)])
    assert (small_disk / "journal").stat().st_size == log.size
    log.append([Change("put", "t", 2, b'"there was room for this"')])
    log.close()
    assert state_in(small_disk / "journal") == {"t": {1: b'"small"', 2: b'"there was room for this"'}}


def test_a_journal_on_a_full_disk_opens_and_shows_what_it_has(small_disk: Path) -> None:
    with Journal.open(small_disk) as journal:
        save(journal, "a")
    (small_disk / "journal.lock").unlink()
    ballast = fill_up(small_disk)
    with Journal.open(small_disk) as journal:
        assert saved(journal) == ["a"]
        with pytest.raises(TemporaryError):
            save(journal, "b")
        ballast.unlink()
        save(journal, "b")
        assert saved(journal) == ["a", "b"]


def test_a_journal_that_can_not_be_created_on_a_full_disk_can_be_once_there_is_room(small_disk: Path) -> None:
    ballast = fill_up(small_disk)
    with pytest.raises(EdgeError, match=r"(?i)disk is full|no space left"):
        Journal.open(small_disk)
    ballast.unlink()
    with Journal.open(small_disk) as journal:
        save(journal, "a")
        assert journal.damage == ()


def test_a_compaction_for_which_there_is_no_room_keeps_the_old_file(small_disk: Path) -> None:
    log = Log(small_disk / "journal")
    for number in range(4):
        log.append([Change("put", "t", number, b'"%s"' % (b"x" * 40_000))])
    before = state_in_open(log)
    with pytest.raises(TemporaryError, match="disk is full"):
        log.compact()
    assert sorted(one.name for one in small_disk.iterdir()) == ["journal", "journal.lock"]
    log.append([Change("put", "t", 9, b'"small"')])
    log.close()
    assert state_in(small_disk / "journal") == {"t": before | {9: b'"small"'}}


def state_in_open(log: Log) -> dict[int, bytes]:
    return {doc_id: log.read("t", doc_id) or b"" for doc_id in log.tables["t"]}


# A read-only folder


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write anywhere, so for a while be somebody who may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def foreign_folder() -> Iterator[Path]:
    """A folder that everybody may read and nobody write; not under pytest's, which is for its owner alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield folder
        folder.chmod(0o755)


def content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_in_which_nothing_may_be_written_is_refused_in_words(foreign_folder: Path) -> None:
    foreign_folder.chmod(0o555)
    with as_nobody(), pytest.raises(ConfigError, match=r"storage\.folder"):
        Journal.open(foreign_folder)
    assert list(foreign_folder.iterdir()) == []


def test_a_journal_that_may_not_be_written_is_refused_and_left_untouched(foreign_folder: Path) -> None:
    with Journal.open(foreign_folder) as journal:
        save(journal, "a")
    before = content(foreign_folder)
    for path in before:
        path.chmod(0o444)
    foreign_folder.chmod(0o555)
    with as_nobody(), pytest.raises(ConfigError, match="check the folder's owner"):
        Journal.open(foreign_folder)
    assert content(foreign_folder) == before


def test_a_disk_that_is_mounted_read_only_is_refused_in_words(small_disk: Path) -> None:
    with Journal.open(small_disk) as journal:
        save(journal, "a")
    before = content(small_disk)
    mount("-o", "remount,ro", small_disk)
    with pytest.raises(ConfigError, match="Read-only file system"):
        Journal.open(small_disk)
    assert content(small_disk) == before


# Other processes


_RIVAL = """
import sys
from pathlib import Path
from edge_agent.errors import ConfigError
from edge_agent.journal.lines import Change
from edge_agent.journal.log import Log
done = 0
while done < 20:
    try:
        log = Log(Path(sys.argv[1]))
    except ConfigError as error:
        assert "another edge-agent" in str(error), error
        continue
    number = log.high("t") + 1
    log.append([Change("put", "t", number, sys.argv[2].encode())])
    log.close()
    print(number, flush=True)
    done += 1
"""


@pytest.mark.process
def test_processes_that_compete_for_a_journal_lose_nothing_to_each_other(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    command = [sys.executable, "-c", _RIVAL, str(path)]
    rivals = [subprocess.Popen([*command, name], stdout=subprocess.PIPE, text=True) for name in ("1", "2")]
    told = {
        name: [int(line) for line in rival.communicate(timeout=100)[0].split()]
        for name, rival in zip((b"1", b"2"), rivals, strict=True)
    }
    assert state_in(path) == {"t": {number: name for name, numbers in told.items() for number in numbers}}
    assert len(state_in(path)["t"]) == 40


@pytest.mark.process
def test_the_journal_is_free_again_once_its_holder_was_killed(tmp_path: Path) -> None:
    script = f"""
from pathlib import Path; from edge_agent.journal.log import Log
log = Log(Path({str(tmp_path / "journal")!r})); print("open", flush=True); input()"""
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(ConfigError, match=f"process {holder.pid}"):
            Log(tmp_path / "journal")
        holder.kill()
        holder.wait()
    Log(tmp_path / "journal").close()


# Files from the future


def test_a_newer_format_is_refused_and_no_byte_of_the_folder_changes(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        save(journal, "a")
    path = tmp_path / "journal"
    path.write_bytes(path.read_bytes().replace(header(), header(2)) + b"a kind of line to come")
    before = content(tmp_path)
    with pytest.raises(ConfigError, match="format 2, this one knows 1"):
        Journal.open(tmp_path, files=QuickFiles())
    assert {path.name: raw for path, raw in content(tmp_path).items() if path.suffix != ".lock"} == {
        path.name: raw for path, raw in before.items() if path.suffix != ".lock"
    }
