"""Finds what two places do not have alike, and which of two versions is right. Works on open stores; reads only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from edge_agent.cloud.store import Delivery, RecordStore
from edge_agent.cloud.versions import Name, name
from edge_agent.digests import DayDigest, Version, differing_days
from edge_agent.records import Record

Fault = Literal["missing", "older", "other"]
"""`other`: different content under one revision, which nobody can settle."""


class Difference(Record, frozen=True, kw_only=True):
    """A record that a place lacks or has in an older version."""

    place: str
    """Where the fault is, e.g. "store"."""
    fault: Fault
    entity: str
    key: str
    device_id: str

    @property
    def words(self) -> str:
        what = {"missing": "missing", "older": "older", "other": "of other content under the same revision"}
        return f"{self.entity} {self.key} of {self.device_id}: {what[self.fault]} in the {self.place}"


def differing_names(one: RecordStore, other: RecordStore, devices: Iterable[str]) -> Iterator[list[Name]]:
    """Yield the records that live in two stores in different versions, or in one only; a list for each day."""
    for device_id in devices:
        for day in differing_days(one.digests(device_id), other.digests(device_id)):
            yield unlike(one.versions(device_id, day), other.versions(device_id, day))


def unlike(ours: Iterable[Version], theirs: Iterable[Version]) -> list[Name]:
    """Return the names of versions that only one side has."""
    return sorted({(one.entity, one.key) for one in {*ours} ^ {*theirs}})


def compare(
    one: Sequence[Delivery], other: Sequence[Delivery], places: tuple[str, str]
) -> tuple[list[Difference], list[Delivery], list[Delivery]]:
    """Return how two places differ in what they were asked for, and what is to be written into each."""
    ours, theirs = ({name(delivery): delivery for delivery in some} for some in (one, other))
    found: list[Difference] = []
    into: tuple[list[Delivery], list[Delivery]] = [], []
    for key in sorted({*ours, *theirs}):
        both = ours.get(key), theirs.get(key)
        right = max((one for one in both if one), key=_rank)
        for there, place, missing in zip(both, places, into, strict=True):
            fault = fault_of(there, right)
            if fault:
                found.append(_difference(place, fault, right))
            if fault in ("missing", "older"):
                missing.append(right)
    return found, *into


def fault_of(there: Delivery | None, right: Delivery) -> Fault | None:
    """Return what is wrong with what is there, given another version."""
    if there is None:
        return "missing"
    ours, theirs = _rank(there), _rank(right)
    if ours < theirs:
        return "older"
    return "other" if ours == theirs and there.change.hash != right.change.hash else None


def lacking(
    stock: Mapping[Name, Version], store: Sequence[Delivery], names: Iterable[Name], device_id: str
) -> list[Difference]:
    """Return what is wrong with a store's records, given the versions a device has; what is newer there is right."""
    there = {name(delivery): delivery for delivery in store}
    found = []
    for entity, key in names:
        ours, its = there.get((entity, key)), stock.get((entity, key))
        fault = _fault_in_store(ours, its) if its or _is_by(device_id, ours) else None
        if fault:
            place = "store" if its else "device"
            found.append(Difference(place=place, fault=fault, entity=entity, key=key, device_id=device_id))
    return found


def _is_by(device_id: str, ours: Delivery | None) -> bool:
    """Whether a device made what is there itself. It tells of nothing else, but may have sent what another one made."""
    return ours is not None and ours.change.rev.endswith(f"-{device_id}")


def _fault_in_store(ours: Delivery | None, its: Version | None) -> Fault | None:
    if its is None:
        # Deleted there, in the hands of another device by now, or lost with the disk: only the device can tell.
        return "missing" if ours and ours.change.op == "put" else None
    if ours is None:
        return "missing"
    if ours.change.rev != its.rev:
        return "older" if ours.change.rev < its.rev else None
    return "other" if ours.change.op == "put" and ours.change.hash != its.hash else None


def _rank(delivery: Delivery) -> tuple[str, bool]:
    return delivery.change.rev, delivery.change.op == "delete"


def _difference(place: str, fault: Fault, right: Delivery) -> Difference:
    change = right.change
    return Difference(place=place, fault=fault, entity=change.entity, key=change.key, device_id=right.device_id)


def portions(days: Iterable[str], digests: Iterable[DayDigest], most: int) -> Iterator[list[str]]:
    """Yield days in portions of about `most` records, so that no answer is too long."""
    counts = {digest.day: digest.count for digest in digests}
    portion: list[str] = []
    room = most
    for day in days:
        if portion and counts.get(day, 0) > room:
            yield portion
            portion, room = [], most
        portion.append(day)
        room -= counts.get(day, 0)
    if portion:
        yield portion
