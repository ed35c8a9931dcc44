"""How figures and moments are written for people. Pure."""

import math
from collections.abc import Sequence
from datetime import datetime

from edge_agent.records import Rep, Session
from edge_agent.sessions.set_figures import NOTABLE_LOSS, SetFigures, set_figures

_DASH = "\N{EN DASH}"


def duration(seconds: float) -> str:
    """Return `0:07`, `12:30` or `1:02:03`."""
    minutes, rest_s = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest_s:02}" if hours else f"{minutes}:{rest_s:02}"


def day(moment: str) -> str:
    """Return the day of an ISO 8601 moment, as the clock stood where it was written."""
    return f"{datetime.fromisoformat(moment):%a %-d %b %Y}"


def clock(moment: str) -> str:
    """Return hours and minutes of an ISO 8601 moment."""
    return f"{datetime.fromisoformat(moment):%H:%M}"


def percent(share: float | None) -> str:
    """Return a share of 0..1 as whole percent, rounded half up; a dash when it was not measured."""
    return _DASH if share is None else f"{math.floor(share * 100 + 0.5)} %"


def number(value: float) -> str:
    """Return a figure with at most two digits behind the point, and none that say nothing."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def tempo(rep: Rep | SetFigures) -> str:
    """Return the seconds down, held and up."""
    return f" {_DASH} ".join(f"{phase_s:.1f}" for phase_s in (rep.eccentric_s, rep.pause_s, rep.concentric_s))


def exercise_names(session: Session) -> str:
    """Return the names of a session's exercises, each once, in the order of training."""
    return ", ".join(dict.fromkeys(entry.name for entry in session.exercises))


def set_count(session: Session) -> int:
    """Return how many sets a session has, of all its exercises."""
    return sum(len(entry.sets) for entry in session.exercises)


def bars(reps: Sequence[Rep]) -> list[int]:
    """Return each rep's range as percent of the set's largest, for a small chart; 0 where it was not measured."""
    largest = max((rep.rom_deg or 0.0 for rep in reps), default=0.0)
    return [round(100 * (rep.rom_deg or 0.0) / largest) if largest > 0 else 0 for rep in reps]


def notable(loss: float | None) -> str:
    """Return what a set lost, in whole percent; empty when it is unknown or no more than landmarks tremble."""
    return "" if loss is None or loss < NOTABLE_LOSS else f"{loss:.0f}"


FILTERS = {
    function.__name__: function
    for function in (
        duration,
        day,
        clock,
        percent,
        number,
        tempo,
        exercise_names,
        set_count,
        bars,
        set_figures,
        notable,
    )
}
