"""Per-rep detail of old sessions, kept in files instead of in the journal, so that the journal stays small.

The format of the session files has no place for single reps. So the whole session, as it was sent to the cloud, is in
a file of its own, `sessions/detail/<name of the session file>`; the journal keeps it without reps but with its digest.
"""

from pathlib import Path
from typing import Any

import msgspec

from edge_agent import canonical
from edge_agent.errors import PermanentError
from edge_agent.journal.files import Files, write_whole
from edge_agent.records import Record

Document = dict[str, Any]
"""A session as JSON values."""


class Retention(Record, frozen=True, kw_only=True):
    """What keeps its reps in the journal: the `newest` sessions, unless they began before `since` (ISO 8601).

    With `confirmed` also whatever the cloud has not confirmed; without a broker nothing ever is.
    """

    since: str
    newest: int
    confirmed: bool = True


def without_detail(session: Document) -> Document:
    """Return the session without its single reps; all counts stay."""
    entries = [entry | {"sets": [one | {"reps": []} for one in entry["sets"]]} for entry in session["exercises"]]
    return session | {"exercises": entries}


def detail_path(session_folder: Path, name: str) -> Path:
    """Return where the detail of a session file's session is."""
    return session_folder / "detail" / name


def write_detail(files: Files, path: Path, session: Document) -> None:
    """Write the whole session, durably. Raises `OSError`."""
    files.mkdir(path.parent)
    write_whole(files, path, [canonical.encode(session), b"\n"])


def read_detail(path: Path, digest: str) -> Document:
    """Return the whole session. Raises `PermanentError` when it is not there or not what was written."""
    try:
        session: Document = msgspec.json.decode(path.read_bytes(), type=dict)
    except (OSError, msgspec.DecodeError) as error:
        raise PermanentError("{path}: the reps can't be read ({cause})", path=path, cause=error) from error
    if canonical.digest(session) != digest:
        raise PermanentError("{path}: has been changed; its reps are not used", path=path)
    return session
