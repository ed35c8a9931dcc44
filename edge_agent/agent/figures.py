"""A member's history as the pages ask for it (`interface.History`), from the journal, at the gym's present day."""

from collections.abc import Callable
from datetime import date
from typing import Protocol, TypeVar

import msgspec

from edge_agent.agent.wall import WallClock
from edge_agent.config import Config
from edge_agent.errors import PermanentError
from edge_agent.history.answers import (
    Cards,
    DayFigure,
    ExerciseHistory,
    MixPart,
    PersonalBests,
    Sort,
    Span,
    Stats,
    Step,
    StreakFigures,
    SummaryPage,
    VolumePoint,
    Wanted,
)
from edge_agent.history.calendar import Calendar
from edge_agent.history.listing import Page
from edge_agent.history.member import MemberHistory
from edge_agent.history.workouts import Workout, summary
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import SyncState

T = TypeVar("T")


class HandedOver(Protocol):
    """Whether the broker has taken a version, by kind of record, key and rev."""

    def __call__(self, entity: str, key: str, rev: str) -> bool: ...


class Figures:
    """Implements `interface.History`."""

    def __init__(self, journal: JournalWorker, config: Config, handed_over: HandedOver) -> None:
        self._journal = journal
        self._wall = WallClock(config.time_zone)
        self._calendar = Calendar(
            time_zone=config.time_zone,
            week_starts=config.gym.week_starts,
            day_starts_hour=config.gym.day_starts_hour,
        )
        self._handed_over = handed_over

    async def sessions(self, user_id: str, wanted: Wanted, sort: Sort, limit: int, cursor: str | None) -> SummaryPage:
        def found(history: MemberHistory, journal: Journal) -> tuple[Page, list[SyncState]]:
            page = history.page(wanted, sort, limit, cursor)
            return page, [journal.state_of(one) for one in page.workouts]

        page, states = await self._journal.history(user_id, self._calendar, found)
        told = zip(page.workouts, states, strict=True)
        return SummaryPage(
            sessions=tuple(summary(one, self._further(one, state)) for one, state in told),
            total=page.total,
            next_cursor=page.next_cursor,
        )

    def _further(self, one: Workout, state: SyncState) -> SyncState:
        """Return the state with what the broker knows; of no use in the journal's thread."""
        is_on_its_way = state == "saved" and self._handed_over("session", one.session_id, one.rev)
        return "handed_over" if is_on_its_way else state

    async def cards(self, user_id: str) -> Cards:
        return await self._ask(user_id, lambda history, today: history.cards(today))

    async def volume(self, user_id: str, wanted: Wanted, step: Step) -> tuple[VolumePoint, ...]:
        return await self._ask(user_id, lambda history, today: history.volume(wanted, step, today))

    async def mix(self, user_id: str, wanted: Wanted) -> tuple[MixPart, ...]:
        return await self._ask(user_id, lambda history, _: history.mix(wanted))

    async def days(self, user_id: str, year: int | None = None) -> tuple[DayFigure, ...]:
        return await self._ask(user_id, lambda history, today: history.days(year or today.year))

    async def exercise(self, user_id: str, exercise: str, wanted: Wanted) -> ExerciseHistory:
        return await self._ask(user_id, lambda history, _: history.exercise(exercise, wanted))

    async def bests(self, user_id: str, exercise: str | None = None) -> PersonalBests:
        return await self._ask(user_id, lambda history, _: history.bests(exercise))

    async def streaks(self, user_id: str) -> StreakFigures:
        today = self._today()
        return await self._journal.history(
            user_id, self._calendar, lambda history, journal: history.streaks(today, _planned_days(journal, user_id))
        )

    async def stats(self, user_id: str, span: Span) -> Stats:
        return await self._ask(user_id, lambda history, today: history.stats(span, today))

    async def _ask(self, user_id: str, question: Callable[[MemberHistory, date], T]) -> T:
        today = self._today()
        return await self._journal.history(user_id, self._calendar, lambda history, _: question(history, today))

    def _today(self) -> date:
        return self._calendar.day_of(self._wall.now())


class _Profile(msgspec.Struct, frozen=True):
    planned_days: tuple[int, ...] = ()


class _Member(msgspec.Struct, frozen=True):
    """What is read of a member's record."""

    profile: _Profile = _Profile()


def _planned_days(journal: Journal, user_id: str) -> tuple[int, ...]:
    """Return the weekdays a member means to train on; none without a record that says."""
    try:
        planned = msgspec.convert(journal.record("member", user_id), _Member).profile.planned_days
    except (PermanentError, msgspec.ValidationError):
        return ()
    return tuple(day for day in planned if 0 <= day <= 6)
