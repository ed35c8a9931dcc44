"""Where the sessions of one exercise or of one program are: secondary indexes by a key and the start time.

In memory only, two 64-bit numbers for each session and key.
"""

from array import array
from bisect import bisect_left

from edge_agent.errors import PermanentError
from edge_agent.journal.order import Place


class Places:
    """Places in their order."""

    def __init__(self) -> None:
        self._instants = array("q")
        self._ids = array("q")

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, place: Place) -> None:
        at = self._at(place)
        self._instants.insert(at, place[0])
        self._ids.insert(at, place[1])

    def remove(self, place: Place) -> None:
        at = self._at(place)
        del self._instants[at], self._ids[at]

    def before(self, end: Place | None, limit: int) -> list[Place]:
        """Return up to `limit` places before `end`, the newest first."""
        stop = len(self) if end is None else self._at(end)
        return [(self._instants[at], self._ids[at]) for at in range(stop - 1, max(-1, stop - 1 - limit), -1)]

    def _at(self, place: Place) -> int:
        instant, doc_id = place
        first = bisect_left(self._instants, instant)
        last = bisect_left(self._instants, instant + 1, lo=first)
        return bisect_left(self._ids, doc_id, lo=first, hi=last)


class Index:
    """Places under keys, such as the sessions of one exercise of one member."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, ...], Places] = {}

    def add(self, key: tuple[str, ...], place: Place) -> None:
        self._places.setdefault(key, Places()).add(place)

    def remove(self, key: tuple[str, ...], place: Place) -> None:
        self._places[key].remove(place)
        if not self._places[key]:
            del self._places[key]

    def before(self, key: tuple[str, ...], cursor: str | None, limit: int) -> tuple[list[Place], str | None]:
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
