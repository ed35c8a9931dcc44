"""Changes to send, an outbox store in memory, and the two ends of the way to the cloud, running."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from edge_agent import canonical, wire
from edge_agent.cloud.ingest import Ingest
from edge_agent.cloud.sql import SqlStore
from edge_agent.config import SyncConfig
from edge_agent.errors import TemporaryError
from edge_agent.mqtt import ClientOptions, Connection, Message
from edge_agent.records import Change, OutboxCounts, PackedChange, Receipt
from edge_agent.sync.forwarder import Forwarder, OutboxStore
from tests.journal_parts import make_session

DEVICE = "kiosk-1"


def make_rev(number: int) -> str:
    return f"{1_771_281_290_000 + number:013d}-0000-{DEVICE}"


def make_change(number: int, *, key: str | None = None, **fields: Any) -> Change:
    """A sound change of a session; `fields` are put into the change as they are."""
    key = key or f"session-{number:04d}"
    doc = msgspec.json.decode(msgspec.json.encode(make_session(key, reps=1 + number % 5)))
    change = Change(entity="session", key=key, rev=make_rev(number), op="put", hash=canonical.digest(doc), doc=doc)
    return msgspec.structs.replace(change, **fields)


def unpacked(change: PackedChange) -> Change:
    """A change with its document, to look at."""
    fields = msgspec.structs.asdict(change) | {"doc": msgspec.json.decode(change.doc)}
    return Change(**fields)


def huge_session() -> Change:
    """A session whose number of reps fits no database."""
    document = msgspec.json.decode(msgspec.json.encode(make_change(1).doc))
    document["exercises"][0]["sets"][0]["reps_full"] = 10**30
    return make_change(1, doc=document, hash=canonical.digest(document))


def make_receipt(change: Change | PackedChange, **fields: Any) -> Receipt:
    receipt = Receipt(entity=change.entity, key=change.key, rev=change.rev, hash=change.hash, status="stored")
    return msgspec.structs.replace(receipt, **fields)


class MemoryStore:
    """An outbox store with the journal's rules. `failing` makes it refuse everything for a while."""

    def __init__(self, changes: Sequence[Change] = ()) -> None:
        self.waiting = {(one.entity, one.key): one for one in changes}
        self.confirmed: list[str] = []
        self.parked: dict[str, str] = {}
        self.failing = False

    def save(self, change: Change) -> None:
        self.waiting[change.entity, change.key] = change

    async def pending(self, limit: int, after: str = "") -> list[PackedChange]:
        self._check()
        newer = [one for one in self.waiting.values() if one.rev > after]
        return [wire.pack(one) for one in sorted(newer, key=lambda one: one.rev)[:limit]]

    async def apply_receipts(self, receipts: Sequence[Receipt], at: str) -> None:
        assert datetime.fromisoformat(at).tzinfo
        self._check()
        for receipt in receipts:
            change = self.waiting.get((receipt.entity, receipt.key))
            if change is None or change.rev != receipt.rev or change.hash != receipt.hash:
                continue
            del self.waiting[receipt.entity, receipt.key]
            if receipt.status == "rejected":
                self.parked[receipt.key] = receipt.reason
            else:
                self.confirmed.append(receipt.key)

    async def counts(self) -> OutboxCounts:
        return OutboxCounts(pending=len(self.waiting), confirmed=len(self.confirmed), refused=len(self.parked))

    def _check(self) -> None:
        if self.failing:
            raise TemporaryError("the disk is full")


@asynccontextmanager
async def forwarding(url: str, store: OutboxStore, device_id: str = DEVICE) -> AsyncIterator[Forwarder]:
    forwarder = Forwarder(SyncConfig(broker=url), device_id, store, lambda: None)
    async with running(forwarder.run()):
        yield forwarder


@asynccontextmanager
async def working(url: str, database: Path) -> AsyncIterator[Ingest]:
    """A worker that is subscribed."""
    worker = Ingest(SyncConfig(broker=url), SqlStore(f"sqlite:///{database}"))
    async with running(worker.run()):
        await until(lambda: worker._connection.connected)
        yield worker


class Heard:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.connects = 0
        self.losses = 0
        self.answers: list[int] = []
        self.messages: list[Message] = []

    def connected(self) -> None:
        self.connects += 1

    def lost(self) -> None:
        self.losses += 1

    def acknowledged(self, _message_id: int, code: int, /) -> None:
        self.answers.append(code)

    def received(self, message: Message) -> None:
        self.messages.append(message)


@asynccontextmanager
async def connecting(settings: SyncConfig | str, options: ClientOptions) -> AsyncIterator[tuple[Connection, Heard]]:
    heard = Heard()
    settings = SyncConfig(broker=settings) if isinstance(settings, str) else settings
    connection = Connection(settings, options, heard)
    async with running(connection.run()):
        yield connection, heard


@asynccontextmanager
async def running(part: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(part)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], object], within_s: float = 60.0) -> None:
    """Wait for a condition, with a deadline."""
    give_up_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < give_up_s, "it did not come about in time"
        await asyncio.sleep(0.005)


def rows(database: Path, query: str = "select key, rev from records order by key") -> list[Any]:
    with sqlite3.connect(database) as cloud:
        return cloud.execute(query).fetchall()
