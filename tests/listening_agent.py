"""The agent's end of the vision socket, in a thread, for tests of what vision sends."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge_agent import link
from edge_agent.link import Message
from edge_agent.records import PoseFrame, VisionStatus


class Inbox:
    """What has arrived so far."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.messages: list[Message] = []
        self.disconnects = 0

    def add(self, message: Message) -> None:
        with self._changed:
            self.messages.append(message)
            self._changed.notify_all()

    def disconnected(self) -> None:
        with self._changed:
            self.disconnects += 1
            self._changed.notify_all()

    def wait_for(self, what: Callable[["Inbox"], bool], timeout_s: float = 10.0) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: what(self), timeout_s), f"only {self.messages[-5:]} arrived"

    @property
    def states(self) -> list[str]:
        return [message.state for message in self.messages if isinstance(message, VisionStatus)]

    @property
    def frames(self) -> list[PoseFrame]:
        return [message for message in self.messages if isinstance(message, PoseFrame)]


@contextmanager
def listening_agent(path: Path) -> Iterator[Inbox]:
    """Listen at `path` until the end of the `with`; all that was sent has arrived by then."""
    inbox = Inbox()
    loop = asyncio.new_event_loop()
    ready, stop = threading.Event(), asyncio.Event()

    async def listen() -> None:
        async with link.serve(path, inbox.add, inbox.disconnected):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(listen(),), name="listening-agent")
    thread.start()
    try:
        assert ready.wait(10)
        yield inbox
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
