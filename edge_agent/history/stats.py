"""Figures of one member from their sessions. Pure: "today" is an argument."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Protocol

from edge_agent.history.figures import (
    BEST_KINDS,
    Best,
    BestKind,
    MemberFigures,
    PeriodTotals,
    Run,
    Streaks,
    Totals,
    Trend,
)
from edge_agent.history.sets import DoneSet, day_of, done_sets, monday, one_rep_max_kg
from edge_agent.records import Session


def member_figures(sessions: Sequence[Session], today: date, since: date | None = None) -> MemberFigures:
    """Return all figures of sessions that began on `since` or later."""
    wanted = [one for one in sessions if since is None or day_of(one) >= since]
    return MemberFigures(
        totals=totals(wanted),
        weeks=by_period(wanted, monday),
        months=by_period(wanted, lambda day: day.replace(day=1)),
        streaks=streaks((day_of(one) for one in wanted), today),
        bests=bests(one for session in wanted for one in done_sets(session)),
        trends=trends(wanted),
    )


class Totalled(Protocol):
    """What totals need of a session."""

    @property
    def reps(self) -> int: ...

    @property
    def duration_s(self) -> float: ...

    @property
    def calories_kcal(self) -> float | None: ...

    @property
    def accuracy(self) -> float | None: ...


def totals(sessions: Sequence[Totalled]) -> Totals:
    """Return what sessions add up to."""
    accuracies = [one.accuracy for one in sessions if one.accuracy is not None]
    return Totals(
        sessions=len(sessions),
        reps=sum(one.reps for one in sessions),
        duration_s=sum(one.duration_s for one in sessions),
        calories_kcal=sum(one.calories_kcal or 0.0 for one in sessions),
        accuracy=sum(accuracies) / len(accuracies) if accuracies else None,
    )


def by_period(sessions: Iterable[Session], start_of: Callable[[date], date]) -> tuple[PeriodTotals, ...]:
    """Return totals of each period with a session; `start_of` returns the first day of a day's period."""
    periods: dict[date, list[Session]] = defaultdict(list)
    for session in sessions:
        periods[start_of(day_of(session))].append(session)
    return tuple(PeriodTotals(start=start.isoformat(), totals=totals(periods[start])) for start in sorted(periods))


def streaks(days: Iterable[date], today: date) -> Streaks:
    """Return the current and the longest run. Days to come, which a wrong clock has written, do not count."""
    runs: list[list[date]] = []
    for day in sorted({day for day in days if day <= today}):
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    found = [Run(first=run[0].isoformat(), last=run[-1].isoformat(), days=len(run)) for run in runs]
    is_current = bool(runs) and today - runs[-1][-1] <= timedelta(days=1)
    return Streaks(
        current=found[-1] if is_current else None,
        longest=max(found, key=lambda run: (run.days, run.last), default=None),
    )


def bests(sets: Iterable[DoneSet]) -> tuple[Best, ...]:
    """Return personal records of working sets, by exercise, kind, and verified ones before claimed ones.

    Equal values: the better of the other figure (reps of a weight, else weight), then whoever was there first.
    """
    claims: dict[tuple[str, bool], list[_Claim]] = defaultdict(list)
    for one in sets:
        if one.working:
            for claim in _claims(one):
                claims[one.exercise, not claim[1]].append(claim)
    return tuple(
        best
        for exercise in sorted({exercise for exercise, _ in claims})
        for kind in BEST_KINDS
        for is_claimed in (False, True)
        if (best := _best_of(claims.get((exercise, is_claimed), ()), kind))
    )


_Claim = tuple[DoneSet, bool, int]
"""A set, whether it is verified, and with how many reps."""


def _best_of(claims: Sequence[_Claim], kind: BestKind) -> Best | None:
    values = [_value(one, reps, kind) for one, _, reps in claims]
    most = max((value for value in values if value is not None), default=None)
    if most is None:
        return None
    equal = [claim for claim, value in zip(claims, values, strict=True) if value == most]
    return _best(min(equal, key=lambda claim: _rank(claim, kind)), kind, most)


def _rank(claim: _Claim, kind: BestKind) -> tuple[float, date, str, int]:
    """Return what decides between records of one value."""
    one, _, reps = claim
    other = reps if kind == "weight" else one.weight_kg or 0.0
    return -other, one.day, one.session_id, one.number


def _claims(one: DoneSet) -> Iterator[_Claim]:
    """Return what a set may be a record with: what was seen of it, and beyond that what is told."""
    if one.verified:
        yield one, True, one.seen_reps
    if not one.verified or one.reps > one.seen_reps:
        yield one, False, one.reps


def _value(one: DoneSet, reps: int, kind: BestKind) -> float | None:
    """Return what a set of so many reps is worth as a record, or None if it can't be one."""
    match kind:
        case "weight":
            return one.weight_kg if reps > 0 else None
        case "one_rep_max":
            return one_rep_max_kg(one.weight_kg, reps)
        case "reps":
            return reps if reps > 0 else None
        case "hold":
            return one.hold_ms / 1000 if one.hold_ms > 0 else None


def _best(claim: _Claim, kind: BestKind, value: float) -> Best:
    one, verified, reps = claim
    return Best(
        exercise=one.exercise,
        kind=kind,
        verified=verified,
        value=value,
        reps=reps,
        weight_kg=one.weight_kg,
        session_id=one.session_id,
        day=one.day.isoformat(),
    )


def trends(sessions: Iterable[Session]) -> tuple[Trend, ...]:
    """Return what each exercise came to in each week, by exercise and week."""
    weeks: dict[tuple[str, date], list[DoneSet]] = defaultdict(list)
    for session in sessions:
        for one in done_sets(session):
            if one.working:
                weeks[one.exercise, monday(one.day)].append(one)
    return tuple(_trend(exercise, week, weeks[exercise, week]) for exercise, week in sorted(weeks))


def _trend(exercise: str, week: date, sets: Sequence[DoneSet]) -> Trend:
    return Trend(
        exercise=exercise,
        week=week.isoformat(),
        sets=len(sets),
        reps=sum(one.reps for one in sets),
        best_weight_kg=_most(sets, "weight"),
        best_one_rep_max_kg=_most(sets, "one_rep_max"),
        volume_kg=sum((one.weight_kg or 0.0) * one.reps for one in sets),
        hold_s=sum(one.hold_ms for one in sets) / 1000,
    )


def _most(sets: Iterable[DoneSet], kind: BestKind) -> float | None:
    return max((value for one in sets if (value := _value(one, one.reps, kind)) is not None), default=None)
