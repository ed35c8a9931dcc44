"""What a cloud database computes from the sessions in it, by itself: the figures of `history`, whichever database.

`history.stats` and `history.population` say what each figure means.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from edge_agent.history.figures import (
    BEST_KINDS,
    Best,
    GymExercise,
    GymMonth,
    MemberFigures,
    PeriodTotals,
    PopulationFigures,
    Run,
    Streaks,
    Totals,
)
from edge_agent.history.population import first_month


class Reports(Protocol):
    """The reports of an open store, used from the store's thread. All methods raise `TemporaryError`."""

    def member(self, user_id: str, today: date, since: date | None = None) -> MemberFigures:
        """Return a member's figures of what began on `since` or later; `today` is where the member trains."""
        ...

    def population(self, today: date, since: date | None = None) -> PopulationFigures:
        """Return figures of groups, of the months that began on `since` or later and are over."""
        ...


def since_text(since: date | None) -> str:
    """Return what all days to be counted are not below, as text."""
    return since.isoformat() if since else ""


def totals(sessions: int, reps: int | None, sums: tuple[float | None, float | None], accuracy: float | None) -> Totals:
    """Return totals from what databases call them; `sums` are seconds and kcal, nothing where there was nothing."""
    return Totals(
        sessions=sessions,
        reps=int(reps or 0),
        duration_s=float(sums[0] or 0.0),
        calories_kcal=float(sums[1] or 0.0),
        accuracy=accuracy,
    )


def streaks(runs: Iterable[tuple[int, int, int]], today: date) -> Streaks:
    """Return the streaks from runs as first and last day's ordinal and length: the last one, then the longest."""
    found = [_run(*run) for run in runs]
    if not found:
        return Streaks()
    last, longest = found[0], found[-1]
    is_current = last.last >= (today - timedelta(days=1)).isoformat()
    return Streaks(current=last if is_current else None, longest=longest)


def _run(first: int, last: int, days: int) -> Run:
    return Run(first=day_text(first), last=day_text(last), days=days)


def day_text(ordinal: int) -> str:
    """Return the day of an ordinal."""
    return date.fromordinal(ordinal).isoformat()


def whole_months(today: date, since: date | None) -> tuple[str, str]:
    """Return the first day to be counted and the first one after, so that only whole months are."""
    return first_month(since).isoformat(), today.replace(day=1).isoformat()


def population(months: Iterable[GymMonth], exercises: Iterable[GymExercise]) -> PopulationFigures:
    """Return figures of groups in order."""
    return PopulationFigures(
        months=tuple(sorted(months, key=lambda one: (one.gym, one.month))),
        exercises=tuple(sorted(exercises, key=lambda one: (one.gym, one.month, one.exercise))),
    )


def in_order(periods: Iterable[PeriodTotals]) -> tuple[PeriodTotals, ...]:
    """Return periods oldest first."""
    return tuple(sorted(periods, key=lambda one: one.start))


def bests_in_order(bests: Iterable[Best]) -> tuple[Best, ...]:
    """Return records by exercise, kind, and verified ones before claimed ones."""
    return tuple(sorted(bests, key=lambda one: (one.exercise, BEST_KINDS.index(one.kind), not one.verified)))
