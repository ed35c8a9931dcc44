"""The order in which a database took its records: for kiosks that fetch changes, and for the mirror.

Each version gets the next number when it is committed, one transaction after the other, so no number ever appears below
one that could be seen before. A cursor holds a number and the tag of its entry: a database that was wiped or restored
gives the number to another entry with another tag, so a cursor of its earlier life is known to be one.
"""

from collections.abc import Sequence

from edge_agent.cloud.store import Delivery
from edge_agent.records import Record

FAR = 1000
"""Entries without anything to show after which a cursor moves all the same."""

Place = tuple[int, str]
"""Number and tag of an entry."""

START: Place = (0, "")


class Listing(Record, frozen=True, kw_only=True):
    """A version as the log lists it, under the device it came from."""

    entity: str
    key: str
    rev: str
    op: str
    device_id: str


def listing(delivery: Delivery) -> Listing:
    """Return how a version is listed."""
    change = delivery.change
    return Listing(entity=change.entity, key=change.key, rev=change.rev, op=change.op, device_id=delivery.device_id)


def cursor(place: Place) -> str:
    """Return a place as text."""
    return f"{place[0]}:{place[1]}" if place[0] else ""


def place(cursor: str) -> Place | None:
    """Return the place of a cursor, None when it can't be one of ours."""
    if not cursor:
        return START
    number, _, tag = cursor.partition(":")
    return (int(number), tag) if number.isdecimal() and len(number) < 19 and int(number) else None


def behind(after: str, shown: Sequence[str], end: Place) -> str:
    """Return the cursor behind a page that is the last.

    With little passed over it stays, so that a kiosk does not write to its disk for nothing.
    """
    begun = place(after) or START
    passed = end[0] - (place(shown[-1]) or START)[0] if shown else end[0] - begun[0]
    if passed >= FAR:
        return cursor(end)
    return shown[-1] if shown else after
