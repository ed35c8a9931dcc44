"""Gives each kiosk the changes of its gym: pages from the cursor it asks with on, and what has just come, unasked.

It has a store and a thread of its own, so that a kiosk that fills itself holds up no receipt. It keeps nothing: any
worker answers any request, and what gets lost is asked for again.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence

from edge_agent import feed, mqtt, wire
from edge_agent.backoff import backoff_s
from edge_agent.cloud.store import Delivery, RecordStore
from edge_agent.cloud.store_thread import StoreThread
from edge_agent.errors import ConfigError, PermanentError, TemporaryError

logger = logging.getLogger(__name__)

Publish = Callable[[str, bytes, bytes], object]
"""Sends a message to a topic, with its correlation data."""

_MOST_WAITING = 1000
"""Requests beyond are dropped: their kiosks ask again."""
_LIVE = 20
"""Changes committed at once that are sent unasked. A backlog is left to the kiosks' asking."""
_GYMS_KEPT_S = 30.0
_UNASKED = "unasked"
"""A cursor that no database gives out: the kiosk's own place stays where it is."""


class GymFeed:
    """Belongs to one event loop."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._requests: list[tuple[str, feed.Request, bytes]] = []
        self._news: list[Delivery] = []
        self._wake = asyncio.Event()
        self._gyms: Mapping[str, str] = {}
        self._gyms_due_s = 0.0

    def takes(self, message: mqtt.Message) -> bool:
        """Take a message if it is a kiosk's request."""
        if not feed.is_feed(message.payload):
            return False
        try:
            device_id = wire.sender(message.topic)
            request = feed.decode_request(message.payload, message.properties)
        except PermanentError:
            return False
        if len(self._requests) < _MOST_WAITING:
            self._requests.append((device_id, request, message.correlation))
            self._wake.set()
        return True

    def tell(self, committed: Sequence[Delivery]) -> None:
        """Have the gyms' other kiosks hear of what was just committed."""
        if len(committed) + len(self._news) <= _LIVE:
            self._news += committed
            self._wake.set()

    async def run(self, publish: Publish) -> None:
        """Answer until cancelled."""
        failures = 0
        async with StoreThread(self._store, "feed") as thread:
            while True:
                await self._wake.wait()
                self._wake.clear()
                try:
                    await self._answer(thread, publish)
                except (TemporaryError, ConfigError) as error:
                    if not failures:
                        logger.error("%s; kiosks get no changes until it is back", error)
                    self._requests.clear()
                    self._news.clear()
                    await asyncio.sleep(backoff_s(failures, random.random))
                    failures += 1
                else:
                    if failures:
                        logger.warning("kiosks get changes again")
                    failures = 0

    async def _answer(self, thread: StoreThread, publish: Publish) -> None:
        while self._requests or self._news:
            if time.monotonic() >= self._gyms_due_s:
                self._gyms = await thread.call(lambda store: store.log.gyms())
                self._gyms_due_s = time.monotonic() + _GYMS_KEPT_S
            news, self._news = self._news, []
            for device_id, page in self._pages_of(news).items():
                publish(wire.down_topic(device_id), page, b"")
            if self._requests:
                device_id, request, correlation = self._requests.pop(0)
                page = await thread.call(self._reader(request, device_id))
                publish(wire.down_topic(device_id), page, correlation)

    def _reader(self, request: feed.Request, device_id: str) -> Callable[[RecordStore], bytes]:
        devices = gym_of(device_id, self._gyms)
        return lambda store: page_for(store, request, device_id, devices)

    def _pages_of(self, news: Sequence[Delivery]) -> dict[str, bytes]:
        """Return what is sent to whom, unasked."""
        changes: dict[str, list[bytes]] = {}
        for one in news:
            for device_id in gym_of(one.device_id, self._gyms) - {one.device_id}:
                changes.setdefault(device_id, []).append(wire.encode_change(one.change))
        return {device_id: feed.encode_page(_UNASKED, _UNASKED, some) for device_id, some in changes.items()}


def gym_of(device_id: str, gyms: Mapping[str, str]) -> set[str]:
    """Return the devices of a device's gym; one that was assigned to none is alone."""
    gym = gyms.get(device_id)
    return {one for one, its_gym in gyms.items() if its_gym == gym} if gym else {device_id}


def page_for(store: RecordStore, request: feed.Request, device_id: str, devices: set[str]) -> bytes:
    """Return the answer to a request of one of the devices."""
    found = store.log.changes(request.after, request.limit, devices)
    if found is None:
        logger.warning("%s asks from a place of another database: it begins again", device_id)
        return feed.encode_page(request.after, "", (), restart=True)
    parts: list[bytes] = []
    room = feed.PAGE_BYTES
    before = request.after
    for cursor, delivery in found.changes:
        if request.own or not _is_echo(delivery, device_id):
            part = wire.encode_change(delivery.change)
            room -= len(part)
            if room < 0 and parts:
                return feed.encode_page(request.after, before, parts, more=True)
            parts.append(part)
        before = cursor
    return feed.encode_page(request.after, found.cursor, parts, more=found.more)


def _is_echo(delivery: Delivery, device_id: str) -> bool:
    """Whether the device has made this itself. Deletions may have taken its records along under their own revs."""
    change = delivery.change
    return change.op == "put" and change.rev.endswith(f"-{device_id}")
