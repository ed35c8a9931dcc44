"""What workouts add up to in days, weeks and months of the gym's calendar. Pure: "today" is an argument."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from edge_agent.history.answers import (
    Card,
    Cards,
    DayFigure,
    MixPart,
    Span,
    Stats,
    Step,
    VolumePoint,
    Wanted,
)
from edge_agent.history.calendar import EARLIEST, LATEST, Calendar, before, steps
from edge_agent.history.stats import totals
from edge_agent.history.workouts import Part, Workout, chosen

MOST_POINTS = 1000
"""Of a chart; of longer times it has the newest."""


def cards(workouts: Sequence[Workout], calendar: Calendar, today: date) -> Cards:
    """Return the running week and month beside the same part of the ones before, and all there is."""
    return Cards(
        week=_card(workouts, calendar.week_of(today), today, "week"),
        month=_card(workouts, today.replace(day=1), today, "month"),
        all_time=totals(workouts),
    )


def _card(workouts: Sequence[Workout], start: date, today: date, step: Step) -> Card:
    """A month before that is shorter than the running one is over as a whole."""
    start_before = before(start, step)
    end_before = min(start_before + (today - start), start - timedelta(days=1))
    return Card(
        start=start.isoformat(),
        now=totals(chosen(workouts, Wanted(since=start, until=today))),
        before=totals(chosen(workouts, Wanted(since=start_before, until=end_before))),
    )


def stats(workouts: Sequence[Workout], calendar: Calendar, today: date, span: Span) -> Stats:
    """Return totals of today, of the running week or month, or of all there is."""
    starts = {"today": today, "week": calendar.week_of(today), "month": today.replace(day=1), "all": None}
    since = starts[span]
    summed = totals(workouts if since is None else chosen(workouts, Wanted(since=since, until=today)))
    return Stats(
        total_sessions=summed.sessions,
        total_reps=summed.reps,
        average_accuracy=summed.accuracy,
        total_duration=summed.duration_s,
    )


def volume(
    workouts: Sequence[Workout], calendar: Calendar, today: date, wanted: Wanted, step: Step
) -> tuple[VolumePoint, ...]:
    """Return a point for each step from `since` or the first workout until `until` or today; at most a thousand.

    With an exercise, sets, reps, volume and seconds held are of that exercise alone, durations of the whole workouts.
    """
    until = min(wanted.until or today, LATEST)
    found = chosen(workouts, Wanted(since=wanted.since, until=until, exercise=wanted.exercise, source=wanted.source))
    by_start: dict[date, list[Workout]] = defaultdict(list)
    starts: dict[str, date] = {}
    for one in found:
        start = starts.get(one.day) or calendar.start(date.fromisoformat(one.day), step)
        starts[one.day] = start
        by_start[start].append(one)
    first = calendar.start(max(wanted.since, EARLIEST), step) if wanted.since else min(by_start, default=None)
    if first is None:
        return ()
    last = calendar.start(max(until, EARLIEST), step)
    some_more = calendar.start(last - MOST_POINTS * _LONGEST[step], step)
    drawn = list(steps(max(first, some_more), last, step))[-MOST_POINTS:]
    return tuple(_point(start, by_start.get(start, ()), wanted.exercise) for start in drawn)


_LONGEST: dict[Step, timedelta] = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}


def _point(start: date, workouts: Sequence[Workout], exercise: str | None) -> VolumePoint:
    parts = [part for one in workouts for part in one.parts if exercise in {None, part.exercise}]
    return VolumePoint(
        start=start.isoformat(),
        sessions=len(workouts),
        sets=sum(one.sets for one in parts),
        reps=sum(one.reps for one in parts),
        volume_kg=sum(one.volume_kg for one in parts),
        hold_s=sum(one.hold_s for one in parts),
        duration_s=sum(one.duration_s for one in workouts),
    )


def mix(workouts: Iterable[Workout]) -> tuple[MixPart, ...]:
    """Return what share of all sets each exercise has, the largest first; the name is the newest workout's.

    Workouts come oldest first.
    """
    by_exercise: dict[str, list[Part]] = defaultdict(list)
    for one in workouts:
        for part in one.parts:
            by_exercise[part.exercise].append(part)
    all_sets = sum(part.sets for parts in by_exercise.values() for part in parts)
    found = [
        MixPart(
            exercise=exercise,
            name=parts[-1].name,
            sets=(sets := sum(part.sets for part in parts)),
            reps=sum(part.reps for part in parts),
            hold_s=sum(part.hold_s for part in parts),
            share=sets / all_sets,
        )
        for exercise, parts in by_exercise.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.sets, one.exercise)))


def days(workouts: Iterable[Workout], year: int) -> tuple[DayFigure, ...]:
    """Return the days of a year on which there was a workout."""
    by_day: dict[str, list[Workout]] = defaultdict(list)
    prefix = f"{year:04d}-"
    for one in workouts:
        if one.day.startswith(prefix):
            by_day[one.day].append(one)
    return tuple(
        DayFigure(
            day=day,
            sessions=len(found),
            reps=sum(one.reps for one in found),
            duration_s=sum(one.duration_s for one in found),
        )
        for day, found in sorted(by_day.items())
    )
