"""What to send when: the part of the journal's pending changes that is under way on the present connection. Pure.

The journal is the only truth. This is a window over it that is filled oldest first and emptied by receipts alone; a
broker's acknowledgement only marks a change as handed over. It forgets everything when the connection breaks, so that
all that is pending is sent at once on the next. Times are seconds of a monotonic clock.
"""

import math
from collections.abc import Callable, Iterable, Sequence

from edge_agent import wire
from edge_agent.backoff import backoff_s
from edge_agent.records import PackedChange, Receipt
from edge_agent.sync.receipt_time import ReceiptTime
from edge_agent.sync.window import Window

_LIVE = 10
"""Up to so many are sent one a message, so that none waits for another; more is a backlog."""
_BATCH = 50
_BATCH_BYTES = 256 * 1024
_MOST_BYTES = 8 * 1024 * 1024
"""Under way, but for the last that were taken in."""
_TAKEN_AT_ONCE = 200
_NEVER_S = math.inf


class Parcel:
    """One message under way: its id, its changes and its JSON."""

    def __init__(self, parcel_id: int, changes: Sequence[PackedChange], payload: bytes) -> None:
        self.id = parcel_id
        self.changes = changes
        self.payload = payload


class _Entry:
    """A change in the window; `parcel` is the id of the last message it was in, `alone` that it may share none.

    It may be sent at `due_s`; `waits` says that a receipt is waited for and has its time on top of that.
    """

    def __init__(self, change: PackedChange) -> None:
        self.change = change
        self.part = wire.encode_change(change)
        self.parcel = 0
        self.attempts = 0
        self.due_s = 0.0
        self.waits = False
        self.alone = False
        self.handed_over = False


class Outbox:
    """The window. The caller sends the parcels of `due` and reports what becomes of them."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._last_parcel = 0
        self._held_until_s = 0.0
        self._last_held_parcel = 0
        self._receipts = ReceiptTime()
        self._window = Window()
        self._bytes = 0
        self._earliest_s: float | None = None
        """When the first of the entries is due; None when that has to be found out."""
        self.holds = 0
        """How often in a row the broker would not take a message or had nobody to give it to."""

    def clear(self) -> None:
        """Forget what was under way: the connection broke."""
        self._entries.clear()
        self._bytes = 0
        self._earliest_s = None
        self._held_until_s = 0.0
        self._receipts.forget()

    @property
    def room(self) -> int:
        """How many changes may be taken in now, counted until their receipt."""
        if self._bytes >= _MOST_BYTES:
            return 0
        return min(self._window.size - len(self._entries), _TAKEN_AT_ONCE)

    @property
    def is_empty(self) -> bool:
        return not self._entries

    @property
    def handed_over(self) -> int:
        """How many changes the broker has and the cloud has not confirmed."""
        return sum(entry.handed_over for entry in self._entries.values())

    def is_handed_over(self, entity: str, key: str, rev: str) -> bool:
        entry = self._entries.get((entity, key))
        return entry is not None and entry.change.rev == rev and entry.handed_over

    def offer(self, changes: Iterable[PackedChange]) -> None:
        """Take pending changes into the window; a newer version takes the place of an older one."""
        for change in changes:
            name = (change.entity, change.key)
            known = self._entries.get(name)
            if known is None or known.change.rev < change.rev:
                self._entries[name] = entry = _Entry(change)
                self._bytes += len(entry.part) - (len(known.part) if known else 0)
                self._earliest_s = None

    def due(self, now_s: float) -> list[Parcel]:
        """Return the messages to send now, oldest change first; each change comes again when its receipt is late.

        After the broker refused one, a single change is sent at a time until it takes one again.
        """
        if now_s < max(self._held_until_s, self._first_due_s()):
            return []
        ready = [entry for entry in self._entries.values() if self._due_s(entry) <= now_s]
        ready.sort(key=lambda entry: entry.change.rev)
        if self.holds:
            ready = ready[:1]
        self._window.late(sum(entry.waits for entry in ready))
        for entry in ready:
            if entry.waits:
                self._receipts.late(entry.parcel)
            entry.due_s, entry.waits = now_s + backoff_s(entry.attempts, self._random), True
            entry.attempts += 1
        if self.holds and ready:
            self._held_until_s = self._due_s(ready[0])
        self._earliest_s = None
        return [self._parcel(batch, now_s) for batch in _batches(ready)]

    def _due_s(self, entry: _Entry) -> float:
        return entry.due_s + self._receipts.wait_s if entry.waits else entry.due_s

    def next_due_s(self) -> float | None:
        """Return when `due` may have something, None while only news can change that."""
        if not self._entries:
            return None
        return max(self._held_until_s, self._first_due_s())

    def _first_due_s(self) -> float:
        if self._earliest_s is None:
            self._earliest_s = min(map(self._due_s, self._entries.values()), default=_NEVER_S)
        return self._earliest_s

    def note_taken(self, parcel: Parcel) -> None:
        """The broker took a message and has somebody to give it to."""
        self.holds = 0
        self._held_until_s = 0.0
        for entry in self._of(parcel.id):
            entry.handed_over = True

    def note_refused(self, parcel: Parcel, now_s: float) -> None:
        """The broker would not take a message, or nobody listens: hold everything for a growing while."""
        # One hold for all messages that were under way when it began.
        if parcel.id > self._last_held_parcel:
            self._held_until_s = now_s + backoff_s(self.holds, self._random)
            self._last_held_parcel = self._last_parcel
            self.holds += 1
        for entry in self._of(parcel.id):
            entry.due_s, entry.waits = self._held_until_s, False
            entry.attempts = max(0, entry.attempts - 1)
        self._earliest_s = None

    def note_receipts(self, parcel_id: int, now_s: float) -> None:
        """A message's receipts have come; 0 is none of ours."""
        took_s = self._receipts.came(parcel_id, now_s)
        if took_s is not None:
            self._window.confirmed(len(self._of(parcel_id)), took_s)
            self._earliest_s = None

    def settle(self, receipt: Receipt) -> None:
        """Take out a change whose receipt has reached the journal."""
        name = (receipt.entity, receipt.key)
        entry = self._entries.get(name)
        if entry and entry.change.rev == receipt.rev and entry.change.hash == receipt.hash:
            self._bytes -= len(entry.part)
            self._earliest_s = None
            del self._entries[name]

    def set_aside(self, parcel_id: int, reason: str, now_s: float) -> list[Receipt]:
        """A message as such was refused: its changes are sent again one by one; one that was alone is refused.

        Returns the receipts for what is refused by that.
        """
        entries = self._of(parcel_id)
        if len(entries) == 1 and entries[0].alone:
            return [wire.refuse(entries[0].change, reason)]
        for entry in entries:
            entry.alone = True
            entry.due_s, entry.waits = now_s, False
        self._earliest_s = None
        return []

    def _of(self, parcel_id: int) -> list[_Entry]:
        return [entry for entry in self._entries.values() if entry.parcel == parcel_id]

    def _parcel(self, batch: Sequence[_Entry], now_s: float) -> Parcel:
        self._last_parcel += 1
        self._receipts.sent(self._last_parcel, now_s)
        for entry in batch:
            entry.parcel = self._last_parcel
        payload = wire.join(entry.part for entry in batch)
        return Parcel(self._last_parcel, [entry.change for entry in batch], payload)


def _batches(entries: Sequence[_Entry]) -> list[list[_Entry]]:
    live = len(entries) <= _LIVE
    batches: list[list[_Entry]] = []
    room = 0
    for entry in entries:
        fits = batches and len(batches[-1]) < _BATCH and len(entry.part) < room
        if live or entry.alone or not fits or batches[-1][0].alone:
            batches.append([])
            room = _BATCH_BYTES - 2
        batches[-1].append(entry)
        room -= len(entry.part) + 1
    return batches
