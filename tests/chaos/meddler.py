"""Somebody on the broker who hands in messages again, late and in another order."""

import asyncio
import random

from edge_agent import wire
from edge_agent.config import SyncConfig
from edge_agent.mqtt import ClientOptions, Connection, Message

_REMEMBERED = 500


class Meddler:
    """Remembers what kiosks sent. What it hands in itself comes back to it and is remembered too."""

    def __init__(self, broker: str, chance: random.Random) -> None:
        self._chance = chance
        self._seen: list[Message] = []
        options = ClientOptions(client_id="meddler", subscribe=wire.UP_FILTER)
        self._connection = Connection(SyncConfig(broker=broker), options, self)
        self.handed_in = 0

    async def run(self) -> None:
        await self._connection.run()

    async def meddle(self) -> None:
        """Hand in some messages again, shuffled."""
        for message in self._chance.sample(self._seen, min(20, len(self._seen))):
            if self._connection.publish(message.topic, message.payload, message.correlation) is not None:
                self.handed_in += 1
        await asyncio.sleep(0)

    # What the connection tells (mqtt.Listener)

    def connected(self) -> None: ...

    def lost(self) -> None: ...

    def acknowledged(self, message_id: int, code: int) -> None: ...

    def received(self, message: Message) -> None:
        self._seen = [*self._seen[-_REMEMBERED:], message]
