"""How figures and moments are written for whoever reads the page (`reader.reader`): their language, their units."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from edge_agent.history.answers import Step, Summary
from edge_agent.records import Rep, Session
from edge_agent.sessions.set_figures import NOTABLE_LOSS, SetFigures, set_figures
from web.reader import known_word, words

_DASH = "\N{EN DASH}"
_FIXED_SPACE = "\N{NO-BREAK SPACE}"


def duration(seconds: float) -> str:
    """Return `0:07`, `12:30` or `1:02:03`."""
    minutes, rest_s = divmod(completed(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest_s:02}" if hours else f"{minutes}:{rest_s:02}"


def completed(seconds: float) -> int:
    """Return whole seconds that are over, as the live page counts them: 17.9 is 17 on every page."""
    return int(seconds)


def day(moment: str) -> str:
    """Return the day of an ISO 8601 moment, as the clock stood where it was written."""
    text, at = words().page, datetime.fromisoformat(moment)
    return text["date_form"].format(
        weekday=text["weekdays"].split()[at.weekday()],
        day=at.day,
        month=text["months"].split()[at.month - 1],
        year=at.year,
    )


def short_day(moment: str, step: Step = "day") -> str:
    """Return a day in few letters, for the axis of a chart; of a month its name and year."""
    text, at = words().page, datetime.fromisoformat(moment)
    form = text["short_month"] if step == "month" else text["short_date"]
    return form.format(day=at.day, month=text["months"].split()[at.month - 1], year=at.year)


def clock(moment: str) -> str:
    """Return hours and minutes of an ISO 8601 moment."""
    return f"{datetime.fromisoformat(moment):%H:%M}"


def percent(share: float | None) -> str:
    """Return a share of 0..1 as whole percent, rounded half up; a dash when it was not measured."""
    return _DASH if share is None else f"{whole(share * 100)}{_FIXED_SPACE}%"


def number(value: float) -> str:
    """Return a figure with at most two digits behind the point, and none that say nothing."""
    return _pointed(f"{value:,.2f}".rstrip("0").rstrip("."))


def measured(value: float, unit: str) -> str:
    """Return a figure of a fault with its unit, degrees by their sign."""
    return f"{number(value)}°" if unit == "deg" else f"{number(value)}{_FIXED_SPACE}{unit}".rstrip()


def tempo(rep: Rep | SetFigures) -> str:
    """Return the seconds down, held and up."""
    return f" {_DASH} ".join(_pointed(f"{phase_s:.1f}") for phase_s in (rep.eccentric_s, rep.pause_s, rep.concentric_s))


def whole(value: float) -> int:
    """Return a figure as a whole one, rounded half up."""
    return math.floor(value + 0.5)


def exercise_name(key: str, name: str) -> str:
    """Return an exercise's name in the reader's language; one that we don't know keeps its own."""
    return known_word(f"exercise_{key}", name)


def said(text: str) -> str:
    """Return what an exercise says of a fault, in the reader's language where we know the words."""
    return known_word("said_" + re.sub(r"\W+", "_", text.lower()).strip("_"), text)


def exercise_names(session: Session) -> str:
    """Return the names of a session's exercises, each once, in the order of training."""
    return ", ".join(dict.fromkeys(exercise_name(entry.exercise, entry.name) for entry in session.exercises))


def summary_names(summary: Summary) -> str:
    """Return the names of a listed workout's exercises."""
    return ", ".join(exercise_name(key, name) for key, name in zip(summary.exercises, summary.names, strict=True))


def set_count(session: Session) -> int:
    """Return how many sets a session has, of all its exercises."""
    return sum(len(entry.sets) for entry in session.exercises)


def bars(reps: Sequence[Rep]) -> list[int]:
    """Return each rep's range as percent of the set's largest, for a small chart; 0 where it was not measured."""
    largest = max((rep.rom_deg or 0.0 for rep in reps), default=0.0)
    return [round(100 * (rep.rom_deg or 0.0) / largest) if largest > 0 else 0 for rep in reps]


def fault_counts(reps: Sequence[Rep]) -> list[tuple[str, int]]:
    """Return each fault of a set and how many reps had it, most first."""
    return Counter(fault.text for rep in reps for fault in rep.faults).most_common()


def speed_line(reps: Sequence[Rep]) -> str:
    """Return the points of a curve over `bars`, in a drawing 10 wide a rep and 40 high: how fast each rep went up."""
    speeds = [(rep.rom_deg or 1.0) / rep.concentric_s if rep.concentric_s > 0 else 0.0 for rep in reps]
    fastest = max(speeds, default=0.0) or 1.0
    return " ".join(f"{10 * place + 5},{38 - 34 * speed / fastest:.1f}" for place, speed in enumerate(speeds))


def notable(loss: float | None) -> str:
    """Return what a set lost, in whole percent; empty when it is unknown or no more than landmarks tremble."""
    return "" if loss is None or loss < NOTABLE_LOSS else f"{loss:.0f}"


def _pointed(figure: str) -> str:
    """Return a figure, written with commas and a point, in the reader's language."""
    text = words().page
    return figure.translate({ord(","): text["thousands"], ord("."): text["decimal_point"]})


FILTERS = {
    function.__name__: function
    for function in (
        duration,
        day,
        short_day,
        clock,
        percent,
        number,
        measured,
        tempo,
        whole,
        completed,
        said,
        exercise_name,
        exercise_names,
        summary_names,
        set_count,
        bars,
        speed_line,
        fault_counts,
        set_figures,
        notable,
    )
}
