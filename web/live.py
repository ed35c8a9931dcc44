"""The live stream as server-sent events: the whole state first, then changes, and a ping in quiet times.

The agent keeps only the newest news for each client, so a slow one costs neither memory nor the others' time.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from functools import lru_cache, partial

import msgspec
from litestar.exceptions import ServiceUnavailableException
from litestar.response import ServerSentEventMessage

from edge_agent.interface import KioskAgent
from edge_agent.phrase import Phrase
from edge_agent.records import LivePose, LiveState
from web.phrases import said_in
from web.reader import reader

MAX_CLIENTS = 250
PING_S = 10.0
_POSE_PAUSE_S = 1 / 15
_BEGIN_WITHIN_S = 5.0

# A ping is an event, not a comment: a page can't see comments, and has to notice a dead connection.
_PING = ServerSentEventMessage(event="ping", data="{}")


MayGoOn = Callable[[], Awaitable[bool]]
"""Asked now and then: whether a client may still see what it was let in for."""


async def _always() -> bool:
    return True


class Streams:
    """All open live streams: counted, limited, and ended at once on shutdown."""

    def __init__(self, max_clients: int = MAX_CLIENTS, ping_s: float = PING_S) -> None:
        self._max_clients = max_clients
        self._ping_s = ping_s
        self._open: set[_Stream] = set()
        self._promised: deque[float] = deque()
        """When streams were granted that have not begun; a client that is gone by then never begins its own."""
        self._closed = False

    def __len__(self) -> int:
        return len(self._open)

    def events(
        self, agent: KioskAgent, may_go_on: MayGoOn = _always, *, at_screen: bool = False
    ) -> AsyncGenerator[ServerSentEventMessage, None]:
        """Return the events for one more client, as long as it may go on.

        Raises 503 when there are too many; the kiosk's own screen always has its place.
        """
        now_s = time.monotonic()
        while self._promised and now_s - self._promised[0] > _BEGIN_WITHIN_S:
            self._promised.popleft()
        is_full = len(self._open) + len(self._promised) >= self._max_clients
        if self._closed or (is_full and not at_screen):
            raise ServiceUnavailableException(
                detail=Phrase(
                    "{count} live views are open, which is the limit; close one and try again", count=len(self._open)
                ),
                headers={"retry-after": "5"},
            )
        self._promised.append(now_s)
        return self._follow(_Stream(agent, self._ping_s, may_go_on))

    def close(self) -> None:
        """End all streams, and let no new one begin."""
        self._closed = True
        for stream in self._open:
            stream.end()

    async def _follow(self, stream: "_Stream") -> AsyncGenerator[ServerSentEventMessage, None]:
        if self._promised:
            self._promised.popleft()
        self._open.add(stream)
        try:
            async with aclosing(stream.messages()) as messages:
                async for message in messages:
                    yield message
        finally:
            self._open.discard(stream)


class _Stream:
    """One client's subscription."""

    def __init__(self, agent: KioskAgent, ping_s: float, may_go_on: MayGoOn) -> None:
        self._agent = agent
        self._ping_s = ping_s
        self._may_go_on = may_go_on
        self._language = reader().language
        self._asked_s = time.monotonic()
        self._waiting: asyncio.Future[LiveState | LivePose] | None = None
        self._ended = False

    def end(self) -> None:
        self._ended = True
        if self._waiting:
            self._waiting.cancel()

    async def messages(self) -> AsyncGenerator[ServerSentEventMessage, None]:
        async with self._agent.watch() as news:
            try:
                while not self._ended and await self._goes_on():
                    # Not wait_for: cancelling `anext` would end the agent's iterator at the first ping.
                    self._waiting = self._waiting or asyncio.ensure_future(_next(news))
                    done, _ = await asyncio.wait({self._waiting}, timeout=self._ping_s)
                    if not done:
                        yield _PING
                        continue
                    waiting, self._waiting = self._waiting, None
                    if waiting.cancelled():
                        return
                    yield _message(waiting.result(), self._language)
                    if isinstance(waiting.result(), LivePose):
                        await asyncio.sleep(_POSE_PAUSE_S)
            finally:
                if self._waiting:
                    self._waiting.cancel()

    async def _goes_on(self) -> bool:
        if time.monotonic() - self._asked_s < self._ping_s:
            return True
        self._asked_s = time.monotonic()
        return await self._may_go_on()


async def _next(news: AsyncIterator[LiveState | LivePose]) -> LiveState | LivePose:
    return await anext(news)


@lru_cache(maxsize=16)
def _message(news: LiveState | LivePose, language: str) -> ServerSentEventMessage:
    """Encode once for all clients of a language. Landmarks go with four digits, which is less than a pixel."""
    if isinstance(news, LiveState):
        return ServerSentEventMessage(
            event="state", data=msgspec.json.encode(news, enc_hook=partial(said_in, language))
        )
    landmarks = tuple((round(x, 4), round(y, 4), round(visibility, 2)) for x, y, visibility in news.landmarks)
    return ServerSentEventMessage(
        event="pose", data=msgspec.json.encode(msgspec.structs.replace(news, landmarks=landmarks))
    )
