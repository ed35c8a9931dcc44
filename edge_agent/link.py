"""The socket between vision and the agent: a Unix-domain stream of length-prefixed msgpack records.

What crosses it may be lost: poses that the agent does not take are dropped and counted, there are no
acknowledgements. Pure Python, because the agent loads it.
"""

import asyncio
import logging
import select
import socket
import stat
import struct
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from edge_agent.errors import ConfigError
from edge_agent.phrase import Phrase
from edge_agent.records import PoseFrame, VisionStatus

logger = logging.getLogger(__name__)

Message = PoseFrame | VisionStatus

MAX_MESSAGE_BYTES = 64 * 1024
"""Thirty times the size of a pose."""

_LENGTH = struct.Struct(">I")
_SOCKET_MODE = 0o660
_RETRY_S = 0.5
_STATUS_WAIT_S = 1.0


def _read_phrase(_: type, parts: Any) -> Phrase:
    try:
        return Phrase.of_parts(parts)
    except (AttributeError, LookupError) as error:
        raise ValueError(f"no phrase: {error}") from error


_encoder = msgspec.msgpack.Encoder(enc_hook=Phrase.parts)
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message, dec_hook=_read_phrase)


def pack(message: Message) -> bytes:
    """Return the message as it stands on the wire: its length in 4 bytes, most significant first, and its msgpack."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


# The agent's side


@asynccontextmanager
async def serve(
    path: Path, on_message: Callable[[Message], None], on_disconnect: Callable[[], None] = lambda: None
) -> AsyncIterator[None]:
    """Listen at `path`, mode 0660, for the length of the `async with`; both callbacks run in the event loop.

    One vision process is heard at a time: a new connection replaces the old one, without an `on_disconnect`.
    Raises `ConfigError` when the path can't be used or another agent listens there.
    """
    receiver = _Receiver(on_message, on_disconnect)
    with _listening(path) as listener:
        server = await asyncio.start_unix_server(receiver.accept, sock=listener)
        try:
            yield
        finally:
            server.close()
            await receiver.close()
            await server.wait_closed()


@contextmanager
def _listening(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                _remove_stale(path)
            listener.bind(str(path))
            path.chmod(_SOCKET_MODE)
        except OSError as error:
            raise ConfigError(f"{path}: cannot listen for vision there ({error.strerror or error})") from error
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


def _remove_stale(path: Path) -> None:
    """Remove the socket of an agent that was killed."""
    if not stat.S_ISSOCK(path.stat().st_mode):
        raise ConfigError(f"{path}: is not a socket; move it away")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise ConfigError(f"{path}: another agent listens there; stop it first")


class _Receiver:
    """Reads the newest connection and hands its messages on."""

    def __init__(self, on_message: Callable[[Message], None], on_disconnect: Callable[[], None]) -> None:
        self._on_message = on_message
        self._on_disconnect = on_disconnect
        self._current: asyncio.StreamWriter | None = None
        self._writers: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._writers[task] = writer
        task.add_done_callback(self._writers.pop)
        if self._current:
            self._current.close()
        self._current = writer
        try:
            await self._receive(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            logger.debug("vision closed its connection")
        except (msgspec.DecodeError, _OversizeError) as error:
            logger.warning("connection to vision closed: %s", error)
        finally:
            writer.close()
            if self._current is writer:
                self._current = None
                self._on_disconnect()

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
            if length > MAX_MESSAGE_BYTES:
                raise _OversizeError(f"a message of {length} bytes; at most {MAX_MESSAGE_BYTES} are allowed")
            message = _decoder.decode(await reader.readexactly(length))
            # What a replaced connection had still under way is older than what the new one says.
            if self._current is writer:
                self._on_message(message)

    async def close(self) -> None:
        """End all connections; nobody is told of this disconnect."""
        self._current = None
        for writer in self._writers.values():
            writer.close()
        await asyncio.gather(*self._writers, return_exceptions=True)


class _OversizeError(Exception):
    """A length that no message of ours has."""


# Vision's side


class PoseSender:
    """Sends to the agent at `path`, from one thread, and connects again by itself when the agent was restarted.

    The newest status is the first thing a new connection carries, so an agent that comes later knows it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        self._unsent = b""
        self._status = VisionStatus(state="starting")
        self._next_try_s = 0.0
        self.dropped = 0
        """Poses that were not sent because the agent was away or busy."""

    def wait_for_agent(self, timeout_s: float, stop: threading.Event) -> bool:
        """Wait until the agent listens, so that it misses nothing; False when it does not in time."""
        give_up_s = time.monotonic() + timeout_s
        while not self._connect():
            if time.monotonic() > give_up_s or stop.wait(_RETRY_S / 5):
                return False
        return True

    def send(self, frame: PoseFrame, wait_s: float = 0.0) -> bool:
        """Send a pose, or drop it when the agent is away or takes nothing for `wait_s`."""
        if self._connect() and self._flush(wait_s):
            self._unsent = pack(frame)
            self._flush(0.0)
            if self._socket:
                return True
        self.dropped += 1
        return False

    def send_status(self, status: VisionStatus) -> bool:
        """Send a status, waiting up to a second for a busy agent; False when the agent is away."""
        self._status = status
        if self._socket:
            self._unsent += pack(status)
            if self._flush(_STATUS_WAIT_S):
                return True
            self._disconnect()
        self._next_try_s = 0.0
        return self._connect() and self._flush(_STATUS_WAIT_S)

    def close(self) -> None:
        """Send what has been accepted, waiting up to a second, and disconnect."""
        self._flush(_STATUS_WAIT_S)
        self._disconnect()

    def _connect(self) -> bool:
        if self._socket:
            return True
        now_s = time.monotonic()
        if now_s < self._next_try_s:
            return False
        self._next_try_s = now_s + _RETRY_S
        fresh = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        fresh.setblocking(False)
        try:
            fresh.connect(str(self._path))
        except OSError:
            fresh.close()
            return False
        logger.info("connected to the agent")
        self._socket = fresh
        self._unsent = pack(self._status)
        return True

    def _disconnect(self) -> None:
        if self._socket:
            self._socket.close()
            self._socket = None
            self._unsent = b""
            logger.info("disconnected from the agent")

    def _flush(self, wait_s: float) -> bool:
        """Whether all that was accepted is with the kernel now; a broken connection is closed."""
        give_up_s = time.monotonic() + wait_s
        while self._socket and self._unsent:
            try:
                sent = self._socket.send(self._unsent)
            except BlockingIOError:
                if not _writable(self._socket, give_up_s - time.monotonic()):
                    return False
                continue
            except OSError:
                self._disconnect()
                break
            self._unsent = self._unsent[sent:]
        return self._socket is not None


def _writable(connection: socket.socket, timeout_s: float) -> bool:
    if timeout_s <= 0:
        return False
    return bool(select.select([], [connection], [], timeout_s)[1])
