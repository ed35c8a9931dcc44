"""Which comes first: places in the order of their times, under keys, and the cursor that walks along them.

In memory only. Times are compared as instants, since their offsets differ. What has the same instant is told apart by
its id in the table, so a cursor names one place for good, whatever is added or removed around it.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from edge_agent.errors import PermanentError

Place = tuple[int, int]
"""Microseconds since 1970, id in the table."""
Key = tuple[str, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - reads better beside datetime
_MICROSECOND = timedelta(microseconds=1)


def instant(iso: str) -> int:
    """Return an ISO 8601 time with offset as microseconds since 1970. Raises `PermanentError`."""
    try:
        return (datetime.fromisoformat(iso) - _EPOCH) // _MICROSECOND
    except (ValueError, TypeError) as error:
        raise PermanentError("{date!r} is not a time such as 2026-02-16T23:34:50+01:00", date=iso) from error


class Places:
    """Places in their order, each two 64-bit numbers."""

    __slots__ = ("_ids", "_instants")

    def __init__(self) -> None:
        self._instants = array("q")
        self._ids = array("q")

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, place: Place) -> None:
        moment, doc_id = place
        instants = self._instants
        if not instants or moment > instants[-1]:
            instants.append(moment)
            self._ids.append(doc_id)
        else:
            at = self._at(place)
            instants.insert(at, moment)
            self._ids.insert(at, doc_id)

    def remove(self, place: Place) -> None:
        at = self._at(place)
        del self._instants[at], self._ids[at]

    def before(self, end: Place | None, limit: int) -> list[Place]:
        """Return up to `limit` places before `end`, the newest first."""
        stop = len(self) if end is None else self._at(end)
        return [(self._instants[at], self._ids[at]) for at in range(stop - 1, max(-1, stop - 1 - limit), -1)]

    def beyond(self, instant: int, newest: int) -> list[int]:
        """Return the ids of the places before `instant` and of all but the `newest` ones, oldest first."""
        stop = max(bisect_left(self._instants, instant), len(self) - newest)
        return list(self._ids[:stop])

    def _at(self, place: Place) -> int:
        instant, doc_id = place
        first = bisect_left(self._instants, instant)
        last = bisect_left(self._instants, instant + 1, lo=first)
        return bisect_left(self._ids, doc_id, lo=first, hi=last)


class Index:
    """Places under keys, such as the sessions of one exercise of one member."""

    def __init__(self) -> None:
        self._places: dict[Key, Places] = {}

    def add(self, keys: Iterable[Key], place: Place) -> None:
        for key in keys:
            places = self._places.get(key)
            if places is None:
                places = self._places[key] = Places()
            places.add(place)

    def remove(self, keys: Iterable[Key], place: Place) -> None:
        for key in keys:
            self._places[key].remove(place)
            if not self._places[key]:
                del self._places[key]

    def before(self, key: Key, cursor: str | None, limit: int) -> tuple[list[Place], str | None]:
        """Return up to `limit` places, newest first, and the cursor of the next page.

        Raises `PermanentError` for a cursor that is none.
        """
        end = None if cursor is None else _read_cursor(cursor)
        found = self._places.get(key, Places()).before(end, limit + 1)
        page = found[:limit]
        return page, f"{page[-1][0]}-{page[-1][1]}" if len(found) > limit else None


def _read_cursor(cursor: str) -> Place:
    try:
        moment, doc_id = cursor.rsplit("-", 1)
        place = int(moment), int(doc_id)
        array("q", place)
    except (ValueError, OverflowError) as error:
        raise PermanentError("the cursor is not one of this list; start again from its beginning") from error
    return place
