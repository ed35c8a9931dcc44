"""`edge-agent exercises`: what can be counted, how well, and what is measured from which side."""

import argparse
from collections.abc import Iterator

from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.exercise_parts import VIEWS, MainJoint
from edge_agent.coaching.own_exercises import all_exercises
from edge_agent.coaching.view_counts import measured
from edge_agent.commands.settings import from_options


def main(options: argparse.Namespace) -> int:
    """Print a table, or with `--names` one key a line."""
    exercises = all_exercises(from_options(options).session.exercise_folder)
    if options.names:
        print("\n".join(exercises))
        return 0
    rows = [("KEY", "NAME", "COUNTED", "MUSCLES"), *map(_row, exercises.values())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    details: list[list[str]] = [[], *(list(_details(exercise)) for exercise in exercises.values())]
    for row, lines in zip(rows, details, strict=True):
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        for line in lines:
            print(f"{'':{widths[0]}}  {line}")
    return 0


def _row(exercise: Exercise) -> tuple[str, ...]:
    counted = "held, in seconds" if exercise.hold else "reps" if exercise.sides == "together" else "reps of each side"
    return exercise.key, exercise.name, counted, ", ".join(exercise.muscles)


def _details(exercise: Exercise) -> Iterator[str]:
    if not exercise.hold:
        yield f"recordings counted within one: {_counted(exercise)}"
        yield f"range of motion: {_range(exercise.main_joint)}"
    if exercise.faults:
        yield "faults: " + ", ".join(f"{rule.key} ({' or '.join(rule.views)})" for rule in exercise.faults)


def _counted(exercise: Exercise) -> str:
    known = {view: counts for view in VIEWS if (counts := measured(exercise.key, view))}
    told = [f"{view} {counts.within_one} of {counts.recordings}" for view, counts in known.items()]
    unknown = " or ".join(view for view in VIEWS if view not in known)
    if not known:
        return "not measured"
    return ", ".join([*told, f"not measured from {unknown}"] if unknown else told)


def _range(joint: MainJoint) -> str:
    ways = (("from", joint.views), ("estimated from", joint.foreshortened))
    seen = [f"{how} {' or '.join(views)}" for how, views in ways if views]
    return f"{joint.feature}, {', '.join(seen)}" if seen else "not measured"
