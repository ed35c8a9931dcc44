"""Serves the pages of a fake agent on a free port, in a thread, for tests that need a real socket or a browser."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from tests.fake_agent import FakeAgent
from web.app import create_app
from web.live import Streams
from web.server import bind, serve

Result = TypeVar("Result")


class Serving(NamedTuple):
    """A running server; `do` runs a function in its event loop, where the agent lives."""

    agent: FakeAgent
    port: int
    loop: asyncio.AbstractEventLoop
    stop: Callable[[], None]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def do(self, function: Callable[[], Result]) -> Result:
        async def call() -> Result:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(5)


@contextmanager
def served(agent: FakeAgent, streams: Streams | None = None, port: int = 0) -> Iterator[Serving]:
    """Serve until the end of the `with`, or until `stop` is called."""
    listener = bind("127.0.0.1", port)
    port = listener.getsockname()[1]
    app = create_app(agent, "Test kiosk", streams)
    ready: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    is_ready = threading.Event()

    async def run() -> None:
        stop = asyncio.Event()
        ready.append((asyncio.get_running_loop(), stop))
        is_ready.set()
        await serve(app, listener, stop)

    thread = threading.Thread(target=asyncio.run, args=(run(),), name="web under test")
    thread.start()
    assert is_ready.wait(5)
    loop, event = ready[0]

    def stop() -> None:
        if thread.is_alive():
            loop.call_soon_threadsafe(event.set)
        thread.join(5)
        assert not thread.is_alive(), "the server did not stop"

    try:
        yield Serving(agent, port, loop, stop)
    finally:
        stop()
