"""Imports and exports of a fake agent: `interface.Transfer` by the product's own readers and writers, in memory."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from edge_agent.agent.transfer.landing import row_of
from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import ConflictError, PermanentError
from edge_agent.exporting import everything, table
from edge_agent.exporting.fit import fit_file, fit_name
from edge_agent.exporting.zip_stream import ZipStream
from edge_agent.history.answers import Wanted
from edge_agent.importing import formats
from edge_agent.importing.names import Naming
from edge_agent.importing.told import Found, Item, Reading
from edge_agent.interface.transfer import ExportFormat, ImportFormat, ImportReport, ImportRow, Outcome
from edge_agent.phrase import joined
from edge_agent.records import Session, Whereabouts

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
_NAMING = Naming(load_exercises())


class FakeTransfer:
    """Satisfies `interface.Transfer`. An import is done at once, unless `is_slow`: then it says "running" once."""

    def __init__(self, saved: list[tuple[Session, Whereabouts]], keep: Callable[[Session], None]) -> None:
        self.is_slow = False
        self.is_busy = False
        self._saved = saved
        self._keep = keep
        self._reports: dict[tuple[str, str], ImportReport] = {}
        self._numbers = itertools.count(1)

    async def start_import(
        self, user_id: str, name: str, content: bytes, file_format: ImportFormat, *, dry_run: bool
    ) -> ImportReport:
        if self.is_busy:
            raise ConflictError("an import of yours is running; wait until it is done")
        report = self._import(user_id, name, content, file_format, dry_run=dry_run)
        self._reports[user_id, report.import_id] = report
        if not self.is_slow:
            return report
        return ImportReport(
            import_id=report.import_id, dry_run=dry_run, state="running", format=report.format, done=0, total=0
        )

    async def take_in(self, user_id: str, content: bytes, file_format: ImportFormat) -> ImportReport:
        return self._import(user_id, "body", content, file_format, dry_run=False)

    async def report(self, user_id: str, import_id: str) -> ImportReport:
        try:
            return self._reports[user_id, import_id]
        except KeyError:
            raise PermanentError(f"no import {import_id!r}") from None

    async def export(self, user_id: str, file_format: ExportFormat, wanted: Wanted) -> AsyncIterator[bytes]:
        chosen = [one for one, _ in self._saved if one.user_id == user_id and _matches(one, wanted)]
        if file_format == "csv":
            yield table.header()
            yield table.rows(chosen)
            return
        archive = ZipStream(NOW)
        if file_format == "fit":
            for one in chosen:
                archive.add(fit_name(one), fit_file(one))
        else:
            archive.add(everything.WORKOUTS, everything.lines(chosen))
        yield archive.finish()

    def _import(
        self, user_id: str, name: str, content: bytes, file_format: ImportFormat, *, dry_run: bool
    ) -> ImportReport:
        known = None if file_format == "auto" else file_format
        told = known or formats.tell_format(name, content)
        reading = Reading(
            user_id=user_id,
            user_name=user_id.title(),
            device_id="kiosk-1",
            zone=ZoneInfo("Europe/Berlin"),
            now=NOW,
            named=_NAMING,
        )
        rows = [self._row(item, dry_run=dry_run) for item in formats.read(name, content, known, reading)]
        counts = Counter(row.outcome for row in rows)
        return ImportReport(
            import_id=f"import-{next(self._numbers)}",
            dry_run=dry_run,
            state="done",
            format="auto" if told == "zip" else told,
            done=len(rows),
            total=len(rows),
            rows=tuple(rows),
            new=counts["new"],
            known=counts["known"],
            changed=counts["changed"],
            refused=counts["refused"],
        )

    def _row(self, item: Item, *, dry_run: bool) -> ImportRow:
        if not isinstance(item, Found):
            return ImportRow(where=item.where, outcome="refused", title=item.title, reason=item.reason)
        here = next((one for one, _ in self._saved if one.session_id == item.session.session_id), None)
        outcome: Outcome = "new" if here is None else "known" if here == item.session else "changed"
        if outcome == "new" and not dry_run:
            self._keep(item.session)
        return row_of(item, outcome, joined("; ", item.left_out))


def _matches(session: Session, wanted: Wanted) -> bool:
    day = datetime.fromisoformat(session.start_time).date()
    return (
        (wanted.since is None or day >= wanted.since)
        and (wanted.until is None or day <= wanted.until)
        and wanted.exercise in {None, *(entry.exercise for entry in session.exercises)}
        and wanted.source in {None, session.source}
    )
