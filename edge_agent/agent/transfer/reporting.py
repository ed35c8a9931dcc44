"""How an import is getting on: counts of all its rows, and the rows themselves as far as anybody reads."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from edge_agent.interface.transfer import ImportFormat, ImportReport, ImportRow
from edge_agent.phrase import Phrase

_MOST_ROWS = 1000


class Progress:
    """One import; `report` is its state at this moment."""

    def __init__(self, import_id: str, user_id: str, file_format: ImportFormat, *, dry_run: bool) -> None:
        self.import_id = import_id
        self.user_id = user_id
        self.dry_run = dry_run
        self._format = file_format
        self._state: Literal["running", "done", "failed"] = "running"
        self._total = 0
        self._counts: Counter[str] = Counter()
        self._refused: list[ImportRow] = []
        self._others: list[ImportRow] = []
        self._trouble = ""

    def begin(self, total: int) -> None:
        """The file has been read; `total` workouts and refusals are in it."""
        self._total = total

    def add(self, rows: Iterable[ImportRow]) -> None:
        for row in rows:
            self._counts[row.outcome] += 1
            rows_told = self._refused if row.outcome == "refused" else self._others
            if len(rows_told) < _MOST_ROWS:
                rows_told.append(row)

    @property
    def is_running(self) -> bool:
        return self._state == "running"

    def finish(self) -> None:
        self._state = "done"

    def fail(self, trouble: Phrase) -> None:
        """It has ended before its end; what has landed stays."""
        self._state, self._trouble = "failed", trouble

    def report(self) -> ImportReport:
        """Return the state of this moment; refused rows come first, then changed ones."""
        others = sorted(self._others, key=lambda row: row.outcome != "changed")
        return ImportReport(
            import_id=self.import_id,
            dry_run=self.dry_run,
            state=self._state,
            format=self._format,
            done=self._counts.total(),
            total=self._total,
            new=self._counts["new"],
            known=self._counts["known"],
            changed=self._counts["changed"],
            refused=self._counts["refused"],
            rows=tuple([*self._refused, *others][:_MOST_ROWS]),
            trouble=self._trouble,
        )
