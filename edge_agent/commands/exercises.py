"""`edge-agent exercises`: what can be counted, and what is measured from which side."""

import argparse

from edge_agent.coaching.exercise import Exercise, load_exercises


def main(options: argparse.Namespace) -> int:
    """Print a table, or with `--names` one key a line."""
    exercises = load_exercises()
    if options.names:
        print("\n".join(exercises))
        return 0
    rows = [("KEY", "NAME", "MUSCLES", "COUNTED", "RANGE MEASURED", "FAULTS"), *map(_row, exercises.values())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _row(exercise: Exercise) -> tuple[str, ...]:
    joint = exercise.main_joint
    return (
        exercise.key,
        exercise.name,
        ", ".join(exercise.muscles),
        "reps" if exercise.sides == "together" else "reps, each side",
        f"{joint.feature}, from {' and '.join(joint.views)}",
        "range",
    )
