"""One paho client and its one connection, on the event loop: the only place that knows paho-mqtt.

What paho had queued is dropped with it, so nothing is ever sent twice behind the sender's back, and no message id
outlives its connection.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
import threading
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge_agent import wire
from edge_agent.address import Address
from edge_agent.mqtt import words
from edge_agent.mqtt.messages import ClientOptions, Listener, Message
from edge_agent.mqtt.words import ConnectError, Ending
from edge_agent.phrase import Phrase

logger = logging.getLogger(__name__)

_KEEPALIVE_S = 30
_CONNECT_WITHIN_S = 5.0
_ANSWER_WITHIN_S = 10.0
_RECEIVE_AT_MOST = 100
_DISCONNECT_WITH_WILL = 0x04
_PROPERTIES_BYTES = 128
"""Room for what is sent with each message beside its topic, payload and correlation data."""


class Link:
    """A connection. paho's callbacks only pass on to the loop, so they never raise."""

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
        self.closed: asyncio.Future[Ending] = self._loop.create_future()
        self._granted: asyncio.Future[None] = self._loop.create_future()
        self._address = address
        self._options = options
        self._listener = listener
        self._answered = False
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
        """Connect, subscribe and announce ourselves. Raises `ConnectError`."""
        await self._connect()
        self._attach()
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await self._granted
        except TimeoutError:
            silent = Ending(words=Phrase("What answers at {address} is not an MQTT 5 broker", address=self._address))
            raise ConnectError(silent) from None
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
                outcome.set_exception(ConnectError(words.unreachable(self._address, error)))
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
            raise ConnectError(words.closed_early(self._address))
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
            self._end(Ending(words=Phrase("Broker {address} sent something unreadable", address=self._address)))

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
        self._end(Ending(words=Phrase("Disconnected")))

    def _end(self, ending: Ending) -> None:
        if not self._granted.done():
            self._granted.set_exception(ConnectError(ending))
            self._granted.exception()  # heard even when nobody waits any more
        if not self.closed.done():
            self.closed.set_result(ending)

    # What paho tells: it holds its locks meanwhile, so nothing here may call it back or raise

    def _on_connect(
        self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._answered = True
        if reason.is_failure:
            self._end(words.refused(self._address, reason))
            return
        self.max_message_bytes = getattr(properties, "MaximumPacketSize", None)
        self._loop.call_soon(self._client.subscribe, self._options.subscribe, 1)

    def _on_subscribe(self, _client: Any, _data: Any, _id: int, reasons: list[ReasonCode], _properties: Any) -> None:
        if reasons[0].is_failure:
            self._end(words.not_readable(self._address, self._options.subscribe, reasons[0]))
        elif not self._granted.done():
            self._granted.set_result(None)

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        self._end(words.gone(self._address, reason) if self._answered else words.closed_early(self._address))

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
        size, limit = len(topic) + len(payload) + len(correlation) + _PROPERTIES_BYTES, self.max_message_bytes
        if limit and size > limit:
            # The broker would end the connection, and with it what others are waiting for.
            logger.error("%s: %d bytes are too many for the broker (limit %d): not sent", topic, len(payload), limit)
            return None
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
