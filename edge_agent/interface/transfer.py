"""Taking workouts in from other programs, and out of this one."""

from collections.abc import AsyncIterator
from typing import Literal, Protocol

from edge_agent.history.answers import Wanted
from edge_agent.records import Record

ImportFormat = Literal[
    "auto", "hevy", "strong", "training_session_log", "sessions_json", "pose_summary", "markdown", "edge_agent"
]
"""`auto` looks into the file; `edge_agent` is our own export."""
ExportFormat = Literal["csv", "json", "fit"]
Outcome = Literal["new", "known", "changed", "refused"]


class ImportRow(Record, frozen=True, kw_only=True):
    """What became of one workout of a file, or of a line that is none."""

    where: str
    """File and line or place in it."""
    outcome: Outcome
    start_time: str | None = None
    title: str = ""
    sets: int = 0
    reps: int = 0
    session_id: str | None = None
    """Under which it is here, or would be; none for what was refused, or deleted here."""
    reason: str = ""
    """Why it was refused, or what was left out of it."""


class ImportReport(Record, frozen=True, kw_only=True):
    """What a file holds (`dry_run`), or what of it has really landed."""

    import_id: str
    dry_run: bool
    state: Literal["running", "done", "failed"]
    format: ImportFormat
    done: int
    """Workouts handled so far, of `total`."""
    total: int
    new: int = 0
    known: int = 0
    changed: int = 0
    refused: int = 0
    rows: tuple[ImportRow, ...] = ()
    """The first thousand; refused ones first."""
    trouble: str = ""


class Transfer(Protocol):
    """Unknown ids raise `errors.PermanentError`, and so does a file in no format we know."""

    async def start_import(
        self, user_id: str, name: str, content: bytes, file_format: ImportFormat, *, dry_run: bool
    ) -> ImportReport:
        """Begin to read a file (or a zip of files); `report` follows it.

        One import of a member runs at a time: another one meanwhile raises `ConflictError`.
        """
        ...

    async def take_in(self, user_id: str, content: bytes, file_format: ImportFormat) -> ImportReport:
        """Import something small, whatever else is being imported; returns once it is saved."""
        ...

    async def report(self, user_id: str, import_id: str) -> ImportReport: ...

    def export(self, user_id: str, file_format: ExportFormat, wanted: Wanted) -> AsyncIterator[bytes]:
        """Return the parts of the file: a CSV row a set, a zip of all records as JSON, or a zip of FIT files."""
        ...
