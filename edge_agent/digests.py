"""Whether two places hold the same records: a count and a sum for each day. Pure.

A record belongs to the UTC day of its revision, which every place knows without asking. Sums do not depend on order, so
a database adds them up itself. Only records that live count: tombstones are kept in some places and not in others.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from edge_agent.records import Record

_MARK_DIGITS = 10
"""40 bits: the sum of eight million marks still fits into the 63 bits that every database adds exactly."""


class Version(Record, frozen=True, kw_only=True):
    """One version of one record, without its content."""

    entity: str
    key: str
    rev: str
    hash: str


class DayDigest(Record, frozen=True, kw_only=True):
    """The living records of one device and day, e.g. 2026-02-16: how many, and the sum of their marks."""

    day: str
    count: int
    total: int


def day_of(rev: str) -> str:
    """Return the UTC day of a revision, which begins with milliseconds since 1970."""
    return datetime.fromtimestamp(int(rev[:13]) / 1000, UTC).date().isoformat()


def mark(version: Version) -> int:
    """Return a number from 0 to 2**40 - 1 that stands for this very version."""
    text = "\t".join((version.entity, version.key, version.rev, version.hash))
    return int(hashlib.sha256(text.encode()).hexdigest()[:_MARK_DIGITS], 16)


def digest_days(versions: Iterable[Version]) -> list[DayDigest]:
    """Return the digests of living records, oldest day first; days without any are left out."""
    days: dict[str, tuple[int, int]] = {}
    for version in versions:
        day = day_of(version.rev)
        count, total = days.get(day, (0, 0))
        days[day] = count + 1, total + mark(version)
    return [DayDigest(day=day, count=count, total=total) for day, (count, total) in sorted(days.items())]


def differing_days(ours: Iterable[DayDigest], theirs: Iterable[DayDigest]) -> list[str]:
    """Return the days on which two places do not hold the same, oldest first."""
    return sorted({digest.day for digest in set(ours) ^ set(theirs)})
