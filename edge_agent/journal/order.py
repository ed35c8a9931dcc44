"""Which session is newest: the index by user and start time, and the cursor that walks along it. In memory only.

Start times are compared as instants, since their offsets differ. Sessions of the same instant are told apart by their
id in the table, so a cursor names one place for good, whatever is added or removed around it.
"""

from bisect import bisect_left, insort
from datetime import datetime, timedelta, timezone

from edge_agent.errors import PermanentError

Place = tuple[int, int]
"""Microseconds since 1970, id in the table."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - reads better beside datetime


def instant(iso: str) -> int:
    """Return an ISO 8601 time with offset as microseconds since 1970. Raises `PermanentError`."""
    try:
        return (datetime.fromisoformat(iso) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, TypeError) as error:
        raise PermanentError(f"{iso!r} is not a time such as 2026-02-16T23:34:50+01:00") from error


class Newest:
    """All sessions in their order, and those of each user."""

    def __init__(self) -> None:
        self._all: list[Place] = []
        self._by_user: dict[str, list[Place]] = {}

    def add(self, user_id: str, place: Place) -> None:
        insort(self._all, place)
        insort(self._by_user.setdefault(user_id, []), place)

    def remove(self, user_id: str, place: Place) -> None:
        for places in (self._all, self._by_user[user_id]):
            del places[bisect_left(places, place)]

    def before(self, user_id: str | None, cursor: str | None, limit: int) -> tuple[list[Place], str | None]:
        """Return up to `limit` places, newest first, and the cursor of the next page; `user_id` None means all users.

        Raises `PermanentError` for a cursor that is none.
        """
        places = self._all if user_id is None else self._by_user.get(user_id, [])
        end = len(places) if cursor is None else bisect_left(places, _read_cursor(cursor))
        start = max(0, end - limit)
        page = places[start:end][::-1]
        return page, _cursor(page[-1]) if start and page else None


def _cursor(place: Place) -> str:
    return f"{place[0]}-{place[1]}"


def _read_cursor(cursor: str) -> Place:
    try:
        moment, doc_id = cursor.rsplit("-", 1)
        return int(moment), int(doc_id)
    except ValueError as error:
        raise PermanentError("the cursor is not one of this list; start again from its beginning") from error
