"""What comes down from the cloud: asks for the changes of the whole gym, and has the journal merge what arrives.

One request is under way at a time. The place up to which the changes are merged is the journal's; killed at any moment,
the next run asks from there on.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from edge_agent import feed
from edge_agent.backoff import backoff_s, spread
from edge_agent.errors import TemporaryError
from edge_agent.records import Change, FeedPlace

logger = logging.getLogger(__name__)

_ASK_EVERY_S = 60.0
_ANSWER_WITHIN_S = 10.0
_ASK_FOR = 20
"""Changes in a page: a session's file costs three fsyncs, and a workout that ends meanwhile waits for the page."""
_PAGES_WAITING = 16
"""Further ones are dropped: what they hold is behind the cursor and is asked for again."""

Publish = Callable[[bytes], int | None]
"""Sends a request and returns its message id; None while there is no connection."""


class FeedStore(Protocol):
    """The journal as the inbox sees it. Its methods may raise `TemporaryError`."""

    async def feed_place(self) -> FeedPlace: ...

    async def merge(self, changes: Sequence[Change], place: FeedPlace, at: str) -> None:
        """Merge changes and move to `place` as one commit."""
        ...


class Inbox:
    """Belongs to one event loop. `observe` is told the newest rev before anything is merged, for the local clock:
    whatever is changed here afterwards must be newer.
    """

    def __init__(self, store: FeedStore, observe: Callable[[str], object], on_change: Callable[[], None]) -> None:
        self.fetched_at: str | None = None
        """When this kiosk last had all that the cloud has, ISO 8601."""
        self.refusal = 0
        """The reason code with which the broker last answered a request, 0 when it took it."""
        self._store = store
        self._observe = observe
        self._on_change = on_change
        self._publish: Publish | None = None
        self._pages: list[feed.Page] = []
        self._wake = asyncio.Event()
        self._request: int | None = None
        self._due_s = 0.0
        self._failures = 0

    def connected(self, publish: Publish) -> None:
        """Ask at once."""
        self._publish = publish
        self._request, self._failures = None, 0
        self.hurry()

    def lost(self) -> None:
        self._publish = None
        self.refusal = 0

    def hurry(self) -> None:
        """Ask now."""
        self._due_s = 0.0
        self._wake.set()

    def acknowledged(self, message_id: int, code: int) -> bool:
        """Take the broker's answer to a request; returns whether it was one."""
        if message_id != self._request:
            return False
        self._request = None
        if code:
            self._due_s = time.monotonic() + backoff_s(max(0, self._failures - 1), random.random)
        if self.refusal != code:
            self.refusal = code
            self._on_change()
        self._wake.set()
        return True

    def received(self, page: feed.Page) -> None:
        if len(self._pages) < _PAGES_WAITING:
            self._pages.append(page)
            self._wake.set()

    async def run(self) -> None:
        """Ask and merge until cancelled."""
        faulty = False
        while True:
            self._wake.clear()
            try:
                await self._merge_pages()
                await self._ask()
            except TemporaryError as error:
                if not faulty:
                    logger.error("the cloud's changes wait for the journal: %s", error)
                faulty, self._due_s = True, time.monotonic() + _ANSWER_WITHIN_S
            else:
                if faulty:
                    logger.warning("the cloud's changes are merged again")
                faulty = False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._wait_s()):
                    await self._wake.wait()

    async def _merge_pages(self) -> None:
        while self._pages:
            page, place = self._pages[0], await self._store.feed_place()
            following = feed.next_place(page, place)
            if page.changes:
                self._observe(max(change.rev for change in page.changes))
            if page.changes or following != place:
                await self._store.merge(page.changes, following, datetime.now(UTC).isoformat(timespec="milliseconds"))
            self._pages.pop(0)
            self._note(page, place)
            self._on_change()

    def _note(self, page: feed.Page, place: FeedPlace) -> None:
        """Say when to ask next. A page that came late or twice changes nothing about that."""
        if page.restart:
            self._due_s = time.monotonic() + backoff_s(max(0, self._failures - 1), random.random)
        elif page.after == place.cursor:
            self._failures = 0
            self._due_s = 0.0
            if not page.more:
                self.fetched_at = datetime.now(UTC).isoformat(timespec="milliseconds")
                self._due_s = time.monotonic() + spread(_ASK_EVERY_S, random.random)

    async def _ask(self) -> None:
        if self._publish is None or time.monotonic() < self._due_s:
            return
        place = await self._store.feed_place()
        if self._publish is None:
            return  # lost meanwhile
        self._due_s = time.monotonic() + _ANSWER_WITHIN_S + backoff_s(self._failures, random.random)
        self._failures += 1
        request = feed.Request(after=place.cursor, own=not place.filled, limit=_ASK_FOR)
        self._request = self._publish(feed.encode_request(request))

    def _wait_s(self) -> float | None:
        return None if self._publish is None else max(0.0, self._due_s - time.monotonic())
