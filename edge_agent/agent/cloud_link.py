"""The kiosk's way to the cloud and back, as the pages ask about it."""

from collections.abc import Callable

import msgspec

from edge_agent.agent.parked import recognised
from edge_agent.agent.transfer.twins import WithoutTwins
from edge_agent.agent.wall import WallClock
from edge_agent.config import SyncConfig
from edge_agent.journal.worker import JournalWorker
from edge_agent.phrase import Phrase
from edge_agent.records import SyncStatus, Whereabouts
from edge_agent.sync.clock import HybridClock
from edge_agent.sync.forwarder import Forwarder
from edge_agent.sync.inbox import Inbox
from edge_agent.sync.stock import Stock


class CloudLink:
    """Joins journal, clock and forwarder with what comes down."""

    def __init__(
        self,
        config: SyncConfig,
        device_id: str,
        journal: JournalWorker,
        revisions: HybridClock,
        on_change: Callable[[], None],
    ) -> None:
        """Raises `ConfigError`. `on_change` is called whenever something was handed over, confirmed or fetched."""
        self.on_change = on_change
        self._journal = journal
        feed = WithoutTwins(device_id, journal, self._hand_over)
        inbox = Inbox(feed, lambda rev: revisions.observe(rev, WallClock.unix_ms()), on_change)
        self.forwarder = Forwarder(config, device_id, journal, on_change, inbox, Stock(device_id, journal))

    def _hand_over(self) -> None:
        self.forwarder.nudge()

    async def whereabouts(self, session_id: str) -> Whereabouts:
        """Return where a session is, as the journal and the broker know."""
        where = await self._journal.whereabouts(session_id)
        if where.reason:
            return msgspec.structs.replace(where, reason=recognised(where.reason))
        if where.state == "saved" and self.forwarder.handed_over("session", session_id, where.rev):
            return msgspec.structs.replace(where, state="handed_over")
        return where

    async def status(self) -> SyncStatus:
        refusals = [
            msgspec.structs.replace(one, reason=recognised(one.reason)) for one in await self._journal.refusals()
        ]
        status = self.forwarder.status(await self._journal.counts(), refusals)
        return msgspec.structs.replace(status, connection=Phrase.of(status.connection))

    async def retry_refused(self, key: str | None) -> int:
        """Send refused records again, all for None; returns how many."""
        count = await self._journal.retry_refused(None if key is None else [key])
        if count:
            self.forwarder.hurry()
        return count
