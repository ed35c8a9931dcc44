"""The running session kept against a kill of the agent, and taken up again by the next one."""

import logging
import time
from collections.abc import Awaitable, Callable

from edge_agent import service
from edge_agent.agent.sight import Sight
from edge_agent.agent.training import Training
from edge_agent.errors import PermanentError
from edge_agent.journal.running import Anchor, LeftBehind
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Session
from edge_agent.sessions.facts import SessionMark

logger = logging.getLogger(__name__)

_KEEP_UNCHANGED_EVERY_S = 30.0
_RESUMABLE_S = 120.0
"""A session that was kept no longer ago than this may go on: as long as one lasts without a picture."""

ComeBack = Callable[[Session], Awaitable[float]]
"""Takes whoever trained as trainee again, and returns their body weight in kg."""


class Recovering:
    """Journals what runs, and puts back what was left behind."""

    def __init__(self, journal: JournalWorker, training: Training, sight: Sight) -> None:
        self._journal = journal
        self._training = training
        self._sight = sight
        self._kept: SessionMark | None = None
        self._kept_s = float("-inf")

    @property
    def is_due(self) -> bool:
        """Whether a set has begun or ended since the session was kept."""
        builder = self._training.builder
        return builder is not None and self._kept is not None and builder.mark.is_other_set(self._kept)

    async def keep(self) -> bool:
        """Journal the running session: when it has changed, and now and then while somebody is there.

        Returns whether it did. Raises `TemporaryError`.
        """
        builder, kept_s = self._training.builder, time.monotonic()
        if builder is None:
            return False
        mark = builder.mark
        if mark == self._kept and not (self._training.present and kept_s - self._kept_s >= _KEEP_UNCHANGED_EVERY_S):
            return False
        anchor = Anchor(started_s=kept_s - (self._sight.now().time_s - builder.start_s), kept_s=kept_s)
        await self._journal.keep_running(builder.session(interrupted=True), anchor)
        self._kept, self._kept_s = mark, kept_s
        return True

    async def drop(self) -> bool:
        """Forget what is kept of the running session, which is not to be kept. Raises `TemporaryError`."""
        builder = self._training.builder
        if builder:
            await self._journal.discard_running(builder.session_id)
        return False

    def forget(self) -> None:
        """What is kept of the running session is out of date: keep it anew."""
        self._kept = None

    async def recover(self, come_back: ComeBack) -> list[Session]:
        """Go on with the session that was left a moment ago; return the others, to be saved as interrupted."""
        all_left = await self._journal.left_running()
        if all_left and await self._resume(all_left[-1], come_back):
            all_left.pop()
        for left in all_left:
            logger.warning("session %s was interrupted with %d reps", left.session.session_id, left.session.reps)
        return [left.session for left in all_left]

    async def _resume(self, left: LeftBehind, come_back: ComeBack) -> bool:
        """Put the session back if it is fresh. After another boot nobody knows how long ago it was kept."""
        session, anchor = left.session, left.anchor
        if anchor is None or session.boot_id != service.boot_id():
            return False
        if not 0 <= time.monotonic() - anchor.kept_s <= _RESUMABLE_S:
            return False
        weight_kg = await come_back(session)
        # Until the first frame this kiosk's clock is the monotonic one, which the anchor was read from.
        try:
            self._training.resume(session, anchor.started_s, weight_kg, self._sight.now())
        except PermanentError as error:
            logger.warning("session %s can't go on: %s", session.session_id, error)
            return False
        logger.warning("session %s goes on with %d reps", session.session_id, session.reps)
        return True
