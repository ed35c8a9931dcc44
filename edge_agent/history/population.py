"""Figures of a gym's members together, of which none speaks of fewer than five of them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from edge_agent.history.figures import SMALLEST_GROUP, GymExercise, GymMonth, PopulationFigures
from edge_agent.history.sets import DoneSet, day_of, done_sets
from edge_agent.history.stats import totals
from edge_agent.records import Session


def population(
    sessions: Iterable[Session], gyms: Mapping[str, str], today: date, since: date | None = None
) -> PopulationFigures:
    """Return figures of the months that began on `since` or later and are over; `gyms` by device."""
    months: dict[tuple[str, str], list[Session]] = defaultdict(list)
    for session in sessions:
        day = day_of(session)
        if first_month(since) <= day < today.replace(day=1):
            months[gyms.get(session.device_id, ""), day.isoformat()[:7]].append(session)
    counted = [_month(*group, months[group]) for group in sorted(months)]
    exercises = [one for group in sorted(months) for one in _exercises(*group, months[group])]
    return PopulationFigures(
        months=tuple(one for one in counted if one.members >= SMALLEST_GROUP),
        exercises=tuple(one for one in exercises if one.members >= SMALLEST_GROUP),
    )


def first_month(since: date | None) -> date:
    """Return the first day of the first month that begins on `since` or later."""
    if since is None:
        return date.min
    if since.day == 1:
        return since
    return date(since.year + since.month // 12, since.month % 12 + 1, 1)


def _month(gym: str, month: str, sessions: list[Session]) -> GymMonth:
    together = totals(sessions)
    return GymMonth(
        gym=gym,
        month=month,
        members=len({one.user_id for one in sessions}),
        sessions=together.sessions,
        duration_s=together.duration_s,
        accuracy=together.accuracy,
    )


def _exercises(gym: str, month: str, sessions: list[Session]) -> list[GymExercise]:
    sets: dict[str, list[tuple[str, DoneSet]]] = defaultdict(list)
    for session in sessions:
        for one in done_sets(session):
            if one.working:
                sets[one.exercise].append((session.user_id, one))
    return [
        GymExercise(
            gym=gym,
            month=month,
            exercise=exercise,
            members=len({user_id for user_id, _ in done}),
            sets=len(done),
            reps=sum(one.reps for _, one in done),
        )
        for exercise, done in sorted(sets.items())
    ]
