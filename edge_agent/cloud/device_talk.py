"""Talks with kiosks through the broker, beside the workers: asks what they have, and for what the cloud lacks."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from edge_agent import mqtt, stocktaking, wire
from edge_agent.config import SyncConfig
from edge_agent.digests import DayDigest, Version
from edge_agent.errors import PermanentError, TemporaryError
from edge_agent.stocktaking import Again, Answer, AskAgain, AskDays, AskVersions, Days, Question, Versions

_CONNECT_WITHIN_S = 10.0
_ANSWER_WITHIN_S = 10.0
_TRIES = 3
_QUIET_S = 1.0
"""After which a broker has told all it retains."""


class _Ear:
    """A listener that keeps messages."""

    def __init__(self) -> None:
        self.messages: list[mqtt.Message] = []
        self.heard = asyncio.Event()
        self.is_connected = asyncio.Event()

    def connected(self) -> None:
        self.is_connected.set()

    def lost(self) -> None:
        self.is_connected.clear()

    def acknowledged(self, _message_id: int, _code: int, /) -> None: ...

    def received(self, message: mqtt.Message) -> None:
        self.messages.append(message)
        self.heard.set()


@asynccontextmanager
async def _connected(config: SyncConfig, topic: str) -> AsyncIterator[tuple[mqtt.Connection, _Ear]]:
    """Subscribe. Raises `TemporaryError` when the broker can't be reached."""
    ear = _Ear()
    options = mqtt.ClientOptions(client_id=f"reconcile-{secrets.token_hex(6)}", subscribe=topic)
    connection = mqtt.Connection(config, options, ear)
    running = asyncio.create_task(connection.run(), name="mqtt")
    try:
        try:
            async with asyncio.timeout(_CONNECT_WITHIN_S):
                await ear.is_connected.wait()
        except TimeoutError:
            raise TemporaryError(connection.words) from None
        yield connection, ear
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def online_devices(config: SyncConfig) -> list[str]:
    """Return the devices that are connected now, sorted. Raises `TemporaryError`."""
    online: dict[str, bool] = {}
    async with _connected(config, wire.STATE_FILTER) as (_, ear):
        quiet = False
        while not quiet:
            try:
                async with asyncio.timeout(_QUIET_S):
                    await ear.heard.wait()
            except TimeoutError:
                quiet = True
            ear.heard.clear()
            while ear.messages:
                message = ear.messages.pop(0)
                try:
                    online.update([wire.read_presence(message.topic, message.payload)])
                except PermanentError:
                    continue
    return sorted(device_id for device_id, is_online in online.items() if is_online)


class DeviceTalk:
    """A conversation with one device. Methods raise `TemporaryError` when it does not answer."""

    def __init__(self, device_id: str, connection: mqtt.Connection, ear: _Ear) -> None:
        self.device_id = device_id
        self._connection = connection
        self._ear = ear

    async def days(self) -> list[DayDigest]:
        """Return the digests of what the device made itself."""
        answers = await self._ask(lambda number: AskDays(id=number))
        return [day for answer in answers if isinstance(answer, Days) for day in answer.days]

    async def versions(self, days: list[str]) -> list[Version]:
        """Return the versions of some days."""
        answers = await self._ask(lambda number: AskVersions(id=number, days=tuple(days)))
        return [one for answer in answers if isinstance(answer, Versions) for one in answer.versions]

    async def again(self, names: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Have records sent again; return which the device does not have."""
        unknown = []
        for start in range(0, len(names), stocktaking.PART_LENGTH):
            part = tuple(names[start : start + stocktaking.PART_LENGTH])
            answers = await self._ask(lambda number, part=part: AskAgain(id=number, names=part))  # type: ignore[misc]
            unknown += [one for answer in answers if isinstance(answer, Again) for one in answer.unknown]
        return unknown

    async def _ask(self, question: Callable[[str], Question]) -> list[Answer]:
        for _ in range(_TRIES):
            number = secrets.token_hex(8)  # a new one each time: late answers to the one before are not mixed in
            payload = stocktaking.encode(question(number))
            self._connection.publish(wire.down_topic(self.device_id), payload)
            answers = await self._answers(number)
            if answers:
                return answers
        raise TemporaryError(f"{self.device_id} does not answer: is it online, and as new as this program?")

    async def _answers(self, number: str) -> list[Answer]:
        """Return all parts of an answer, or nothing."""
        found: list[Answer] = []
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                while not found or found[-1].more:
                    await self._ear.heard.wait()
                    self._ear.heard.clear()
                    messages, self._ear.messages = self._ear.messages, []
                    read = (stocktaking.read_answer(one.payload, one.properties) for one in messages)
                    found += [answer for answer in read if answer and answer.id == number]
        except TimeoutError:
            return []
        return found


@asynccontextmanager
async def talking(config: SyncConfig, device_id: str) -> AsyncIterator[DeviceTalk]:
    """Begin a conversation. Raises `TemporaryError` when the broker can't be reached."""
    async with _connected(config, wire.up_topic(device_id)) as (connection, ear):
        yield DeviceTalk(device_id, connection, ear)
