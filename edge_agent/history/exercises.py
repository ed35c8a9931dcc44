"""One exercise through the years, and a member's records in all of them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from edge_agent.history.answers import (
    ExerciseHistory,
    Performance,
    PerformedSet,
    PersonalBest,
    PersonalBests,
    TrendPoint,
)
from edge_agent.history.figures import BEST_KINDS, Best
from edge_agent.history.sets import EPLEY_REPS, MOST_REPS_OF_ESTIMATE, DoneSet, one_rep_max_kg
from edge_agent.history.stats import bests
from edge_agent.history.workouts import Workout, part_of, volume_kg

FORMULA = f"w × (1 + r / {EPLEY_REPS}), 1 ≤ r ≤ {MOST_REPS_OF_ESTIMATE} (Epley 1985)"  # noqa: RUF001 - a formula


def exercise_history(workouts: Iterable[Workout], exercise: str) -> ExerciseHistory:
    """Return the trend of an exercise; workouts come oldest first. The name is the key when it was never done."""
    done = [(one, [a_set for a_set in one.sets if a_set.exercise == exercise]) for one in workouts]
    done = [(one, sets) for one, sets in done if sets]
    working = [(one, kept) for one, sets in done if (kept := [a_set for a_set in sets if a_set.working])]
    newest = part_of(done[-1][0], exercise) if done else None
    return ExerciseHistory(
        exercise=exercise,
        name=newest.name if newest else exercise,
        formula=FORMULA,
        points=tuple(_point(day, list(of_day)) for day, of_day in groupby(working, key=lambda pair: pair[0].day)),
        previous=_performance(*working[-1]) if working else None,
        bests=bests(a_set for _, sets in working for a_set in sets),
    )


def _point(day: str, done: Sequence[tuple[Workout, list[DoneSet]]]) -> TrendPoint:
    """Return the working sets of one day; the workout that is named is the last one."""
    sets = [one for _, of_workout in done for one in of_workout]
    weights = [one.weight_kg for one in sets if one.weight_kg is not None and one.reps > 0]
    estimates = [estimate for one in sets if (estimate := one_rep_max_kg(one.weight_kg, one.reps)) is not None]
    return TrendPoint(
        day=day,
        session_id=done[-1][0].session_id,
        sets=len(sets),
        reps=sum(one.reps for one in sets),
        best_reps=max(one.reps for one in sets),
        best_weight_kg=max(weights, default=None),
        one_rep_max_kg=max(estimates, default=None),
        volume_kg=sum(volume_kg(one) for one in sets),
        hold_s=sum(one.hold_ms for one in sets) / 1000,
        range_deg=_mean(one.measured[:2] for one in sets),
        score=_mean(one.measured[2:] for one in sets),
        verified=all(one.verified for one in sets),
    )


def _mean(sums: Iterable[tuple[float, int]]) -> float | None:
    total, count = 0.0, 0
    for part, counted in sums:
        total += part
        count += counted
    return total / count if count else None


def _performance(workout: Workout, sets: Sequence[DoneSet]) -> Performance:
    return Performance(
        session_id=workout.session_id,
        day=workout.day,
        sets=tuple(
            PerformedSet(reps=one.reps, weight_kg=one.weight_kg, hold_s=one.hold_ms / 1000 or None, rpe=one.rpe)
            for one in sets
        ),
    )


def personal_bests(workouts: Sequence[Workout], exercise: str | None = None) -> PersonalBests:
    """Return records by exercise and kind; what was only told stands beside what was seen, and only if it is better.

    Workouts come oldest first.
    """
    names = {part.exercise: part.name for one in workouts for part in one.parts}
    sets = (one for workout in workouts for one in workout.sets if exercise in {None, one.exercise})
    by_kind: dict[tuple[str, str], dict[bool, Best]] = defaultdict(dict)
    for best in bests(sets):
        by_kind[best.exercise, best.kind][best.verified] = best
    return PersonalBests(
        bests=tuple(
            PersonalBest(
                exercise=key,
                name=names[key],
                kind=kind,
                verified=(verified := found.get(True)),
                claimed=_if_better(found.get(False), verified),
            )
            for key in sorted(names)
            for kind in BEST_KINDS
            if (found := by_kind.get((key, kind)))
        )
    )


def _if_better(claimed: Best | None, verified: Best | None) -> Best | None:
    return claimed if claimed and (verified is None or claimed.value > verified.value) else None
