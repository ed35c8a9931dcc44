"""The history of a fake agent: `interface.History` by the product's own queries, over sessions that are at hand."""

from collections.abc import Callable, Iterable
from datetime import date

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
from edge_agent.history.member import MemberHistory
from edge_agent.history.workouts import summary, workout_of
from edge_agent.records import Session, Whereabouts


class FakeHistory:
    """Satisfies `interface.History`; tests and designers set what day it is, the gym's calendar and the plan."""

    def __init__(self, saved: Callable[[], Iterable[tuple[Session, Whereabouts]]]) -> None:
        self.today = date(2026, 11, 21)
        self.calendar = Calendar(time_zone="Europe/Berlin")
        self.planned_days: tuple[int, ...] = ()
        self._saved = saved
        self._places: dict[str, int] = {}

    async def sessions(self, user_id: str, wanted: Wanted, sort: Sort, limit: int, cursor: str | None) -> SummaryPage:
        page = self._of(user_id).page(wanted, sort, limit, cursor)
        states = {session.session_id: where.state for session, where in self._saved()}
        return SummaryPage(
            sessions=tuple(summary(one, states[one.session_id]) for one in page.workouts),
            total=page.total,
            next_cursor=page.next_cursor,
        )

    async def cards(self, user_id: str) -> Cards:
        return self._of(user_id).cards(self.today)

    async def volume(self, user_id: str, wanted: Wanted, step: Step) -> tuple[VolumePoint, ...]:
        return self._of(user_id).volume(wanted, step, self.today)

    async def mix(self, user_id: str, wanted: Wanted) -> tuple[MixPart, ...]:
        return self._of(user_id).mix(wanted)

    async def days(self, user_id: str, year: int | None = None) -> tuple[DayFigure, ...]:
        return self._of(user_id).days(year or self.today.year)

    async def exercise(self, user_id: str, exercise: str, wanted: Wanted) -> ExerciseHistory:
        return self._of(user_id).exercise(exercise, wanted)

    async def bests(self, user_id: str, exercise: str | None = None) -> PersonalBests:
        return self._of(user_id).bests(exercise)

    async def streaks(self, user_id: str) -> StreakFigures:
        return self._of(user_id).streaks(self.today, self.planned_days)

    async def stats(self, user_id: str, span: Span) -> Stats:
        return self._of(user_id).stats(span, self.today)

    def _of(self, user_id: str) -> MemberHistory:
        own = [(session, where.rev) for session, where in self._saved() if session.user_id == user_id]
        for session, _ in reversed(own):
            self._places.setdefault(session.session_id, len(self._places))
        workouts = (workout_of(one, (self._places[one.session_id], rev), self.calendar) for one, rev in own)
        return MemberHistory(workouts, self.calendar)
