"""The one wrapper of paho-mqtt: an MQTT 5 connection that is made again whenever it breaks. All on the event loop.

Each connection has a paho client of its own. What paho had queued is dropped with it, so nothing is ever sent twice
behind the sender's back, and no message id outlives its connection. An unreachable broker is a state in words.
"""

import asyncio
import contextlib
import logging
import random
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from typing import Any, Protocol

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge_agent import wire
from edge_agent.address import Address, parse_address, tls_context
from edge_agent.backoff import backoff_s
from edge_agent.config import SyncConfig
from edge_agent.errors import TemporaryError
from edge_agent.records import Record

logger = logging.getLogger(__name__)

NOBODY_LISTENS = 0x10
NOT_AUTHORISED = 0x87

_KEEPALIVE_S = 30
_CONNECT_WITHIN_S = 5.0
_ANSWER_WITHIN_S = 10.0
_STEADY_AFTER_S = 10.0
_RECEIVE_AT_MOST = 100
_DISCONNECT_WITH_WILL = 0x04


class ClientOptions(Record, frozen=True, kw_only=True):
    """Who connects, and what for.

    With a `presence_topic`, `birth` is retained there once connected and `will` once the connection is gone.
    """

    client_id: str
    subscribe: str
    manual_ack: bool = False
    session_expiry_s: int = 0
    """How long the broker keeps messages for us while we are away; 0 also begins each connection with none."""
    presence_topic: str = ""
    birth: bytes = b""
    will: bytes = b""


class Message(Record, frozen=True, kw_only=True):
    """A message received. `message_id` and `connection` say what to acknowledge, and on which connection."""

    topic: str
    payload: bytes
    properties: Mapping[str, str]
    correlation: bytes
    message_id: int
    connection: int


class Listener(Protocol):
    """Whom a connection tells, in the event loop."""

    def connected(self) -> None:
        """The subscription is granted; nothing of an earlier connection is under way any more."""

    def lost(self) -> None:
        """The connection broke or could not be made; `Connection.words` say why."""

    def acknowledged(self, message_id: int, code: int, /) -> None:
        """The broker answered a message with this MQTT 5 reason code."""

    def received(self, message: Message) -> None: ...


class Connection:
    """Connects, and connects again with random capped pauses, for as long as `run` runs."""

    def __init__(self, config: SyncConfig, options: ClientOptions, listener: Listener) -> None:
        """Raises `ConfigError` for an address, password or certificate that can't be used."""
        self.address = parse_address(config)
        self.words = f"Connecting to {self.address}"
        self.failures = 0
        """Attempts in a row that led to no steady connection."""
        self._tls = tls_context(config, self.address)
        self._options = options
        self._listener = listener
        self._link: _Link | None = None
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
        self._hurry.set()

    async def run(self) -> None:
        """Stay connected until cancelled."""
        while True:
            begun_s = time.monotonic()
            words = await self._one_connection()
            if time.monotonic() - begun_s > _STEADY_AFTER_S:
                self.failures = 0
            if words != self.words:
                logger.warning("%s", words)
            self.words = words
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

    async def _one_connection(self) -> str:
        """Connect and stay; return in words why it ended."""
        self._links += 1
        link = _Link(self._links, self.address, self._options, self._listener, self._tls)
        try:
            await link.open()
            self._link = link
            self.words = f"Connected to {self.address}"
            logger.info("%s", self.words)
            self._listener.connected()
            return await link.closed
        except TemporaryError as error:
            return str(error)
        finally:
            self._link = None
            link.close()

    def publish(self, topic: str, payload: bytes, correlation: bytes = b"") -> int | None:
        """Send a message with QoS 1 and return its id, None when there is no connection."""
        return self._link.publish(topic, payload, correlation) if self._link else None

    def acknowledge(self, message: Message) -> None:
        """Acknowledge a message; one of an earlier connection is beyond that."""
        if self._link and self._link.number == message.connection:
            self._link.acknowledge(message)


class _Link:
    """One paho client and its one connection. Its callbacks only pass on to the loop, so they never raise."""

    def __init__(
        self,
        number: int,
        address: Address,
        options: ClientOptions,
        listener: Listener,
        tls: ssl.SSLContext | None,
    ) -> None:
        self.number = number
        self.max_message_bytes: int | None = None
        self._loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[str] = self._loop.create_future()
        self._granted: asyncio.Future[None] = self._loop.create_future()
        self._address = address
        self._options = options
        self._listener = listener
        self._misc: asyncio.TimerHandle | None = None
        self._client = self._make_client(tls)

    def _make_client(self, tls: ssl.SSLContext | None) -> paho.Client:
        options = self._options
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            options.client_id,
            protocol=paho.MQTTv5,
            manual_ack=options.manual_ack,
        )
        client.connect_timeout = _CONNECT_WITHIN_S
        if tls:
            client.tls_set_context(tls)
        if self._address.user:
            client.username_pw_set(self._address.user, self._address.password or None)
        if options.presence_topic:
            client.will_set(options.presence_topic, options.will, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    async def open(self) -> None:
        """Connect, subscribe and announce ourselves. Raises `TemporaryError` with words."""
        await self._connect()
        self._attach()
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await self._granted
        except TimeoutError:
            raise TemporaryError(f"What answers at {self._address} is not an MQTT 5 broker") from None
        if self._options.presence_topic:
            self._client.publish(self._options.presence_topic, self._options.birth, qos=1, retain=True)

    async def _connect(self) -> None:
        """Look up, connect and shake hands in a thread that nobody waits for when we are stopped."""
        outcome: asyncio.Future[None] = self._loop.create_future()

        def connect() -> None:
            error: OSError | ValueError | None = None
            try:
                self._client.connect(
                    self._address.host,
                    self._address.port,
                    _KEEPALIVE_S,
                    clean_start=not self._options.session_expiry_s,
                    properties=self._connect_properties(),
                )
            except (OSError, ValueError) as caught:
                error = caught
            with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
                self._loop.call_soon_threadsafe(settle, error)

        def settle(error: OSError | ValueError | None) -> None:
            if outcome.cancelled():
                self._client.disconnect()
            elif error:
                outcome.set_exception(TemporaryError(_unreachable(self._address, error)))
            else:
                outcome.set_result(None)

        threading.Thread(target=connect, name="mqtt-connect", daemon=True).start()
        await outcome

    def _connect_properties(self) -> Properties:
        return _properties(
            PacketTypes.CONNECT,
            SessionExpiryInterval=self._options.session_expiry_s,
            ReceiveMaximum=_RECEIVE_AT_MOST,
        )

    # paho on the event loop

    def _attach(self) -> None:
        connection = self._client.socket()
        if connection is None:
            raise TemporaryError(f"Broker {self._address} closed the connection")
        self._client.on_socket_close = lambda _client, _data, closing: self._detach(closing)
        self._client.on_socket_register_write = lambda _client, _data, ready: self._loop.add_writer(ready, self._write)
        self._client.on_socket_unregister_write = self._on_written
        self._loop.add_reader(connection, self._read)
        if self._client.want_write():
            self._loop.add_writer(connection, self._write)
        self._tick()

    def _on_written(self, _client: Any, _data: Any, connection: Any) -> None:
        self._loop.remove_writer(connection)

    def _detach(self, connection: Any) -> None:
        self._loop.remove_reader(connection)
        self._loop.remove_writer(connection)

    def _read(self) -> None:
        try:
            self._client.loop_read()
            # What TLS has already decrypted makes no socket readable.
            while isinstance(tls := self._client.socket(), ssl.SSLSocket) and tls.pending():
                self._client.loop_read()
        except Exception:
            # Whatever paho makes of a broken packet, it ends this connection only.
            logger.exception("broker %s sent something unreadable", self._address)
            self._end(f"Broker {self._address} sent something unreadable")

    def _write(self) -> None:
        self._client.loop_write()

    def _tick(self) -> None:
        self._client.loop_misc()
        self._misc = self._loop.call_later(1.0, self._tick)

    def close(self) -> None:
        """Take leave, letting the broker publish the will, and drop what was queued."""
        if self._misc:
            self._misc.cancel()
        if self._client.is_connected():
            self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, identifier=_DISCONNECT_WITH_WILL))
            self._client.loop_write()
        self._client.on_socket_close = None
        self._client.on_socket_register_write = None
        self._client.on_socket_unregister_write = None
        connection = self._client.socket()
        if isinstance(connection, socket.socket):
            self._detach(connection)
            connection.close()
        self._end("Disconnected")

    def _end(self, words: str) -> None:
        if not self._granted.done():
            self._granted.set_exception(TemporaryError(words))
            self._granted.exception()  # heard even when nobody waits any more
        if not self.closed.done():
            self.closed.set_result(words)

    # What paho tells: it holds its locks meanwhile, so nothing here may call it back or raise

    def _on_connect(
        self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._end(_refused(self._address, reason))
            return
        self.max_message_bytes = getattr(properties, "MaximumPacketSize", None)
        self._loop.call_soon(self._client.subscribe, self._options.subscribe, 1)

    def _on_subscribe(self, _client: Any, _data: Any, _id: int, reasons: list[ReasonCode], _properties: Any) -> None:
        if reasons[0].is_failure:
            self._end(f"Broker {self._address} does not let us read {self._options.subscribe} ({reasons[0]})")
        elif not self._granted.done():
            self._granted.set_result(None)

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        self._end(f"Broker {self._address} is gone ({reason})")

    def _on_publish(self, _client: Any, _data: Any, message_id: int, reason: ReasonCode, _properties: Any) -> None:
        self._loop.call_soon(self._tell_acknowledged, message_id, reason.value)

    def _tell_acknowledged(self, message_id: int, code: int) -> None:
        if not self.closed.done():
            self._listener.acknowledged(message_id, code)

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        properties = message.properties
        received = Message(
            topic=topic,
            payload=bytes(message.payload),
            properties=dict(getattr(properties, "UserProperty", ())),
            correlation=getattr(properties, "CorrelationData", b""),
            message_id=message.mid,
            connection=self.number,
        )
        self._loop.call_soon(self._listener.received, received)

    # What we tell paho

    def publish(self, topic: str, payload: bytes, correlation: bytes) -> int | None:
        properties = _properties(
            PacketTypes.PUBLISH,
            ContentType=wire.CONTENT_TYPE,
            UserProperty=list(wire.PROPERTIES.items()),
            CorrelationData=correlation,
        )
        sent = self._client.publish(topic, payload, qos=1, properties=properties)
        return sent.mid if sent.rc == paho.MQTT_ERR_SUCCESS else None

    def acknowledge(self, message: Message) -> None:
        self._client.ack(message.message_id, 1)


def _properties(packet_type: int, **values: Any) -> Properties:
    properties = Properties(packet_type)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(properties, name, value)
    return properties


def _unreachable(address: Address, error: OSError | ValueError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"Broker {address} is not trusted ({error.verify_message}): check sync.ca_file"
    words = getattr(error, "strerror", None) or str(error)
    return f"Broker {address} is unreachable ({words})"


def _refused(address: Address, reason: ReasonCode) -> str:
    if reason.value == 0x84:
        return f"Broker {address} does not speak MQTT 5"
    return f"Broker {address} does not let us in ({reason}): check user, password and certificate"
