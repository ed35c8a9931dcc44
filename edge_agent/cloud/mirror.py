"""Keeps a second database like the first one, behind its back.

The first one's log is read from a bookmark on, which is kept in the mirror and moves once what is before it has been
written there: after an outage, a kill or a restored backup, of either, the copying goes on where both agree. Receipts
depend on the first database alone; this has its own connections and thread, and rests longer than it works.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from edge_agent.backoff import backoff_s, spread
from edge_agent.cloud.store import Delivery, RecordStore
from edge_agent.cloud.store_thread import StoreThread
from edge_agent.errors import ConfigError, PermanentError, TemporaryError

logger = logging.getLogger(__name__)

BOOKMARK = "mirror"
_PAGE = 200
_LOOK_EVERY_S = 5.0
"""Other workers may have written."""
_REST, _REST_WHEN_BUSY = 0.5, 3.0
"""Pause after work, as a multiple of it: longer while messages come in, for they come first."""
_LAST_PAUSE = 3
"""Of `backoff_s`: about 45 s, so that a mirror that is back is noticed soon."""


class Mirror:
    """Copies what is new in `first` into `second`, opening and closing both. Any number may do so at once."""

    def __init__(self, first: RecordStore, second: RecordStore) -> None:
        self._first = first
        self._second = second
        self._wake = asyncio.Event()

    def nudge(self) -> None:
        """Something was committed: copy it now."""
        self._wake.set()

    async def run(self) -> None:
        """Copy until cancelled."""
        failures, begun_s = 0, 0.0
        async with StoreThread(self._first, "mirrored") as first, StoreThread(self._second, "mirror") as second:
            while True:
                self._wake.clear()
                try:
                    pause_s = await self._step(first, second)
                except (TemporaryError, ConfigError) as error:
                    if not failures:
                        logger.error("the mirror waits, and nothing else does: %s", error)
                        begun_s = time.monotonic()
                    await asyncio.sleep(backoff_s(min(failures, _LAST_PAUSE), random.random))
                    failures += 1
                    continue
                if failures:
                    logger.warning("the mirror goes on after %.0f s", time.monotonic() - begun_s)
                failures = 0
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await self._wake.wait()

    async def _step(self, first: StoreThread, second: StoreThread) -> float:
        """Copy a page and rest; return how long there is nothing to do if nobody nudges."""
        begun_s = time.monotonic()
        place = await second.call(lambda store: store.log.bookmark(BOOKMARK))
        found = await first.call(lambda store: store.log.changes(place, _PAGE))
        if found is None:
            logger.warning("the first database was wiped or restored: the mirror is compared with all of it")
            await second.call(lambda store: store.log.move_bookmark(BOOKMARK, place, ""))
            return 0.0
        if found.cursor == place:
            return spread(_LOOK_EVERY_S, random.random)
        await second.call(lambda store: copy([one for _, one in found.changes], store))
        if not await second.call(lambda store: store.log.move_bookmark(BOOKMARK, place, found.cursor)):
            # Another worker is at it, and copies what we would.
            await asyncio.sleep(spread(_LOOK_EVERY_S, random.random))
        rest = _REST_WHEN_BUSY if self._wake.is_set() else _REST
        await asyncio.sleep(rest * (time.monotonic() - begun_s))
        return 0.0 if found.more else spread(_LOOK_EVERY_S, random.random)


def copy(deliveries: Sequence[Delivery], store: RecordStore) -> list[Delivery]:
    """Write all into a store; return what it can't take, which is logged. Raises `TemporaryError`."""
    if not deliveries:
        return []
    try:
        store.write(deliveries, datetime.now(UTC).isoformat(timespec="milliseconds"), copied=True)
    except PermanentError as error:
        if len(deliveries) == 1:
            change = deliveries[0].change
            logger.error("the mirror lacks %s %s: %s", change.entity, change.key, error)
            return list(deliveries)
        return [refused for one in deliveries for refused in copy([one], store)]
    return []
