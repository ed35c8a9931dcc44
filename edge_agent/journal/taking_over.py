"""What a rebuilt journal takes over from the one it replaces, as far as that can be read, and whom its sessions name.

Session files know nothing of who signs in here, of members and other records, nor of what was deleted.
"""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from edge_agent.errors import ConfigError, PermanentError, TemporaryError
from edge_agent.journal.files import Files
from edge_agent.journal.kinds import check_key
from edge_agent.journal.opened import Opened
from edge_agent.journal.outbox import SyncRow
from edge_agent.records import Record


class Named(Record, frozen=True, kw_only=True):
    """Whom a session file names, and when."""

    user_id: str
    name: str
    start_time: str


def take_over(old_journal: Path, new: Opened, scratch: Path) -> int:
    """Copy what has no files from the old journal, which is only read; returns how many records.

    `scratch` is a folder to work in.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(old_journal, scratch / "journal")
        old = Opened(scratch, Files())
    except (OSError, ConfigError, TemporaryError):
        return 0
    try:
        with new.transaction():
            count, void = new.records.take_over(old.records)
            for row in old.accounts.rows():
                new.accounts.put(row)
            new.void.note(void)
        with new.transaction():
            for session_id, removed_at in old.sessions.removed().items():
                if new.sessions.find(session_id) is not None:
                    new.sessions.mark_removed(session_id, removed_at)
    finally:
        old.close()
    new.void.remove()
    return count


def name_members(new: Opened, named: Iterable[Named], guest_id: str, next_rev: Callable[[], str]) -> None:
    """Make a member of whoever a session names and no record does, so that they can be given a PIN again.

    `next_rev` gives revs older than whatever the cloud may have.
    """
    with new.transaction():
        for one in {one.user_id: one for one in named}.values():
            if one.user_id == guest_id or one.user_id in new.accounts.members or _is_none(one.user_id):
                continue
            if new.records.deletion("member", one.user_id):
                continue
            doc = {"user_id": one.user_id, "name": one.name, "created_at": one.start_time, "profile": {}}
            row = SyncRow(entity="member", key=one.user_id, rev=next_rev(), hash="", saved_at=one.start_time)
            new.records.put(row, doc)


def _is_none(user_id: str) -> bool:
    """Whether this can be no member's id."""
    try:
        check_key(user_id)
    except PermanentError:
        return True
    return False
