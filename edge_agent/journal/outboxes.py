"""The way to the cloud of all kinds of records together: oldest first over all, receipts to whom they belong."""

import heapq
import logging
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

import msgspec

from edge_agent import canonical
from edge_agent.errors import PermanentError
from edge_agent.journal.kinds import Kind, Kinds
from edge_agent.records import OutboxCounts, PackedChange, Receipt, Refusal

logger = logging.getLogger(__name__)

_NOTHING = msgspec.Raw(canonical.NOTHING)
_Place = tuple[str, int, Kind]


class Outboxes:
    """What waits, what is confirmed and what is refused. All changes join the transaction they are made in."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds

    @property
    def last_rev(self) -> str:
        """The highest rev of anything kept; empty when there is nothing."""
        return max(kind.outbox.last_rev for kind in self._kinds.values())

    def pending(self, limit: int, after: str) -> list[PackedChange]:
        """Return what the cloud lacks, oldest first, from the first rev above `after` on.

        Those of one rev come together, be they more than `limit`: a cursor that is a rev could not part them. A record
        that has rotted on disk is parked as refused, so it holds up no other.
        """
        changes = [self._change(kind, doc_id) for _, doc_id, kind in list(self._oldest(limit, after))]
        return [change for change in changes if change]

    def apply(self, receipts: Sequence[Receipt], at: str) -> None:
        """Take in receipts; `at` is now."""
        for receipt in receipts:
            if receipt.entity in self._kinds:
                self._kinds[receipt.entity].outbox.apply(receipt, at)

    def retry(self, keys: Sequence[str] | None) -> int:
        """Make refused versions pending again, all for None. Returns how many."""
        return sum(kind.outbox.retry(keys) for kind in self._kinds.values())

    def counts(self) -> OutboxCounts:
        each = [kind.outbox.counts() for kind in self._kinds.values()]
        oldest = list(self._oldest(1, ""))
        row = oldest[0][2].outbox.row(oldest[0][1]) if oldest else None
        return OutboxCounts(
            pending=sum(one.pending for one in each),
            confirmed=sum(one.confirmed for one in each),
            refused=sum(one.refused for one in each),
            oldest_saved_at=row.saved_at if row else None,
        )

    def refusals(self, limit: int) -> list[Refusal]:
        """Return up to `limit` refused versions with their reasons."""
        return [one for kind in self._kinds.values() for one in kind.outbox.refusals(limit)][:limit]

    def _oldest(self, limit: int, after: str) -> Iterator[_Place]:
        streams = [_places(kind, after) for kind in self._kinds.values()]
        merged = heapq.merge(*streams, key=lambda place: place[0])
        first = list(islice(merged, limit))
        yield from first
        if first:
            yield from takewhile(lambda place: place[0] == first[-1][0], merged)

    def _change(self, kind: Kind, doc_id: int) -> PackedChange | None:
        row = kind.outbox.row(doc_id)
        if row is None:
            return None
        try:
            doc = kind.packed(doc_id) if row.op == "put" else _NOTHING
        except PermanentError as error:
            logger.error("%s", error)
            kind.outbox.refuse(doc_id, "damaged on the kiosk's disk")
            return None
        return PackedChange(entity=row.entity, key=row.key, rev=row.rev, op=row.op, hash=row.hash, doc=doc)


def _places(kind: Kind, after: str) -> Iterator[_Place]:
    return ((rev, doc_id, kind) for rev, doc_id in kind.outbox.waiting(after))
