"""A member's history in figures, read fast: lists with filters, cards, charts, records and trends."""

from typing import Protocol

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


class History(Protocol):
    """Each method is about one member; without workouts all is empty. Wrong cursors raise `PermanentError`."""

    async def sessions(
        self, user_id: str, wanted: Wanted, sort: Sort, limit: int, cursor: str | None
    ) -> SummaryPage: ...

    async def cards(self, user_id: str) -> Cards:
        """Return this week and month beside the same part of the ones before."""
        ...

    async def volume(self, user_id: str, wanted: Wanted, step: Step) -> tuple[VolumePoint, ...]:
        """Return a point for each step, empty ones included, oldest first."""
        ...

    async def mix(self, user_id: str, wanted: Wanted) -> tuple[MixPart, ...]:
        """Return what share of the sets each exercise has, largest first."""
        ...

    async def days(self, user_id: str, year: int | None = None) -> tuple[DayFigure, ...]:
        """Return the days of a year, by default the gym's present one, on which something was done."""
        ...

    async def exercise(self, user_id: str, exercise: str, wanted: Wanted) -> ExerciseHistory:
        """Return the trend of one exercise with estimated 1RM, and its previous performance."""
        ...

    async def bests(self, user_id: str, exercise: str | None = None) -> PersonalBests: ...

    async def streaks(self, user_id: str) -> StreakFigures: ...

    async def stats(self, user_id: str, span: Span) -> Stats:
        """Return what earlier clients ask for: totalSessions, totalReps, averageAccuracy, totalDuration."""
        ...
