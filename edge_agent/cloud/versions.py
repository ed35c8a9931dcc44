"""Which version of a record wins, and whose deletion takes which records along. Pure, and the same for every database.

What a database holds in the end is a function of the set of changes it was ever sent, in any order and however often:
of each record the version with the highest rev, less those whose owner was deleted under a higher rev.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from edge_agent import canonical, ownership
from edge_agent.cloud.documents import KINDS, program_of
from edge_agent.cloud.store import Delivery, Outcome
from edge_agent.digests import Version, day_of, mark
from edge_agent.ownership import OWNING, Owner
from edge_agent.records import PackedChange, Session

Name = tuple[str, str]
"""Entity and key of a record."""

State = tuple[str, str]
"""Rev and hash of the version that is there."""

ERASED_HASH = canonical.digest(None)
"""Hash of what has no document."""


def name(delivery: Delivery) -> Name:
    """Return which record a delivery is a version of."""
    return delivery.change.entity, delivery.change.key


def state(delivery: Delivery) -> State:
    """Return which version a delivery is."""
    return delivery.change.rev, delivery.change.hash


def newest(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Return the newest version of each record, sorted by name: workers that lock rows in one order never deadlock."""
    found: dict[Name, Delivery] = {}
    for one in deliveries:
        known = found.get(name(one))
        if known is None or rank(known) < rank(one):
            found[name(one)] = one
    return [found[key] for key in sorted(found)]


def rank(delivery: Delivery) -> tuple[str, bool]:
    """Return what sorts versions: under one rev a deletion wins."""
    return delivery.change.rev, delivery.change.op == "delete"


def erasures(deliveries: Iterable[Delivery]) -> dict[Owner, str]:
    """Return the owners that are deleted here, with the newest rev that does so. One that lost counts as well."""
    revs: dict[Owner, str] = {}
    for one in deliveries:
        entity = one.change.entity
        if one.change.op == "delete" and entity in OWNING:
            revs[name(one)] = max(one.change.rev, revs.get(name(one), ""))
    return revs


def owners(deliveries: Iterable[Delivery]) -> list[Owner]:
    """Return all owners of what is put here, sorted; members and programs among it as well."""
    found: set[Owner] = set()
    for one in deliveries:
        if one.document:
            named = {"user_id": one.document.user_id, "program_id": program_of(one.document)}
            found.update(ownership.owners(one.change.entity, named))
            if one.change.entity in OWNING:
                found.add(name(one))
    return sorted(found)


def foreign(
    deliveries: Sequence[Delivery], homes: Mapping[Name, str], gyms: Callable[[], Mapping[str, str]]
) -> set[int]:
    """Return the places of those that are not written: sessions that belong to another gym's device.

    A session's home is the device that sent the version that is there (`homes`), and before there is one, the device
    that measured it. `gyms` gives the gym of each device that is in one, and is only asked in doubt.
    """
    homeless = [(place, one.device_id, _home(one, homes)) for place, one in enumerate(deliveries)]
    doubtful = [(place, sender, home) for place, sender, home in homeless if sender != home]
    known = gyms() if doubtful else {}
    return {place for place, sender, home in doubtful if not known.get(home) or known[home] != known.get(sender)}


def _home(delivery: Delivery, homes: Mapping[Name, str]) -> str:
    if delivery.change.entity != "session":
        return delivery.device_id
    measured_on = delivery.document.device_id if isinstance(delivery.document, Session) else delivery.device_id
    return homes.get(name(delivery), measured_on)


def outcomes(
    deliveries: Sequence[Delivery], there: Mapping[Name, State], foreign: Collection[int] = ()
) -> list[Outcome]:
    """Return what came of each, given what is there now and the places of those that were not let in."""
    return ["foreign" if place in foreign else _outcome(one, there[name(one)]) for place, one in enumerate(deliveries)]


def _outcome(delivery: Delivery, there: State) -> Outcome:
    if there == state(delivery):
        return "stored"
    rev, digest = there
    erased = digest == ERASED_HASH
    return "stale" if rev > delivery.change.rev or (rev == delivery.change.rev and erased) else "clash"


def row(delivery: Delivery, received_at: datetime) -> dict[str, Any]:
    """Return what is kept of a version in `records`."""
    change, document = delivery.change, delivery.document
    version = Version(entity=change.entity, key=change.key, rev=change.rev, hash=change.hash)
    return {
        "entity": change.entity,
        "key": change.key,
        "device_id": delivery.device_id,
        "rev": change.rev,
        "hash": change.hash,
        "op": change.op,
        "doc": bytes(change.doc).decode() if document else None,
        "received_at": received_at,
        "user_id": document.user_id if document else None,
        "program_id": program_of(document) if document else None,
        "day": day_of(change.rev),
        "mark": mark(version),
    }


def delivery(row: Mapping[str, Any]) -> Delivery:
    """Return the version that is kept in a row of `records`."""
    text = canonical.NOTHING if row["doc"] is None else row["doc"].encode()
    known = {field: row[field] for field in ("entity", "key", "rev", "op", "hash")}
    document = None if row["doc"] is None else msgspec.json.decode(text, type=KINDS[row["entity"]])
    return Delivery(device_id=row["device_id"], change=PackedChange(**known, doc=msgspec.Raw(text)), document=document)
