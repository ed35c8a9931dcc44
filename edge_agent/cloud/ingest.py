"""A cloud worker: from the broker into the database, receipts back. It keeps nothing, so any number may run.

Workers share one subscription with clean sessions: the broker gives each message to one of them, and what a killed one
had not finished is sent again by its kiosk. The order is commit, receipt, acknowledgement. A batch is whatever has
arrived while the one before was committed; nothing waits for a timer.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import accumulate

from edge_agent import mqtt, wire
from edge_agent.cloud.checking import check
from edge_agent.cloud.gym_feed import GymFeed
from edge_agent.cloud.mirror import Mirror
from edge_agent.cloud.opening import store_at
from edge_agent.cloud.store import Delivery, Outcome, RecordStore
from edge_agent.cloud.store_thread import StoreThread
from edge_agent.config import SyncConfig
from edge_agent.errors import ConfigError, PermanentError
from edge_agent.records import PackedChange, Receipt

logger = logging.getLogger(__name__)

_LARGEST_BATCH = 500
"""Changes in one transaction, but for those of its last message."""
_MEANWHILE = "nothing is acknowledged"


async def run_ingest(
    broker: SyncConfig,
    store_url: str,
    stop: asyncio.Event,
    on_ready: Callable[[], None] = lambda: None,
    mirror_url: str = "",
) -> None:
    """Run one worker until `stop` is set; `on_ready` is called once the database is open.

    Raises `ConfigError` for addresses or a database that can't be used.
    """
    if mirror_url == store_url:
        raise ConfigError("the mirror is the store itself: give it a database of its own")
    # Each part has its own connections: none waits for another.
    mirror = Mirror(store_at(store_url), store_at(mirror_url)) if mirror_url else None
    worker = Ingest(broker, store_at(store_url), on_ready, GymFeed(store_at(store_url)), mirror)
    running = asyncio.create_task(worker.run(), name="ingest")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


class _Mail:
    """A message being worked on: what it holds and the receipts so far."""

    def __init__(self, message: mqtt.Message) -> None:
        self.message = message
        self.device_id = ""
        self.deliveries: list[Delivery] = []
        self.receipts: list[Receipt] = []


class Ingest:
    """One worker on one store, which it opens and closes. Without a feed it answers no kiosk's request."""

    def __init__(
        self,
        config: SyncConfig,
        store: RecordStore,
        on_ready: Callable[[], None] = lambda: None,
        feed: GymFeed | None = None,
        mirror: Mirror | None = None,
    ) -> None:
        """Raises `ConfigError` for broker settings that can't work."""
        options = mqtt.ClientOptions(
            client_id=f"ingest-{secrets.token_hex(6)}", subscribe=wire.SHARED_UP_FILTER, manual_ack=True
        )
        self._store = store
        self._on_ready = on_ready
        self._feed = feed
        self._mirror = mirror
        self._connection = mqtt.Connection(config, options, self)
        self._arrived: list[_Mail] = []
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled. Raises `ConfigError` when the database can't be used."""
        async with StoreThread(self._store, "store") as thread:
            await thread.patiently(lambda store: store.open(), _MEANWHILE)
            self._on_ready()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._connection.run(), name="mqtt")
                tasks.create_task(self._work(thread), name="work")
                if self._feed:
                    tasks.create_task(self._feed.run(self._connection.publish), name="feed")
                if self._mirror:
                    tasks.create_task(self._mirror.run(), name="mirror")

    # What the connection tells (mqtt.Listener)

    def connected(self) -> None:
        logger.info("waiting for workouts")

    def lost(self) -> None:
        """What has arrived is still worked on: only its acknowledgement is void."""

    def acknowledged(self, _message_id: int, code: int, /) -> None:
        if code == mqtt.NOT_AUTHORISED:
            logger.error("broker %s does not let us send receipts: check its access rules", self._connection.address)

    def received(self, message: mqtt.Message) -> None:
        if self._feed and self._feed.takes(message):
            self._connection.acknowledge(message)
            return
        # Read and checked while the database is busy with what came before.
        self._arrived.append(_open_mail(message))
        self._wake.set()

    # The work

    async def _work(self, thread: StoreThread) -> None:
        while True:
            await self._wake.wait()
            batch = self._take()
            deliveries = [one for mail in batch for one in mail.deliveries]
            outcomes = await self._write(thread, deliveries)
            each = iter(outcomes)
            for mail in batch:
                mail.receipts += [_receipt(one.change, next(each)) for one in mail.deliveries]
                self._answer(mail)
            self._tell([one for one, outcome in zip(deliveries, outcomes, strict=True) if outcome == "stored"])

    def _take(self) -> list[_Mail]:
        """Take what is there; the broker sends only so many ahead of their acknowledgement."""
        sizes = accumulate(len(mail.deliveries) for mail in self._arrived)
        end = next((place for place, size in enumerate(sizes, 1) if size >= _LARGEST_BATCH), len(self._arrived))
        taken, self._arrived = self._arrived[:end], self._arrived[end:]
        if not self._arrived:
            self._wake.clear()
        return taken

    async def _write(self, thread: StoreThread, deliveries: Sequence[Delivery]) -> list[Outcome | PermanentError]:
        """Commit; return an outcome for each, or why the database can't take it."""
        if not deliveries:
            return []
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        try:
            return list(await thread.patiently(lambda store: store.write(deliveries, now), _MEANWHILE))
        except PermanentError as error:
            if len(deliveries) == 1:
                return [error]
        # One of them is at fault: alone, it holds up no other.
        return [outcome for one in deliveries for outcome in await self._write(thread, [one])]

    def _tell(self, committed: Sequence[Delivery]) -> None:
        if self._feed:
            self._feed.tell(committed)
        if self._mirror and committed:
            self._mirror.nudge()

    def _answer(self, mail: _Mail) -> None:
        """Send the receipts, then acknowledge. Receipts that get lost are asked for by the kiosk's sending again."""
        for payload in wire.encode_receipts(mail.receipts):
            self._connection.publish(wire.down_topic(mail.device_id), payload, mail.message.correlation)
        self._connection.acknowledge(mail.message)


def _open_mail(message: mqtt.Message) -> _Mail:
    mail = _Mail(message)
    try:
        mail.device_id = wire.sender(message.topic)
        changes, mail.receipts = wire.decode_changes(message.payload, message.properties)
    except PermanentError as error:
        logger.warning("%s: refused: %s", message.topic, error)
        if mail.device_id:
            mail.receipts = [wire.refuse_message(str(error))]
        return mail
    for change in changes:
        try:
            mail.deliveries.append(check(change, mail.device_id))
        except PermanentError as error:
            mail.receipts.append(wire.refuse(change, str(error)))
    for receipt in mail.receipts:
        logger.warning("%s: refused %s %s: %s", mail.device_id, receipt.entity, receipt.key, receipt.reason)
    return mail


def _receipt(change: PackedChange, outcome: Outcome | PermanentError) -> Receipt:
    if isinstance(outcome, PermanentError):
        return wire.refuse(change, str(outcome))
    if outcome == "clash":
        return wire.refuse(change, "the cloud has other content under the same revision")
    if outcome == "foreign":
        return wire.refuse(change, "a session of a kiosk that is in another gym, or in none: put both into one gym")
    return Receipt(entity=change.entity, key=change.key, rev=change.rev, hash=change.hash, status=outcome)
