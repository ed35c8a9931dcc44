"""What to tell a member after training: few points, each backed by a figure that was measured."""

from collections import Counter

from edge_agent.records import ExerciseEntry, Rep

_ENOUGH_REPS = 4
_NOTABLE_LOSS = 0.15
"""Share of range or speed lost over a set that is worth a word; less is within what landmarks can tell."""


def feedback_points(entries: tuple[ExerciseEntry, ...]) -> tuple[str, ...]:
    """Return one to four sentences for each exercise, in the order they were done."""
    points: list[str] = []
    for entry in entries:
        reps = [rep for workout_set in entry.sets for rep in workout_set.reps]
        if reps:
            points += _exercise_points(entry.name, reps)
    return tuple(points)


def _exercise_points(name: str, reps: list[Rep]) -> list[str]:
    full = sum(rep.full for rep in reps)
    points = [f"{name}: {full} of {len(reps)} reps over the full range{_mean_range(reps)}."]
    faults = Counter(fault.text for rep in reps for fault in rep.faults)
    points += [f"{name}: {text} in {count} of {len(reps)} reps." for text, count in faults.most_common(2)]
    points += _fatigue_point(name, reps)
    doubtful = sum(rep.doubtful for rep in reps)
    if doubtful:
        points.append(f"{name}: {doubtful} of {len(reps)} reps could not be seen well enough to be sure.")
    return points


def _mean_range(reps: list[Rep]) -> str:
    ranges = [rep.rom_deg for rep in reps if rep.rom_deg is not None]
    return f", {sum(ranges) / len(ranges):.0f}° on average" if ranges else ""


def _fatigue_point(name: str, reps: list[Rep]) -> list[str]:
    """Compare the concentric time of the last third with that of the first third."""
    third = len(reps) // 3
    if len(reps) < _ENOUGH_REPS or third == 0:
        return []
    first = sum(rep.concentric_s for rep in reps[:third]) / third
    last = sum(rep.concentric_s for rep in reps[-third:]) / third
    if first <= 0 or last / first - 1 < _NOTABLE_LOSS:
        return []
    return [f"{name}: the last reps were {(last / first - 1) * 100:.0f} % slower than the first."]
