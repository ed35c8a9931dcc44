"""All workouts of one member, and the answers to what is asked about them. Pure: "today" is an argument."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import TypeVar, cast

from edge_agent.history import listing, periods
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
    VolumePoint,
    Wanted,
)
from edge_agent.history.calendar import Calendar
from edge_agent.history.exercises import exercise_history, personal_bests
from edge_agent.history.streaks import streak_figures
from edge_agent.history.workouts import Workout, chosen

T = TypeVar("T")

MOST_KEPT = 40
"""Answers. Filters can be combined in many ways, most of them once."""


class MemberHistory:
    """Never changes: another workout makes another history. Answers are kept for whoever asks again."""

    def __init__(self, workouts: Iterable[Workout], calendar: Calendar) -> None:
        self.workouts: Sequence[Workout] = sorted(workouts, key=lambda one: (one.instant, one.place))
        """Oldest first."""
        self._calendar = calendar
        self._answers: dict[Hashable, object] = {}

    def page(self, wanted: Wanted, sort: Sort, limit: int, cursor: str | None) -> listing.Page:
        """Return up to `limit` workouts that pass the filters. Raises `PermanentError` for a cursor that is none."""
        found = self._kept(("list", wanted, sort), lambda: listing.ranked(chosen(self.workouts, wanted), sort))
        return listing.page(found, limit, cursor)

    def cards(self, today: date) -> Cards:
        return self._kept(("cards", today), lambda: periods.cards(self.workouts, self._calendar, today))

    def volume(self, wanted: Wanted, step: Step, today: date) -> tuple[VolumePoint, ...]:
        return self._kept(
            ("volume", wanted, step, today),
            lambda: periods.volume(self.workouts, self._calendar, today, wanted, step),
        )

    def mix(self, wanted: Wanted) -> tuple[MixPart, ...]:
        return self._kept(("mix", wanted), lambda: periods.mix(chosen(self.workouts, wanted)))

    def days(self, year: int) -> tuple[DayFigure, ...]:
        return self._kept(("days", year), lambda: periods.days(self.workouts, year))

    def exercise(self, exercise: str, wanted: Wanted) -> ExerciseHistory:
        """Return the trend of one exercise; the filter for an exercise is of no account."""
        since_until = Wanted(since=wanted.since, until=wanted.until, source=wanted.source)
        return self._kept(
            ("exercise", exercise, since_until),
            lambda: exercise_history(chosen(self.workouts, since_until), exercise),
        )

    def bests(self, exercise: str | None = None) -> PersonalBests:
        return self._kept(("bests", exercise), lambda: personal_bests(self.workouts, exercise))

    def streaks(self, today: date, planned_days: tuple[int, ...] = ()) -> StreakFigures:
        return self._kept(
            ("streaks", today, planned_days),
            lambda: streak_figures(
                map(date.fromisoformat, {one.day for one in self.workouts}), self._calendar, today, planned_days
            ),
        )

    def stats(self, span: Span, today: date) -> Stats:
        return self._kept(("stats", span, today), lambda: periods.stats(self.workouts, self._calendar, today, span))

    def _kept(self, question: Hashable, answer: Callable[[], T]) -> T:
        if question in self._answers:
            return cast("T", self._answers[question])
        if len(self._answers) >= MOST_KEPT:
            self._answers.clear()
        found = self._answers[question] = answer()
        return found
