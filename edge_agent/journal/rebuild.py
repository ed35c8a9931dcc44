"""A journal made from the session files alone; they are only read.

The new journal appears whole under its name, and an old one is set aside. What the files do not carry (reps, duration,
what the cloud has confirmed, unfinished sessions, settings) is not in it.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from itertools import islice
from pathlib import Path

import msgspec

from edge_agent.errors import ConfigError, PermanentError
from edge_agent.exporting.training_log import to_training_log
from edge_agent.importing.training_log import KeyOf, logged_session, read_training_log
from edge_agent.journal.aside import hand_over, keep_aside
from edge_agent.journal.files import Files, lock
from edge_agent.journal.kept import Adoption
from edge_agent.journal.order import instant
from edge_agent.journal.retention import detail_path
from edge_agent.journal.tables import Journal
from edge_agent.journal.taking_over import Named, name_members, take_over
from edge_agent.records import Record, Session

RevisionsOf = Callable[[str], Callable[[int], str]]
"""Gives, for a device id, what makes revisions out of Unix milliseconds."""

_AT_ONCE = 200


class Reading(Record, frozen=True, kw_only=True):
    """How session files are read: the zone of dates without offset, the key of an exercise's name, and whose id is
    nobody's.
    """

    zone: tzinfo
    key_of: KeyOf
    guest_id: str = "guest"


class Rebuilt(Record, frozen=True, kw_only=True):
    """What became of it. `unread` are file names with the reason; `set_aside` is the old journal's new name, and
    `taken_over` is how many records without files could be read in it.
    """

    sessions: int
    unread: tuple[tuple[str, str], ...]
    set_aside: str | None
    taken_over: int = 0


class _Found(Record, frozen=True, kw_only=True):
    """A file that can be read."""

    path: Path
    session_id: str
    start: int
    changed_s: float
    named: Named


def rebuild(folder: Path, reading: Reading, revisions_of: RevisionsOf, *, force: bool) -> Rebuilt:
    """Make the folder's journal out of its session files. Raises `ConfigError`; nothing is changed then.

    Refuses to replace a journal without `force`, and while an agent uses it.
    """
    journal, made = folder / "journal", folder / "journal.rebuilding"
    if not (folder / "sessions").is_dir():
        raise ConfigError(f"{folder}: has no folder 'sessions' with session files; name the right one with --folder")
    holding = lock(journal)
    try:
        if journal.exists() and not force:
            raise ConfigError(f"{journal}: is there already; --force sets it aside and makes a new one")
        found, unread = _look_through(folder / "sessions", reading)
        taken_over = _make(made, reading, revisions_of, found, journal)
        aside = keep_aside(journal, "rebuild") if journal.exists() else None
        for path in (made / "journal", folder / "journal.lock"):
            hand_over(path, folder)
        (made / "journal").rename(journal)
        Files().fsync_folder(folder)
    except OSError as error:
        raise ConfigError(f"{folder}: the journal was not rebuilt ({error.strerror or error})") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(holding)
    return Rebuilt(
        sessions=len(found),
        unread=tuple(unread),
        set_aside=aside.name if aside else None,
        taken_over=taken_over,
    )


def _look_through(folder: Path, reading: Reading) -> tuple[list[_Found], list[tuple[str, str]]]:
    """Return the readable files, oldest session first, and the others with the reason. Sessions are not held."""
    newest: dict[str, _Found] = {}
    unread = []
    for path in sorted(folder.glob("*.json")):
        try:
            session = _session(path, "", reading)
            one = _Found(
                path=path,
                session_id=session.session_id,
                start=instant(session.start_time),
                changed_s=path.stat().st_mtime,
                named=Named(user_id=session.user_id, name=session.user_name, start_time=session.start_time),
            )
        except (OSError, PermanentError) as error:
            unread.append((path.name, str(error)))
            continue
        other = newest.get(one.session_id)
        newest[one.session_id] = one if other is None or one.changed_s > other.changed_s else other
        if other:
            old, kept = sorted((one, other), key=lambda each: each is newest[one.session_id])
            unread.append((old.path.name, f"an older version of the session in {kept.path.name}"))
    return sorted(newest.values(), key=lambda one: (one.start, one.session_id)), unread


def _make(folder: Path, reading: Reading, revisions_of: RevisionsOf, found: list[_Found], old: Path) -> int:
    """Make a journal in a folder of its own; returns how many records of the old one are in it."""
    shutil.rmtree(folder, ignore_errors=True)
    with Journal.open(folder) as journal:
        tick = revisions_of(journal.device_id)
        rest: Iterator[_Found] = iter(found)
        while chunk := list(islice(rest, _AT_ONCE)):
            journal.adopt(_adoptions(chunk, journal.device_id, reading, tick))
        taken_over = take_over(old, journal.tables, folder / "old")
        # As old as can be: a poorer record than the cloud's replaces nothing there.
        oldest, named = revisions_of(journal.device_id), (one.named for one in found)
        name_members(journal.tables, named, reading.guest_id, lambda: oldest(0))
        return taken_over


def _adoptions(
    found: Iterable[_Found], device_id: str, reading: Reading, tick: Callable[[int], str]
) -> Iterator[Adoption]:
    for one in found:
        yield Adoption(
            session=_session(one.path, device_id, reading),
            # As old as the session itself, hence older than what the cloud has: a poorer copy replaces nothing there.
            rev=tick(max(0, one.start // 1000)),
            saved_at=datetime.fromtimestamp(one.changed_s, UTC).isoformat(timespec="milliseconds"),
            file=one.path.name,
        )


def _session(path: Path, device_id: str, reading: Reading) -> Session:
    """Return the session of a file; with its reps if they were moved to a file that tells of the same session."""
    session = logged_session(read_training_log(path.read_bytes()), device_id, reading.zone, reading.key_of)
    try:
        whole = msgspec.json.decode(detail_path(path.parent, path.name).read_bytes(), type=Session)
    except (FileNotFoundError, msgspec.DecodeError):
        return session
    if to_training_log(whole) != to_training_log(session):
        return session
    return msgspec.structs.replace(whole, device_id=device_id)
