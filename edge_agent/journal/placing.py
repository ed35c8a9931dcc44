"""Putting a checked, restored folder in the place of what is there, so that a kill at any moment can be made good.

The folder is first given the name `restore.ready`, at once and durably. From then on the restore has happened: whoever
opens the journal next, or restores again, finishes what is left to rename. Nothing is deleted.
"""

import logging
import os
from pathlib import Path

from edge_agent.errors import ConfigError
from edge_agent.journal.aside import hand_over, keep_aside, move_aside
from edge_agent.journal.files import Files, lock

logger = logging.getLogger(__name__)


def put_in_place(fresh: Path, folder: Path) -> tuple[str, ...]:
    """Put `fresh`, a journal and its session files, into the folder, whose lock is held. Raises `OSError`.

    Returns the names under which what was there is kept.
    """
    for path in (fresh, folder / "journal.lock"):
        hand_over(path, folder)
    fresh.rename(_ready(folder))
    Files().fsync_folder(folder)
    return finish_placing(folder)


def finish_placing(folder: Path) -> tuple[str, ...]:
    """Do what is left of a restore; the folder's lock is held. Raises `OSError`.

    The journal comes last and stands under its name all the time, so no agent can begin an empty one.
    """
    ready = _ready(folder)
    if not ready.is_dir():
        return ()
    journal, sessions = folder / "journal", folder / "sessions"
    aside = []
    if (ready / "sessions").is_dir():
        if sessions.is_dir() and any(sessions.iterdir()):
            aside.append(move_aside(sessions, "restore").name)
        (ready / "sessions").rename(sessions)
    (ready / "journal.lock").unlink(missing_ok=True)
    for damaged in ready.glob("journal.*"):
        damaged.rename(folder / damaged.name)
    if (ready / "journal").exists():
        if journal.exists():
            aside.append(keep_aside(journal, "restore").name)
        (ready / "journal").rename(journal)
    Files().fsync_folder(folder)
    ready.rmdir()
    return tuple(aside)


def finish_at_start(folder: Path) -> None:
    """Finish a restore that was cut short, before the journal is opened. Raises `ConfigError`."""
    if not _ready(folder).is_dir():
        return
    holding = lock(folder / "journal")
    try:
        finish_placing(folder)
    except OSError as error:
        raise ConfigError(f"{folder}: a restore that was cut short can't be finished: {error}") from error
    finally:
        os.close(holding)
    logger.warning("%s: a restore that was cut short has been finished", folder)


def _ready(folder: Path) -> Path:
    return folder / "restore.ready"
