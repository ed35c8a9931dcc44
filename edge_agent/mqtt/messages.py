"""What a connection is told, and what it tells."""

from collections.abc import Mapping
from typing import Protocol

from edge_agent.records import Record

NOBODY_LISTENS = 0x10
NOT_AUTHORISED = 0x87


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
