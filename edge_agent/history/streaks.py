"""Days and weeks of training in a row. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from edge_agent.history.answers import StreakFigures
from edge_agent.history.calendar import Calendar
from edge_agent.history.figures import Run

_EVERY_DAY = tuple(range(7))


def streak_figures(
    trained: Iterable[date], calendar: Calendar, today: date, planned_days: Sequence[int] = ()
) -> StreakFigures:
    """Return the runs of training days; a planned weekday (0 is Monday) without training breaks one, others do not.

    Whatever is trained counts, planned or not. Today breaks nothing before it is over, and days to come, which a wrong
    clock has written, do not count.
    """
    days = sorted({day for day in trained if day <= today})
    planned = frozenset(planned_days) or frozenset(_EVERY_DAY)
    runs: list[list[date]] = []
    for day in days:
        if runs and not _missed(runs[-1][-1], day, planned):
            runs[-1].append(day)
        else:
            runs.append([day])
    found = [Run(first=run[0].isoformat(), last=run[-1].isoformat(), days=len(run)) for run in runs]
    is_current = bool(days) and not _missed(days[-1], today, planned)
    return StreakFigures(
        current=found[-1] if is_current else None,
        longest=max(found, key=lambda run: (run.days, run.last), default=None),
        weeks=_weeks({calendar.week_of(day) for day in days}, calendar.week_of(today)),
        planned_days=tuple(sorted(set(planned_days))),
        trained_today=bool(days) and days[-1] == today,
    )


def _missed(day: date, later: date, planned: frozenset[int]) -> bool:
    """Whether a planned day lies between two days."""
    between = (later - day).days - 1
    if between >= 7:
        return True
    return any((day.weekday() + step) % 7 in planned for step in range(1, between + 1))


def _weeks(trained: set[date], this_week: date) -> int:
    week = this_week if this_week in trained else this_week - timedelta(days=7)
    count = 0
    while week in trained:
        count += 1
        week -= timedelta(days=7)
    return count
