"""The indexes of the sessions: by id, by user, by exercise and by program, each in the order of the start times.

In memory only; an entry of a secondary index is two 64-bit numbers.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator

from edge_agent.errors import PermanentError
from edge_agent.journal.order import Newest, Place, instant
from edge_agent.journal.retention import has_detail
from edge_agent.journal.storage import Fields


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


class SessionIndexes:
    """All indexes of the table `sessions`, kept up by `changed`."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.newest = Newest()
        self.of_exercise, self.of_program = Index(), Index()
        self.detailed = Places()
        """Sessions whose reps are in the journal."""

    def changed(self, doc_id: int, old: Fields | None, new: Fields | None) -> None:
        """Take in a committed change of the table."""
        if old is not None:
            self._remove(old["session"], doc_id)
        if new is not None:
            self._add(new["session"], doc_id)

    def _add(self, session: Fields, doc_id: int) -> None:
        place = instant(session["start_time"]), doc_id
        self.ids[session["session_id"]] = doc_id
        self.newest.add(session["user_id"], place)
        if has_detail(session):
            self.detailed.add(place)
        for index, key in self._keys(session):
            index.add(key, place)

    def _remove(self, session: Fields, doc_id: int) -> None:
        place = instant(session["start_time"]), doc_id
        del self.ids[session["session_id"]]
        self.newest.remove(session["user_id"], place)
        if has_detail(session):
            self.detailed.remove(place)
        for index, key in self._keys(session):
            index.remove(key, place)

    def _keys(self, session: Fields) -> Iterator[tuple[Index, tuple[str, ...]]]:
        for exercise in {entry["exercise"] for entry in session["exercises"]}:
            yield self.of_exercise, (session["user_id"], exercise)
        if session["program_id"] is not None:
            yield self.of_program, (session["program_id"],)
