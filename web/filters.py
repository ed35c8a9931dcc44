"""Which workouts a page shows, as it stands in its address: read leniently, for forms send empty fields too. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec

from edge_agent.history.answers import SORTS, Sort, Source, Step, Wanted
from edge_agent.records import Record

SOURCES: tuple[Source, ...] = ("camera", "manual", "import")
_LONGEST_NAME = 100
_DAYS_BY_DAY = 31
_DAYS_BY_WEEK = 31 * 7


class Filters(Record, frozen=True, kw_only=True):
    """What somebody has chosen; `member` is whose workouts a coach looks at."""

    wanted: Wanted = Wanted()
    sort: Sort = "newest"
    member: str = ""
    cursor: str | None = None

    @property
    def narrows(self) -> bool:
        """Whether any workout is left out."""
        return self.wanted != Wanted()

    def fields(self) -> dict[str, str]:
        """Return the fields of the form and the address; what is as usual is left out."""
        chosen = {
            "since": self.wanted.since and self.wanted.since.isoformat(),
            "until": self.wanted.until and self.wanted.until.isoformat(),
            "exercise": self.wanted.exercise,
            "source": self.wanted.source,
            "sort": None if self.sort == "newest" else self.sort,
            "member": self.member,
        }
        return {name: value for name, value in chosen.items() if value}

    def address(self, path: str, **changes: Any) -> str:
        """Return a page's address with these filters, some of them changed, or left out with None."""
        fields = {name: value for name, value in (self.fields() | changes).items() if value}
        return f"{path}?{urlencode(fields)}" if fields else path

    def step(self, today: date) -> Step:
        """Return how long a step of a chart over these workouts should be."""
        if self.wanted.since is None:
            return "week"
        days = ((self.wanted.until or today) - self.wanted.since).days
        return "day" if days <= _DAYS_BY_DAY else "week" if days <= _DAYS_BY_WEEK else "month"


def read_filters(fields: Mapping[str, str]) -> Filters:
    """Return the filters of an address; what is empty or no sensible value does not count."""
    sort, source = fields.get("sort", ""), fields.get("source", "")
    since, until = _day(fields.get("since", "")), _day(fields.get("until", ""))
    if since and until and until < since:
        since, until = until, since
    return Filters(
        wanted=Wanted(
            since=since,
            until=until,
            exercise=fields.get("exercise", "")[:_LONGEST_NAME] or None,
            source=msgspec.convert(source, Source) if source in SOURCES else None,
        ),
        sort=msgspec.convert(sort, Sort) if sort in SORTS else "newest",
        member=fields.get("member", "")[:_LONGEST_NAME],
        cursor=fields.get("cursor", "") or None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
