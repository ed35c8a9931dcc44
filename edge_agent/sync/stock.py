"""Answers the cloud's questions about what this kiosk has, and sends again what the cloud has lost.

A question changes nothing, so one that cannot be answered is dropped: whoever asked asks again.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from edge_agent import stocktaking
from edge_agent.digests import Version, day_of, digest_days
from edge_agent.errors import TemporaryError
from edge_agent.stocktaking import Again, Answer, AskAgain, AskDays, Question

logger = logging.getLogger(__name__)

_QUESTIONS_WAITING = 8

Place = tuple[int, int]


class StockStore(Protocol):
    """The journal as seen here. Its methods may raise `TemporaryError`."""

    async def versions(self, place: Place = (0, 0), limit: int = 500) -> tuple[list[Version], Place | None]:
        """Return living versions, page by page, with the place of the next page or None."""
        ...

    async def send_again(self, names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Have records sent again though they were confirmed; return which are not here."""
        ...


class Stock:
    """Belongs to one event loop."""

    def __init__(self, device_id: str, store: StockStore) -> None:
        self._own = f"-{device_id}"
        self._store = store
        self._questions: list[Question] = []
        self._wake = asyncio.Event()

    def takes(self, payload: bytes, properties: Mapping[str, str]) -> bool:
        """Take a message if it is a question."""
        question = stocktaking.read_question(payload, properties)
        if question and len(self._questions) < _QUESTIONS_WAITING:
            self._questions.append(question)
            self._wake.set()
        return question is not None

    async def run(self, publish: Callable[[bytes], object], hurry: Callable[[], None]) -> None:
        """Answer until cancelled; `hurry` is called once something is to be sent again."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._questions:
                question = self._questions.pop(0)
                try:
                    answers = await self._answers(question)
                except TemporaryError as error:
                    logger.error("a question of the cloud is not answered: %s", error)
                    continue
                for answer in answers:
                    publish(stocktaking.encode(answer))
                if isinstance(question, AskAgain):
                    hurry()

    async def _answers(self, question: Question) -> Sequence[Answer]:
        match question:
            case AskDays():
                return stocktaking.days_parts(question.id, digest_days(await self._versions(None)))
            case AskAgain():
                unknown = await self._store.send_again(question.names)
                logger.warning("the cloud asked for %d records again", len(question.names) - len(unknown))
                return [Again(id=question.id, unknown=tuple(unknown))]
            case _:
                return stocktaking.versions_parts(question.id, await self._versions(set(question.days)))

    async def _versions(self, days: set[str] | None) -> list[Version]:
        """Return the living versions made here, of some days; page by page, so that a save never waits for all."""
        found: list[Version] = []
        place: Place | None = (0, 0)
        while place:
            page, place = await self._store.versions(place)
            own = (one for one in page if one.rev.endswith(self._own))
            found += (one for one in own if days is None or day_of(one.rev) in days)
        return found
