"""What to tell a member after training: few points, each backed by a figure that was measured."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from edge_agent.records import ExerciseEntry, Fault, Rep, WorkoutSet
from edge_agent.sessions.held import faults_together
from edge_agent.sessions.set_figures import NOTABLE_LOSS, SetFigures, set_figures

_NOTABLE_SYMMETRY = 0.85
_MOST_FAULTS = 2


def feedback_points(entries: tuple[ExerciseEntry, ...]) -> tuple[str, ...]:
    """Return some sentences for each exercise, in the order they were done."""
    points: list[str] = []
    for entry in entries:
        sets = [one.reps for one in entry.sets if one.reps]
        held = [one for one in entry.sets if one.hold_s]
        if held:
            points.append(f"{entry.name}: {_held_point(held)}")
        if sets:
            points += [f"{entry.name}: {point}" for point in _exercise_points(sets)]
    return tuple(points)


def _held_point(sets: Sequence[WorkoutSet]) -> str:
    """Tell how long something was held and how much of that with which fault, in whole seconds that were completed."""
    held = [one.hold_s or 0.0 for one in sets]
    words = f"held {int(sum(held))} s"
    if len(held) > 1:
        words += f" in {len(held)} sets, {int(max(held))} s the longest"
    faults: tuple[Fault, ...] = ()
    for one in sets:
        faults = faults_together(faults, one.hold_faults)
    return "; ".join([words, *(f"{fault.text} {int(fault.value)} s of it" for fault in faults)]) + "."


def _exercise_points(sets: Sequence[tuple[Rep, ...]]) -> list[str]:
    reps = [rep for one in sets for rep in one]
    full = sum(rep.full for rep in reps)
    points = [f"{full} of {len(reps)} reps over the full range{_mean_range(reps)}."]
    points += _fault_points(reps)
    points += _fatigue_points(sets)
    points += _symmetry_points(reps)
    doubtful = sum(rep.doubtful for rep in reps)
    if doubtful:
        points.append(f"{doubtful} of {len(reps)} reps could not be seen well enough to be sure.")
    return points


def _mean_range(reps: Sequence[Rep]) -> str:
    ranges = [rep.rom_deg for rep in reps if rep.rom_deg is not None]
    return f", {fmean(ranges):.0f}° on average" if ranges else ""


def _fault_points(reps: Sequence[Rep]) -> list[str]:
    """Name the most frequent faults, each with its worst figure and the limit."""
    faults = [fault for rep in reps for fault in rep.faults]
    counts = Counter(fault.key for fault in faults)
    points = []
    for key, count in counts.most_common(_MOST_FAULTS):
        same = [fault for fault in faults if fault.key == key]
        worst = max(same, key=lambda fault: abs(fault.value - fault.threshold))
        points.append(f"{worst.text} in {count} of {len(reps)} reps ({_figure(worst)}).")
    return points


def _figure(fault: Fault) -> str:
    unit = "°" if fault.unit == "deg" else " " + fault.unit
    return f"as far as {fault.value:g}{unit}, limit {fault.threshold:g}"


def _fatigue_points(sets: Sequence[tuple[Rep, ...]]) -> list[str]:
    """Tell what the set that tired most lost."""
    tired: list[tuple[float, str]] = []
    for number, reps in enumerate(sets, start=1):
        figures = set_figures(reps)
        losses = _losses(figures) if figures else {}
        if losses:
            words = " and ".join(f"{loss:.0f} % of the {what}" for what, loss in losses.items())
            where = f"in set {number} the last reps" if len(sets) > 1 else "the last reps"
            tired.append((max(losses.values()), f"{where} lost {words} of the first."))
    return [max(tired)[1]] if tired else []


def _losses(figures: SetFigures) -> dict[str, float]:
    losses = {"speed": figures.speed_loss, "range": figures.range_loss}
    return {what: loss for what, loss in losses.items() if loss is not None and loss >= NOTABLE_LOSS}


def _symmetry_points(reps: Sequence[Rep]) -> list[str]:
    known = [rep.symmetry for rep in reps if rep.symmetry is not None]
    if not known or fmean(known) >= _NOTABLE_SYMMETRY:
        return []
    return [f"one side went {(1 - fmean(known)) * 100:.0f} % less far than the other."]
