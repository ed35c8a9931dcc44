"""Sessions to journal, and a disk that fails on purpose."""

import errno
import os
from pathlib import Path

import msgspec

from edge_agent.journal.files import Files
from edge_agent.journal.tables import Journal
from edge_agent.records import ExerciseEntry, PackedChange, Receipt, Rep, Session, WorkoutSet

START = "2026-02-16T23:34:50+01:00"


def make_session(
    session_id: str = "0194f7a1-5ca4-7c42-9530-f957959f633d",
    *,
    user_id: str = "apoorva",
    start: str = START,
    sets: int = 1,
    reps: int = 3,
) -> Session:
    one = WorkoutSet(
        number=1,
        started_at=start,
        ended_at=start,
        reps_full=reps,
        weight_kg=80,
        reps=tuple(Rep(number=n, start_s=3.0 * n, end_s=3.0 * n + 2.5, rom_deg=91.5) for n in range(1, reps + 1)),
    )
    entry = ExerciseEntry(order=1, exercise="squat", name="Squat", muscles=("quadriceps",), sets=(one,) * sets)
    return Session(
        session_id=session_id,
        user_id=user_id,
        user_name="Apoorva Sharma",
        device_id="kiosk-1",
        source="camera",
        start_time=start,
        end_time=start,
        duration_s=60.0,
        exercises=(entry,),
    )


class FailingFiles(Files):
    """A disk on which the operations named in `failing` fail, a write after its first `written_anyway` bytes."""

    def __init__(self, error: int = errno.EIO) -> None:
        self.error = error
        self.failing: set[str] = set()
        self.written_anyway = 0
        self.written = 0
        self.calls: list[str] = []

    def pwrite(self, fd: int, data: bytes, offset: int) -> int:
        if "pwrite" in self.failing and self.written_anyway:
            room, self.written_anyway = self.written_anyway, 0
            return super().pwrite(fd, data[:room], offset)
        self._meet("pwrite")
        self.written += len(data)
        return super().pwrite(fd, data, offset)

    def pread(self, fd: int, length: int, offset: int) -> bytes:
        self._meet("pread")
        return super().pread(fd, length, offset)

    def fdatasync(self, fd: int) -> None:
        self._meet("fdatasync")
        super().fdatasync(fd)

    def fsync(self, fd: int) -> None:
        self._meet("fsync")
        super().fsync(fd)

    def truncate(self, fd: int, length: int) -> None:
        self._meet("truncate")
        super().truncate(fd, length)

    def rename(self, source: Path, target: Path) -> None:
        self._meet("rename")
        super().rename(source, target)

    def fsync_folder(self, folder: Path) -> None:
        self._meet("fsync_folder")
        super().fsync_folder(folder)

    def unlink(self, path: Path) -> None:
        self._meet("unlink")
        super().unlink(path)

    def _meet(self, operation: str) -> None:
        self.calls.append(operation)
        if operation in self.failing:
            raise OSError(self.error, os.strerror(self.error))


def save(journal: Journal, key: str, rev: str = "", **facts: str) -> Session:
    session = make_session(key, **facts)  # type: ignore[arg-type]
    journal.save_session(session, rev or f"rev-{key}", "2026-02-17T00:00:00+01:00")
    return session


def receipt(change: PackedChange, status: str = "stored", **other: str) -> Receipt:
    fields = {"entity": "session", "key": change.key, "rev": change.rev, "hash": change.hash, "status": status}
    return msgspec.convert(fields | other, Receipt)
