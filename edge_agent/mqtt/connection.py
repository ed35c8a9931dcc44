"""An MQTT 5 connection that is made again whenever it breaks. An unreachable broker is a state in words."""

import asyncio
import contextlib
import logging
import random
import time

from edge_agent.address import parse_address, tls_context
from edge_agent.backoff import backoff_s
from edge_agent.config import SyncConfig
from edge_agent.mqtt.link import Link
from edge_agent.mqtt.messages import ClientOptions, Listener, Message
from edge_agent.mqtt.words import ConnectError, Ending, not_taken
from edge_agent.phrase import Phrase

logger = logging.getLogger(__name__)

_STEADY_AFTER_S = 10.0


class Connection:
    """Connects, and connects again with random capped pauses, for as long as `run` runs."""

    def __init__(self, config: SyncConfig, options: ClientOptions, listener: Listener) -> None:
        """Raises `ConfigError` for an address, password or certificate that can't be used."""
        self.address = parse_address(config)
        self.words: str = Phrase("Connecting to {address}", address=self.address)
        self.failures = 0
        """Attempts in a row that led to no steady connection."""
        self.alarm = False
        """Whether somebody must change something before it can work."""
        self._tls = tls_context(config, self.address)
        self._options = options
        self._listener = listener
        self._link: Link | None = None
        self._links = 0
        self._next_try_s: float | None = None
        self._hurry = asyncio.Event()

    @property
    def connected(self) -> bool:
        return self._link is not None

    @property
    def next_try_s(self) -> float | None:
        """Seconds until the next attempt to connect; None while there is nothing to wait for."""
        return None if self._next_try_s is None else max(0.0, self._next_try_s - time.monotonic())

    @property
    def max_message_bytes(self) -> int | None:
        """What the broker takes at most, where it says so."""
        return self._link.max_message_bytes if self._link else None

    def hurry(self) -> None:
        """Try to connect now instead of waiting."""
        if self._next_try_s is not None:
            self._hurry.set()

    async def run(self) -> None:
        """Stay connected until cancelled."""
        while True:
            begun_s = time.monotonic()
            ending = await self._one_connection()
            if time.monotonic() - begun_s > _STEADY_AFTER_S:
                self.failures = 0
            if ending.words != self.words:
                logger.log(logging.ERROR if ending.alarm else logging.WARNING, "%s", ending.words)
            self.words, self.alarm = ending.words, ending.alarm
            pause_s = backoff_s(self.failures, random.random)
            self.failures += 1
            self._next_try_s = time.monotonic() + pause_s
            self._listener.lost()
            with contextlib.suppress(TimeoutError):
                # Not wait_for: Python 3.11's forgets a cancellation that comes together with the event.
                async with asyncio.timeout(pause_s):
                    await self._hurry.wait()
            self._next_try_s = None
            self._hurry.clear()

    async def _one_connection(self) -> Ending:
        """Connect and stay; return why it ended."""
        self._links += 1
        link = Link(self._links, self.address, self._options, self._listener, self._tls)
        try:
            await link.open()
            self._link = link
            self.words, self.alarm = Phrase("Connected to {address}", address=self.address), False
            logger.info("%s", self.words)
            self._listener.connected()
            return await link.closed
        except ConnectError as error:
            return error.ending
        finally:
            self._link = None
            link.close()

    def publish(self, topic: str, payload: bytes, correlation: bytes = b"") -> int | None:
        """Send a message with QoS 1 and return its id, None when there is no connection or it is too long."""
        return self._link.publish(topic, payload, correlation) if self._link else None

    def not_taken(self, topic: str, code: int) -> Ending:
        """Return in words what a reason code for a message means."""
        return not_taken(self.address, topic, code)

    def acknowledge(self, message: Message) -> None:
        """Acknowledge a message; one of an earlier connection is beyond that."""
        if self._link and self._link.number == message.connection:
            self._link.acknowledge(message)
