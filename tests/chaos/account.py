"""What was promised, and whether the database keeps it."""

from collections.abc import Mapping

from edge_agent.records import Record


class Account(Record, frozen=True, kw_only=True):
    """Sessions: shown as saved; not in the database; more than once in it; there with other content."""

    acknowledged: int
    lost: int
    duplicated: int
    wrong: int

    @property
    def clean(self) -> bool:
        return not (self.lost or self.duplicated or self.wrong)

    def __str__(self) -> str:
        return f"acknowledged {self.acknowledged}  lost {self.lost}  duplicated {self.duplicated}  wrong {self.wrong}"


class Promises:
    """Collects what kiosks tell. After a kill a version that was tried may be there in place of the one before."""

    def __init__(self) -> None:
        self._allowed: dict[str, set[str]] = {}
        self._acknowledged: set[str] = set()

    def tried(self, key: str, digest: str) -> None:
        self._allowed.setdefault(key, set()).add(digest)

    def acknowledged(self, key: str, digest: str) -> None:
        self._acknowledged.add(key)
        self._allowed[key] = {digest}

    def compare(self, records: Mapping[str, str], rows: Mapping[str, int]) -> Account:
        """Settle: `records` are the digests of the documents by key, `rows` how often each session is there."""
        missing = {key for key in self._acknowledged if key not in records or not rows.get(key)}
        return Account(
            acknowledged=len(self._acknowledged),
            lost=len(missing),
            duplicated=sum(count > 1 for count in rows.values()),
            wrong=sum(digest not in self._allowed.get(key, ()) for key, digest in records.items()),
        )
