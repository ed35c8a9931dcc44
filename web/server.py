"""Serves the app inside a running event loop: no signal handlers of its own, bounded patience, a prompt stop."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator

import h11
import uvicorn
from litestar import Litestar
from uvicorn.protocols.http.h11_impl import H11Protocol

from edge_agent.errors import ConfigError

_REQUEST_S = 10.0
"""How long a client may take from the first byte of a request to its last; for a long body, for each megabyte of it."""
_MEGABYTE = 1 << 20
_UNACKNOWLEDGED_S = 20
"""How long sent bytes may stay unread by a client before the kernel cuts it off."""
_LINGER_S = 0.6
"""How long running requests may take to end once the server stops."""
_MAX_CONNECTIONS = 400
_MAX_OF_ONE_ADDRESS = 100
"""A browser opens six; but all phones behind an access point that translates addresses look like one."""
_OURSELVES = ("127.0.0.1", "::1")
"""The kiosk's own screen, and a proxy on this machine: never crowded out by others."""
_MAX_HEADER_BYTES = 16 * 1024


def bind(host: str, port: int) -> socket.socket:
    """Open the listening socket. Raises `ConfigError` that says which setting to change."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as error:
        raise ConfigError(_unknown_host(host)) from error
    listener = socket.socket(family, kind, protocol)
    try:
        _be_impatient(listener)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise ConfigError(_explain(error, host, port)) from error
    return listener


async def serve(app: Litestar, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve until `stop` is set or the caller is cancelled; open streams end at once. Closes the listener."""
    config = uvicorn.Config(
        app,
        http=_PatientForAWhile,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_MAX_CONNECTIONS,
        h11_max_incomplete_event_size=_MAX_HEADER_BYTES,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="web server")
    stopping = asyncio.create_task(stop.wait(), name="web stop")
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        app.state.streams.close()
        server.should_exit = True
        await asyncio.wait({serving}, timeout=_LINGER_S)
        server.cut_off()
        await serving


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process."""
        yield

    def cut_off(self) -> None:
        """Drop clients that have not read their answer yet."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()


class _PatientForAWhile(H11Protocol):
    """Closes connections whose request does not arrive whole in time; uvicorn itself would wait for ever."""

    _deadline: asyncio.TimerHandle | None = None
    _received = 0
    """Bytes since the deadline was set."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if _host(self) in _OURSELVES:
            self.limit_concurrency = None
        elif self._is_one_too_many():
            transport.abort()
            return
        self._deadline = self.loop.call_later(_REQUEST_S, transport.abort)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._received += len(data)
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY} or self._received >= _MEGABYTE:
            self._clear_deadline()
        if self.conn.their_state in {h11.IDLE, h11.SEND_BODY} and self._deadline is None:
            self._received = 0
            self._deadline = self.loop.call_later(_REQUEST_S, self.transport.abort)

    def _is_one_too_many(self) -> bool:
        alike = [one for one in self.connections if isinstance(one, H11Protocol) and _host(one) == _host(self)]
        return len(alike) > _MAX_OF_ONE_ADDRESS

    def connection_lost(self, exc: Exception | None) -> None:
        self._clear_deadline()
        super().connection_lost(exc)

    def _clear_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None


def _host(connection: H11Protocol) -> str:
    return connection.client[0] if connection.client else ""


def _be_impatient(listener: socket.socket) -> None:
    """Let the kernel drop clients that vanish or stop reading; accepted sockets inherit this."""
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_S * 1000)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _UNACKNOWLEDGED_S)


def _unknown_host(host: str) -> str:
    return f"web.host {host!r} is not an address of this machine; set web.host to 0.0.0.0 for all its addresses"


def _explain(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} is in use; set web.port to a free one or stop the program that uses it"
        case errno.EACCES | errno.EPERM:
            return f"port {port} is not allowed to this user; set web.port to 1024 or more"
        case errno.EADDRNOTAVAIL:
            return _unknown_host(host)
    return f"port {port} on {host!r} can't be opened ({error.strerror}); check web.host and web.port"
