"""A cloud worker that answers requests from a list, for tests of the kiosk's side."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from edge_agent import feed, wire
from edge_agent.mqtt import ClientOptions, Connection, Message
from edge_agent.records import Change
from tests.sync_parts import Heard, connecting, make_receipt, running, unpacked, until


class FeedWorker:
    """Answers as docs/sync.md demands: newest versions in the order of arrival, whose number is the cursor."""

    def __init__(self, connection: Connection, heard: Heard, page_length: int = 100) -> None:
        self.arrived: dict[int, Change] = {}
        self.requests: list[feed.Request] = []
        self.life = "a"
        self._numbers = 0
        self._connection = connection
        self._heard = heard
        self._page_length = page_length

    def add(self, *changes: Change) -> None:
        for change in changes:
            name = change.entity, change.key
            older = [number for number, one in self.arrived.items() if (one.entity, one.key) == name]
            self._numbers += 1
            self.arrived = {n: one for n, one in self.arrived.items() if n not in older} | {self._numbers: change}

    async def run(self) -> None:
        while True:
            await until(lambda: self._heard.messages, within_s=600)
            message = self._heard.messages.pop(0)
            device = wire.sender(message.topic)
            payload = self._answer(message, device)
            self._connection.publish(wire.down_topic(device), payload, message.correlation)

    def _answer(self, message: Message, device: str) -> bytes:
        if feed.is_feed(message.payload):
            request = feed.decode_request(message.payload, message.properties)
            self.requests.append(request)
            return self.page(request, device)
        changes, _ = wire.decode_changes(message.payload, message.properties)
        self.add(*map(unpacked, changes))
        return wire.encode_receipts([make_receipt(one) for one in changes])[0]

    def page(self, request: feed.Request, device: str) -> bytes:
        life, _, place = request.after.partition(":")
        if request.after and life != self.life:
            return feed.encode_page("", "", (), restart=True)
        behind = [number for number in sorted(self.arrived) if number > int(place or 0)]
        found = behind[: min(self._page_length, request.limit)]
        shown = [self.arrived[n] for n in found]
        parts = [wire.encode_change(one) for one in shown if request.own or not one.rev.endswith(f"-{device}")]
        cursor = f"{self.life}:{found[-1]}" if found else request.after
        return feed.encode_page(request.after, cursor, parts, more=len(found) < len(behind))


@asynccontextmanager
async def feeding(url: str, changes: Sequence[Change] = (), page_length: int = 100) -> AsyncIterator[FeedWorker]:
    options = ClientOptions(client_id="feeder", subscribe=wire.SHARED_UP_FILTER)
    async with connecting(url, options) as (connection, heard):
        await until(lambda: connection.connected)
        worker = FeedWorker(connection, heard, page_length)
        worker.add(*changes)
        async with running(worker.run()):
            yield worker
