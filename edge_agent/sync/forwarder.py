"""Forwards the journal's pending changes to the cloud. A change is done with on the cloud's receipt alone.

The journal says what is pending and takes the receipts; the outbox says what to send when; the dispatch sends it.
Nothing here is kept: killed at any moment, the next run begins with what the journal still calls pending.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from edge_agent import __version__, feed, mqtt, wire
from edge_agent.config import SyncConfig
from edge_agent.errors import PermanentError, TemporaryError
from edge_agent.records import OutboxCounts, PackedChange, Receipt, Refusal, SyncStatus
from edge_agent.sync.dispatch import Dispatch
from edge_agent.sync.inbox import Inbox
from edge_agent.sync.outbox import Outbox
from edge_agent.sync.stock import Stock

logger = logging.getLogger(__name__)

_RECEIPTS_KEPT_S = 3600
"""How long the broker keeps receipts for an agent that is away. All that is pending is sent again anyway."""
_STORE_RETRY_S = 5.0


class OutboxStore(Protocol):
    """The journal as the forwarder sees it. Its methods may raise `TemporaryError`."""

    async def pending(self, limit: int, after: str = "") -> list[PackedChange]:
        """Return what the cloud lacks, oldest first, from the first rev above `after` on."""
        ...

    async def apply_receipts(self, receipts: Sequence[Receipt], at: str) -> None:
        """Take in receipts as one commit; one for another rev or hash confirms nothing, a rejected change is parked."""
        ...

    async def counts(self) -> OutboxCounts: ...


class Forwarder:
    """Owns the way to the broker. `on_change` is called when something was handed over, confirmed or refused, and
    when the connection changed.
    """

    def __init__(
        self,
        config: SyncConfig,
        device_id: str,
        store: OutboxStore,
        on_change: Callable[[], None],
        inbox: Inbox | None = None,
        stock: Stock | None = None,
    ) -> None:
        """Without a broker the forwarder is disabled; without an inbox nothing is fetched from the cloud, and without
        a stock its questions are not answered.

        Raises `ConfigError` for settings that can't work.
        """
        self._topic = wire.up_topic(device_id)
        self._store = store
        self._on_change = on_change
        self._inbox = inbox
        self._stock = stock
        self._outbox = Outbox(random.random)
        self._cursor = ""
        self._may_have_more = True
        self._wake = asyncio.Event()
        self._connection = mqtt.Connection(config, _options(device_id), self) if config.broker else None
        self._dispatch = Dispatch(self._outbox, self._connection, self._topic) if self._connection else None

    # For the agent

    async def run(self) -> None:
        """Forward until cancelled."""
        if self._connection is None or self._dispatch is None:
            await asyncio.Event().wait()
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._connection.run(), name="mqtt")
            tasks.create_task(self._forward(self._connection, self._dispatch), name="outbox")
            if self._inbox:
                tasks.create_task(self._inbox.run(), name="inbox")
            if self._stock:
                tasks.create_task(self._stock.run(self._publish, self.hurry), name="stock")

    def nudge(self) -> None:
        """Something was saved: look for it now."""
        self._may_have_more = True
        self._wake.set()

    def hurry(self) -> None:
        """Try to reach broker and cloud now instead of waiting."""
        if self._connection:
            self._connection.hurry()
        if self._inbox:
            self._inbox.hurry()
        self._start_over()

    def handed_over(self, entity: str, key: str, rev: str) -> bool:
        """Whether the broker has taken this version and the cloud has not confirmed it yet."""
        return self._outbox.is_handed_over(entity, key, rev)

    @property
    def connection(self) -> str:
        """The connection in words."""
        if self._connection is None:
            return "No broker is set: everything stays here"
        return self._hindrance.words if self._hindrance else self._connection.words

    @property
    def _hindrance(self) -> mqtt.Ending | None:
        """What keeps messages from getting through an open connection."""
        if self._connection is None or self._dispatch is None or not self._connection.connected:
            return None
        if self._outbox.holds:
            return self._dispatch.hold
        code = self._inbox.refusal if self._inbox else 0
        return self._connection.not_taken(self._topic, code) if code else None

    def status(self, counts: OutboxCounts, refusals: Sequence[Refusal] = ()) -> SyncStatus:
        """Return the figures people see; `counts` and `refusals` are the journal's."""
        link, hindrance = self._connection, self._hindrance
        return SyncStatus(
            enabled=link is not None,
            connected=link is not None and link.connected,
            connection=self.connection,
            alarm=hindrance.alarm if hindrance else link is not None and link.alarm,
            pending=counts.pending,
            handed_over=self._outbox.handed_over,
            confirmed=counts.confirmed,
            refused=counts.refused,
            attempts=self._outbox.holds if link is None or link.connected else link.failures,
            next_try_s=self._next_try_s(),
            oldest_saved_at=counts.oldest_saved_at,
            fetched_at=self._inbox.fetched_at if self._inbox else None,
            refusals=tuple(refusals),
        )

    def _next_try_s(self) -> float | None:
        if self._connection is None:
            return None
        if self._connection.connected and self._outbox.holds:
            due_s = self._outbox.next_due_s()
            return None if due_s is None else max(0.0, due_s - time.monotonic())
        return self._connection.next_try_s

    # What the connection tells (mqtt.Listener)

    def connected(self) -> None:
        self._start_over()
        if self._inbox:
            self._inbox.connected(self._publish)
        self._on_change()

    def lost(self) -> None:
        self._start_over()
        if self._inbox:
            self._inbox.lost()
        self._on_change()

    def _publish(self, payload: bytes) -> int | None:
        return self._connection.publish(self._topic, payload) if self._connection else None

    def acknowledged(self, message_id: int, code: int) -> None:
        if self._inbox and self._inbox.acknowledged(message_id, code):
            return
        if self._dispatch and self._dispatch.acknowledged(message_id, code):
            self._on_change()
            self._wake.set()

    def received(self, message: mqtt.Message) -> None:
        if self._stock and self._stock.takes(message.payload, message.properties):
            return
        try:
            if feed.is_feed(message.payload):
                if self._inbox:
                    self._inbox.received(feed.decode_page(message.payload, message.properties))
                return
            if self._dispatch:
                self._dispatch.received(message)
        except PermanentError as error:
            logger.error("%s: %s", message.topic, error)
        self._wake.set()

    # From the journal to the broker and back

    def _start_over(self) -> None:
        if self._dispatch:
            self._dispatch.forget()
        self._cursor = ""
        self.nudge()

    async def _forward(self, connection: mqtt.Connection, dispatch: Dispatch) -> None:
        faulty = False
        while True:
            self._wake.clear()
            try:
                await self._take_receipts(dispatch)
                if connection.connected:
                    await self._load()
                    dispatch.send()
                wait_s = 0.0 if dispatch.has_receipts else self._wait_s()
            except TemporaryError as error:
                if not faulty:
                    logger.error("sync waits for the journal: %s", error)
                faulty, wait_s = True, _STORE_RETRY_S
            else:
                if faulty:
                    logger.warning("sync goes on")
                faulty = False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    async def _take_receipts(self, dispatch: Dispatch) -> None:
        receipts = dispatch.take_receipts()
        if not receipts:
            return
        # Should this fail, the changes stay under way and are sent again, and their receipts come again.
        await self._store.apply_receipts(receipts, datetime.now(UTC).isoformat(timespec="milliseconds"))
        for receipt in receipts:
            self._outbox.settle(receipt)
            if receipt.status == "rejected":
                logger.warning("%s %s is refused by the cloud: %s", receipt.entity, receipt.key, receipt.reason)
        self._on_change()

    async def _load(self) -> None:
        if self._outbox.is_empty and self._cursor:
            # What was refused and is to be tried again has a rev below the cursor.
            self._cursor, self._may_have_more = "", True
        wanted = self._outbox.room
        if not self._may_have_more or wanted <= 0:
            return
        self._may_have_more = False  # before the wait: a nudge during it must count
        changes = await self._store.pending(wanted, self._cursor)
        self._outbox.offer(changes)
        self._cursor = max([self._cursor, *(change.rev for change in changes)])
        self._may_have_more |= bool(changes)

    def _wait_s(self) -> float | None:
        due_s = self._outbox.next_due_s()
        return None if due_s is None else max(0.0, due_s - time.monotonic())


def _options(device_id: str) -> mqtt.ClientOptions:
    return mqtt.ClientOptions(
        client_id=device_id,
        subscribe=wire.down_topic(device_id),
        session_expiry_s=_RECEIPTS_KEPT_S,
        presence_topic=wire.state_topic(device_id),
        birth=wire.encode_presence(wire.Presence(online=True, version=__version__)),
        will=wire.encode_presence(wire.Presence(online=False, version=__version__)),
    )
