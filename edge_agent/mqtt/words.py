"""Why there is no connection, in words that say what to do."""

import ssl

from paho.mqtt.reasoncodes import ReasonCode

from edge_agent.address import Address
from edge_agent.errors import TemporaryError
from edge_agent.mqtt.messages import NOBODY_LISTENS, NOT_AUTHORISED
from edge_agent.phrase import Phrase
from edge_agent.records import Record


class Ending(Record, frozen=True, kw_only=True):
    """Why a connection ended or was not made; `alarm` when trying again won't help until somebody changes something."""

    words: Phrase
    alarm: bool = False


class ConnectError(TemporaryError):
    """The broker can't be used at present."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.words)
        self.ending = ending


def unreachable(address: Address, error: OSError | ValueError) -> Ending:
    """Return the words for a connection that could not be made."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Ending(words=_distrust(address, error), alarm=True)
    if isinstance(error, ssl.SSLError):
        words = "Broker {address} and this kiosk find no way to encrypt ({cause})"
        return Ending(words=Phrase(words, address=address, cause=error.reason), alarm=True)
    cause = getattr(error, "strerror", None) or str(error)
    return Ending(words=Phrase("Broker {address} is unreachable ({cause})", address=address, cause=cause))


def _distrust(address: Address, error: ssl.SSLCertVerificationError) -> Phrase:
    cause = error.verify_message
    match error.verify_code:
        case 9 | 10:  # not yet valid, expired
            words = "Broker {address} is not trusted ({cause}): check the clock here and the broker's certificate"
            return Phrase(words, address=address, cause=cause)
        case 62 | 64:  # made for other host names, other IP addresses
            words = (
                "Broker {address} is not trusted ({cause}): its certificate is for another name than sync.broker has"
            )
            return Phrase(words, address=address, cause=cause)
        case _:
            words = "Broker {address} is not trusted ({cause}): check sync.ca_file"
            return Phrase(words, address=address, cause=cause)


def refused(address: Address, reason: ReasonCode) -> Ending:
    """Return the words for a broker that answered and does not let us in."""
    if reason.value == 0x84:
        return Ending(words=Phrase("Broker {address} does not speak MQTT 5", address=address), alarm=True)
    words = "Broker {address} does not let us in ({cause}): check user, password and certificate"
    return Ending(words=Phrase(words, address=address, cause=reason), alarm=reason.value in _OUR_FAULT)


_OUR_FAULT = (0x85, 0x86, 0x87, 0x8A, 0x8C)
"""Client identifier, user or password, authorisation, banned, authentication method; others pass."""


def closed_early(address: Address) -> Ending:
    """Return the words for a broker that ends a connection before it answers.

    With TLS 1.3 a client learns only afterwards that its certificate was missing or not accepted.
    """
    if not address.tls:
        return Ending(words=Phrase("Broker {address} closed the connection", address=address))
    if address.certificate:
        words = "Broker {address} closes the connection: it may not accept sync.cert_file"
    else:
        words = "Broker {address} closes the connection: it may want a client certificate (sync.cert_file)"
    return Ending(words=Phrase(words, address=address), alarm=True)


def not_readable(address: Address, topic: str, reason: ReasonCode) -> Ending:
    """Return the words for a subscription that was refused."""
    words = "Broker {address} does not let us read {topic} ({cause}): check its access rules"
    return Ending(words=Phrase(words, address=address, topic=topic, cause=reason), alarm=True)


def not_taken(address: Address, topic: str, code: int) -> Ending:
    """Return the words for messages that a broker takes not at all, or for nobody."""
    if code == NOBODY_LISTENS:
        return Ending(words=Phrase("Connected to {address}, but no cloud worker is listening", address=address))
    if code == NOT_AUTHORISED:
        words = "Broker {address} does not let us write {topic}: check its access rules"
        return Ending(words=Phrase(words, address=address, topic=topic), alarm=True)
    return Ending(words=Phrase("Broker {address} takes no messages (reason 0x{code:02x})", address=address, code=code))


_TAKEN_OVER = 0x8E
"""Sent by brokers that say it: Mosquitto 2.0.11 just ends the connection."""


def gone(address: Address, reason: ReasonCode) -> Ending:
    """Return the words for a connection that broke."""
    if reason.value == _TAKEN_OVER:
        words = "Broker {address} ended the connection: another kiosk has this one's device id"
        return Ending(words=Phrase(words, address=address), alarm=True)
    return Ending(words=Phrase("Broker {address} is gone ({cause})", address=address, cause=reason))
