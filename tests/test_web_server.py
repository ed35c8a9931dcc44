import asyncio
import contextlib
import itertools
import signal
import socket
import threading
import time

import httpx
import pytest

import web.server
from edge_agent.errors import ConfigError
from tests.fake_agent import FakeAgent
from tests.fake_training import figure
from tests.patience import patience_s
from tests.web_serving import Serving, served
from web.app import create_app
from web.live import Streams
from web.server import bind, serve

PHONE = {"host": "kiosk.local"}
HEALTH = b"GET /health HTTP/1.1\r\nHost: kiosk\r\n\r\n"
STREAM = b"GET /api/live/stream HTTP/1.1\r\nHost: kiosk\r\n\r\n"
UNFINISHED_POST = b"POST /api/live/exercise HTTP/1.1\r\nHost: kiosk\r\nContent-Length: 9\r\n\r\n{"


def stop_timed(serving: Serving) -> float:
    started = time.monotonic()
    serving.stop()
    return time.monotonic() - started


def open_raw(serving: Serving, request: bytes, source: str = "127.0.0.1") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", serving.port), timeout=5, source_address=(source, 0))
    client.sendall(request)
    return client


def drip(client: socket.socket) -> None:
    """Send a request byte by byte until the other side has had enough."""
    client.settimeout(0.05)
    with contextlib.suppress(OSError):
        for byte in itertools.cycle(b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 1000):
            client.sendall(bytes([byte]))
            with contextlib.suppress(TimeoutError):
                client.recv(10)


def is_dropped(client: socket.socket) -> bool:
    try:
        return client.recv(100) == b""
    except ConnectionResetError:
        return True


def test_a_port_in_use_is_explained_in_one_line() -> None:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"^port {port} is in use; set web\.port"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7", "a" * 70])
def test_a_host_that_is_not_ours_is_explained(host: str) -> None:
    with pytest.raises(ConfigError, match=r"not an address of this machine; set web\.host to 0\.0\.0\.0"):
        bind(host, 0)


def test_a_forbidden_port_is_explained() -> None:
    error = PermissionError(13, "Permission denied")
    assert web.server._explain(error, "0.0.0.0", 80) == (
        "port 80 is not allowed to this user; set web.port to 1024 or more"
    )


def test_pages_come_over_a_real_socket() -> None:
    with served(FakeAgent()) as serving:
        assert httpx.get(f"{serving.url}/").status_code == 200


def test_the_stream_is_an_event_stream_that_begins_with_the_state() -> None:
    with served(FakeAgent()) as serving, httpx.stream("GET", f"{serving.url}/api/live/stream") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert next(answer.iter_lines()) == "event: state"


def test_one_stream_too_many_is_a_503_problem_but_not_on_the_wall() -> None:
    with served(FakeAgent(), Streams(max_clients=1)) as serving:
        address = f"{serving.url}/api/live/stream"
        with httpx.stream("GET", address, headers=PHONE) as first:
            lines = first.iter_lines()
            next(lines)
            answer = httpx.get(address, headers=PHONE)
            with httpx.stream("GET", address) as own_screen:
                assert own_screen.status_code == 200
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


def test_one_address_takes_only_so_many_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.server, "_MAX_OF_ONE_ADDRESS", 3)
    with served(FakeAgent()) as serving, contextlib.ExitStack() as open_ones:
        clients = [open_ones.enter_context(open_raw(serving, b"", "127.0.0.2")) for _ in range(3)]
        one_more = open_ones.enter_context(open_raw(serving, b"", "127.0.0.2"))
        assert is_dropped(one_more)
        others = [open_ones.enter_context(open_raw(serving, HEALTH, address)) for address in ("127.0.0.3", "127.0.0.1")]
        assert [client.recv(12) for client in others] == [b"HTTP/1.1 200"] * 2
        clients[0].sendall(HEALTH)
        assert clients[0].recv(12) == b"HTTP/1.1 200"


def test_a_full_kiosk_turns_phones_away_but_not_its_own_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.server, "_MAX_CONNECTIONS", 3)
    with served(FakeAgent()) as serving, contextlib.ExitStack() as open_ones:
        for number in range(2, 6):
            open_ones.enter_context(open_raw(serving, b"", f"127.0.0.{number}"))
        asked = {name: open_ones.enter_context(open_raw(serving, HEALTH, name)) for name in ("127.0.0.9", "127.0.0.1")}
        assert [client.recv(12) for client in asked.values()] == [b"HTTP/1.1 503", b"HTTP/1.1 200"]


@pytest.mark.parametrize("length", [17 * 1024, 10**12])
def test_an_oversized_body_is_refused_before_it_is_read(length: int) -> None:
    head = b"POST /api/session HTTP/1.1\r\nHost: kiosk\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    with served(FakeAgent()) as serving, open_raw(serving, head % length) as client:
        client.sendall(b"x" * 1000)
        assert client.recv(12) == b"HTTP/1.1 413"


def test_a_chunked_body_without_end_is_refused() -> None:
    head = (
        b"POST /api/session HTTP/1.1\r\nHost: kiosk\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    with served(FakeAgent()) as serving, open_raw(serving, head) as client:
        for _ in range(20):
            client.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")
        assert client.recv(12) == b"HTTP/1.1 413"


def test_a_byte_at_a_time_does_not_hold_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.server, "_REQUEST_S", 0.3)
    with served(FakeAgent()) as serving, open_raw(serving, b"") as client:
        started = time.monotonic()
        drip(client)
        assert time.monotonic() - started < patience_s(3)


def test_a_client_that_hangs_up_is_forgotten() -> None:
    agent = FakeAgent()
    with served(agent) as serving:
        with httpx.stream("GET", f"{serving.url}/api/live/stream") as answer:
            lines = answer.iter_lines()
            next(lines)
            assert agent.watching == 1
        deadline = time.monotonic() + 5
        while agent.watching and time.monotonic() < deadline:
            serving.do(lambda: agent.change(reps=1))
        assert agent.watching == 0


def test_open_streams_do_not_delay_the_stop() -> None:
    with served(FakeAgent()) as serving:
        clients = [open_raw(serving, STREAM) for _ in range(5)]
        for client in clients:
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        assert stop_timed(serving) < 1
        for client in clients:
            client.close()


def test_a_client_that_does_not_read_delays_neither_others_nor_the_stop() -> None:
    agent = FakeAgent()
    with served(agent) as serving:
        deaf = open_raw(serving, STREAM)
        with httpx.stream("GET", f"{serving.url}/api/live/stream", timeout=30) as answer:
            deadline = time.monotonic() + 5
            while agent.watching < 2 and time.monotonic() < deadline:
                serving.do(lambda: None)
            lines = answer.iter_lines()
            for depth in range(20):
                serving.do(lambda depth=depth: agent.change(reps=depth, cue="x" * 500_000))  # type: ignore[misc]
                serving.do(lambda: agent.show(figure(0.5)))
                assert any('"reps":19' in line or line.startswith("event: pose") for line in lines)
        assert stop_timed(serving) < 1.5
        deaf.close()


def test_a_cancelled_server_frees_its_port() -> None:
    async def story() -> int:
        listener = bind("127.0.0.1", 0)
        port = int(listener.getsockname()[1])
        serving = asyncio.create_task(serve(create_app(FakeAgent(), "Test kiosk"), listener, asyncio.Event()))
        await asyncio.sleep(0)
        serving.cancel()
        await asyncio.wait({serving}, timeout=5)
        assert serving.cancelled()
        return port

    bind("127.0.0.1", asyncio.run(story())).close()


@pytest.mark.parametrize("beginning", [b"", b"GET / HT", UNFINISHED_POST])
def test_a_request_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch, beginning: bytes) -> None:
    monkeypatch.setattr(web.server, "_REQUEST_S", 0.05)
    with served(FakeAgent()) as serving, open_raw(serving, beginning) as client:
        assert client.recv(100) == b""


def test_the_process_keeps_its_own_signal_handlers() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with served(FakeAgent()) as serving:
        httpx.get(f"{serving.url}/health")
        assert signal.getsignal(signal.SIGTERM) is before


def test_no_thread_outlives_the_server() -> None:
    with served(FakeAgent()) as serving:
        httpx.get(f"{serving.url}/")
    assert not [thread for thread in threading.enumerate() if thread.name == "web under test"]
