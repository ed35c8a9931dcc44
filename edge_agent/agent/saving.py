"""Saving finished sessions, one after the other, for as long as it takes.

A session stays in memory and in the journal's running slot until the journal has it. Full disks and failed writes are
tried again with growing pauses; the fault is told in words when it begins and cleared when it ends.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from edge_agent.errors import PermanentError, TemporaryError
from edge_agent.phrase import Phrase
from edge_agent.records import Session

logger = logging.getLogger(__name__)

_PAUSES_S = (1.0, 2.0, 5.0, 15.0, 60.0)


class Saver:
    """Owns the sessions that are finished and not yet saved, oldest first."""

    def __init__(
        self,
        save: Callable[[Session], Awaitable[None]],
        on_trouble: Callable[[str], None],
    ) -> None:
        self._save = save
        self._on_trouble = on_trouble
        self._waiting: deque[tuple[Session, asyncio.Future[None]]] = deque()
        self._arrived = asyncio.Event()

    def add(self, session: Session) -> asyncio.Future[None]:
        """Take a finished session; the future is done once it is saved."""
        saved: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((session, saved))
        self._arrived.set()
        return saved

    @property
    def newest(self) -> asyncio.Future[None] | None:
        """The future of the session added last that is not saved yet."""
        return self._waiting[-1][1] if self._waiting else None

    @property
    def unsaved(self) -> tuple[Session, ...]:
        return tuple(session for session, _ in self._waiting)

    async def run(self) -> None:
        """Save what arrives until cancelled."""
        while True:
            await self._arrived.wait()
            while self._waiting:
                await self._save_first()
            self._arrived.clear()

    async def drain(self) -> None:
        """Try each waiting session once; for the way out. What fails stays in the journal's running slot."""
        while self._waiting:
            session, saved = self._waiting.popleft()
            try:
                await self._save(session)
            except TemporaryError as error:
                logger.error("session %s is not saved: %s", session.session_id, error)
            except PermanentError as error:
                _refuse(session, saved, error)
            else:
                _resolve(saved)

    async def _save_first(self) -> None:
        session, saved = self._waiting[0]
        attempt = 0
        while True:
            try:
                await self._save(session)
                break
            except TemporaryError as error:
                if attempt == 0:
                    logger.error("session %s is not saved yet: %s", session.session_id, error)
                self._on_trouble(Phrase("Not saved yet: {reason}", reason=error.phrase))
                await asyncio.sleep(_PAUSES_S[min(attempt, len(_PAUSES_S) - 1)])
                attempt += 1
            except PermanentError as error:
                self._waiting.popleft()
                self._on_trouble(Phrase("A workout can't be saved: {reason}", reason=error.phrase))
                _refuse(session, saved, error)
                return
        if attempt:
            logger.warning("session %s is saved after %d failed attempts", session.session_id, attempt)
            self._on_trouble("")
        self._waiting.popleft()
        _resolve(saved)


def _refuse(session: Session, saved: asyncio.Future[None], error: PermanentError) -> None:
    """What is kept of the session in the journal's running slot stays there."""
    logger.error("session %s can't be saved: %s", session.session_id, error)
    if not saved.done():
        saved.set_exception(error)
        saved.exception()  # heard, even when nobody waits


def _resolve(saved: asyncio.Future[None]) -> None:
    if not saved.done():
        saved.set_result(None)
