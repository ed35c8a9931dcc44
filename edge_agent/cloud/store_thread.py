"""A store and the one thread that uses it, so that a slow database blocks nobody else."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from edge_agent.backoff import backoff_s
from edge_agent.cloud.store import RecordStore
from edge_agent.errors import TemporaryError

logger = logging.getLogger(__name__)

T = TypeVar("T")


class StoreThread:
    """An `async with` closes the store at its end. `name` is the thread's."""

    def __init__(self, store: RecordStore, name: str) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._thread:
            await self.call(lambda store: store.close())

    async def call(self, call: Callable[[RecordStore], T]) -> T:
        """Call once, after what was called before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, self._store)

    async def patiently(self, call: Callable[[RecordStore], T], meanwhile: str) -> T:
        """Call again and again while the database is away; `meanwhile` says what that means.

        A pause counts from the beginning of the call: one that waited for another's lock has paused already.
        """
        failures = 0
        begun_s = time.monotonic()
        while True:
            called_s = time.monotonic()
            try:
                result = await self.call(call)
            except TemporaryError as error:
                if not failures:
                    logger.error("%s; %s until it is back", error, meanwhile)
                waited_s = time.monotonic() - called_s
                await asyncio.sleep(max(0.0, backoff_s(failures, random.random) - waited_s))
                failures += 1
            else:
                if failures:
                    logger.warning("the database is back after %.0f s", time.monotonic() - begun_s)
                return result
