"""Hands the outbox's parcels to the broker, and finds out which of them an answer is for: the broker's, the cloud's.

Lives as long as the agent; what it knows of parcels under way is forgotten when the connection breaks.
"""

import logging
import secrets
import time

from edge_agent import mqtt, wire
from edge_agent.records import Receipt
from edge_agent.sync.outbox import Outbox, Parcel

logger = logging.getLogger(__name__)

_PROPERTIES_BYTES = 512
"""Room for topic and properties beside a message's payload."""
_MESSAGE_AT_FAULT = (0x95, 0x99)
"""Packet too large, payload format invalid: other messages may pass."""


class Dispatch:
    """Between an outbox and a connection. `topic` is where the parcels go."""

    def __init__(self, outbox: Outbox, connection: mqtt.Connection, topic: str) -> None:
        self._outbox = outbox
        self._connection = connection
        self._topic = topic
        self._life = secrets.token_hex(4)
        """Makes message ids of another run of this agent unlike ours."""
        self._sent: dict[int, Parcel] = {}
        self._receipts: list[Receipt] = []
        self.hold: mqtt.Ending | None = None
        """Why the broker last would not take a message."""

    def forget(self) -> None:
        """The connection broke."""
        self._outbox.clear()
        self._sent.clear()

    def send(self) -> None:
        """Send what is due."""
        for parcel in self._outbox.due(time.monotonic()):
            limit = self._connection.max_message_bytes
            if limit and len(parcel.payload) + _PROPERTIES_BYTES > limit:
                self._set_aside(parcel.id, f"{len(parcel.payload)} bytes are too many for the broker (limit {limit})")
                continue
            message_id = self._connection.publish(self._topic, parcel.payload, self._correlation(parcel))
            if message_id is None:
                return  # the connection is just breaking, so all this starts over
            self._sent[message_id] = parcel

    def acknowledged(self, message_id: int, code: int) -> Parcel | None:
        """Take the broker's answer to a message; return the parcel in it if it was one of ours."""
        parcel = self._sent.pop(message_id, None)
        if parcel is None:
            return None
        if code == 0:
            self._outbox.note_taken(parcel)
        elif code in _MESSAGE_AT_FAULT:
            self._set_aside(parcel.id, f"the broker refuses the message (reason 0x{code:02x})")
        else:
            self._outbox.note_refused(parcel, time.monotonic())
            self._note_hold(code)
        return parcel

    def received(self, message: mqtt.Message) -> None:
        """Take a message of receipts. Raises `PermanentError` when it cannot be read."""
        parcel_id = self._parcel_id(message.correlation)
        self._outbox.note_receipts(parcel_id, time.monotonic())
        for receipt in wire.decode_receipts(message.payload, message.properties):
            if receipt.entity:
                self._receipts.append(receipt)
            else:
                self._set_aside(parcel_id, receipt.reason)

    @property
    def has_receipts(self) -> bool:
        return bool(self._receipts)

    def take_receipts(self) -> list[Receipt]:
        """Return what has come since the last time, refusals of the broker too."""
        receipts, self._receipts = self._receipts, []
        return receipts

    def _note_hold(self, code: int) -> None:
        hold = self._connection.not_taken(self._topic, code)
        if self._outbox.holds == 1 or hold != self.hold:
            logger.log(logging.ERROR if hold.alarm else logging.WARNING, "%s", hold.words)
        self.hold = hold

    def _set_aside(self, parcel_id: int, reason: str) -> None:
        self._receipts += self._outbox.set_aside(parcel_id, reason, time.monotonic())

    def _correlation(self, parcel: Parcel) -> bytes:
        return f"{self._life}-{parcel.id}".encode()

    def _parcel_id(self, correlation: bytes) -> int:
        life, _, number = correlation.decode(errors="replace").partition("-")
        return int(number) if life == self._life and number.isdecimal() else 0
