"""Wrong PINs outlive a restart: whoever pulls the plug waits on. Few writes, for a guess must not wear out the disk."""

import logging
import time

from edge_agent.agent.people.directory import Directory
from edge_agent.errors import TemporaryError
from edge_agent.journal.accounts import KeptTries
from edge_agent.members.lockout import Lockout, Standing

logger = logging.getLogger(__name__)

_WRITES_EVERY_S = 30.0


class RememberedTries:
    """Belongs to one event loop. The journal has Unix time, the lockout the monotonic clock."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._written = Standing()
        self._written_s = float("-inf")
        self._is_recalled = False

    async def recall(self, lockout: Lockout) -> None:
        """Take up what an earlier program has kept, once."""
        if self._is_recalled:
            return
        kept = await self._directory.ask(lambda accounts: accounts.tries())
        if not self._is_recalled:
            self._is_recalled = True
            self._written = kept.standing.on_clock(time.time(), time.monotonic())
            lockout.recall(self._written)

    async def keep(self, lockout: Lockout, *, at_once: bool = False) -> None:
        """Write what has changed, unless that was done a moment ago. A full disk keeps nobody from signing in.

        What is kept was recalled before: it would be lost.
        """
        now_s = time.monotonic()
        standing = lockout.standing(now_s)
        if standing == self._written or (not at_once and now_s - self._written_s < _WRITES_EVERY_S):
            return
        row = KeptTries(standing=standing.on_clock(now_s, time.time()))
        try:
            await self._directory.keep(lambda accounts: accounts.put(row))
        except TemporaryError as error:
            logger.warning("wrong PINs are not kept: %s", error)
        else:
            self._written, self._written_s = standing, now_s
