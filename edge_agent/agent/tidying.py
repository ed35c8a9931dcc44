"""Keeping the journal small while nobody trains: old sessions' reps move to files, and what is dead is dropped."""

import logging
import time
from datetime import timedelta

from edge_agent.agent.wall import WallClock
from edge_agent.config import Config
from edge_agent.errors import TemporaryError
from edge_agent.journal.retention import Retention
from edge_agent.journal.worker import JournalWorker

logger = logging.getLogger(__name__)

_DETAIL_EVERY_S = 3600.0
_MOVED_AT_ONCE = 10
"""Sessions whose reps are moved in one go: well under a second, also on an SD card."""


class Tidying:
    """Does a little at each call."""

    def __init__(self, journal: JournalWorker, config: Config, wall: WallClock) -> None:
        self._journal = journal
        self._storage = config.storage
        self._has_broker = bool(config.sync.broker)
        self._wall = wall
        self._detail_due_s = 0.0

    async def tidy(self) -> None:
        """Move old sessions' reps out of the journal and compact it."""
        try:
            await self._move_detail()
            if await self._journal.tidy():
                logger.info("journal compacted")
        except TemporaryError as error:
            logger.warning("the journal was not tidied: %s", error)

    async def _move_detail(self) -> None:
        """Move some old sessions' reps out of the journal; once none are due, look again after an hour."""
        if time.monotonic() < self._detail_due_s:
            return
        kept = self._storage
        since = self._wall.now() - timedelta(days=kept.keep_rep_detail_days)
        retention = Retention(since=since.isoformat(), newest=kept.keep_rep_detail_sessions, confirmed=self._has_broker)
        moved = await self._journal.move_detail(retention, _MOVED_AT_ONCE)
        if moved:
            logger.info("the reps of %d old sessions are in files now", moved)
        if moved < _MOVED_AT_ONCE:
            self._detail_due_s = time.monotonic() + _DETAIL_EVERY_S
