"""Writes the tables of docs/measures.md from the exercises' files and the figures of `make eval`.

`python -m docs.make_measures`.
"""

from pathlib import Path

from edge_agent.coaching.exercise import Exercise, load_exercises
from edge_agent.coaching.exercise_parts import VIEWS, View
from edge_agent.coaching.view_counts import measured

PAGE = Path(__file__).parent / "measures.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
_RANGE = {"plainly": "range", "foreshortened": "range estimated", "not": "range not measured"}


def table() -> str:
    """Return a row for each exercise: how well each view counts, what it can measure and which faults it can show."""
    rows = [f"| exercise | {' | '.join(VIEWS)} |", "|---|" + "---|" * len(VIEWS)]
    for exercise in load_exercises().values():
        cells = " | ".join(_cell(exercise, view) for view in VIEWS)
        rows.append(f"| {exercise.name} | {cells} |")
    return "\n".join(rows) + "\n"


def _cell(exercise: Exercise, view: View) -> str:
    faults = [f"`{rule.key}`" for rule in exercise.faults if view in rule.views]
    shown = "seconds" if exercise.hold else f"{_counted(exercise, view)}; {_RANGE[exercise.main_joint.shown(view)]}"
    return f"{shown}; {', '.join(faults) or 'no faults'}"


def _counted(exercise: Exercise, view: View) -> str:
    counts = measured(exercise.key, view)
    return f"**{counts.within_one} of {counts.recordings}**" if counts else "counting not measured"


def faults() -> str:
    """Return a row for each fault: what it is, its bound, and where the bound is from."""
    rows = ["| exercise | fault | shouted | bound | why |", "|---|---|---|---|---|"]
    for exercise in load_exercises().values():
        for rule in exercise.faults:
            bounds = [
                f"under {rule.min:g}" if rule.min is not None else "",
                f"over {rule.max:g}" if rule.max is not None else "",
            ]
            at = "held" if exercise.hold else rule.at.replace("_", " ")
            bound = f"`{rule.feature}` {at} {' or '.join(filter(None, bounds))} {rule.unit}"
            rows.append(f"| {exercise.name} | `{rule.key}`: {rule.text} | {rule.cue} | {bound} | {rule.why} |")
    return "\n".join(rows) + "\n"


def page() -> str:
    """Return the page with its tables as the files say now."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{table()}\n## Faults\n{faults()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
