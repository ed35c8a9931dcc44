"""Weights and changes as the reader writes them: kilograms or pounds, in their language.

Everything is kept in kilograms; a pound is 0.45359237 kg exactly (international agreement of 1959).
"""

from edge_agent.history.figures import Best
from web.display import duration, number, whole
from web.reader import reader, words

POUND_KG = 0.45359237


def unit() -> str:
    """Return the reader's unit of weight."""
    return "lb" if reader().units == "imperial" else "kg"


def load(kg: float) -> float:
    """Return a weight in the reader's unit, with two digits at most, so that what was typed comes back."""
    return round(kg / POUND_KG if reader().units == "imperial" else kg, 2)


def plain(value: float) -> str:
    """Return a figure as people type it: no thousands set apart."""
    return number(value).replace(words().page["thousands"], "")


def weight(kg: float) -> str:
    """Return a weight with its unit, such as `82.5 kg`."""
    return f"{number(load(kg))}\N{NO-BREAK SPACE}{unit()}"


def estimate(kg: float) -> str:
    """Return a weight that was only estimated: more than one digit would promise too much."""
    return f"{number(round(load(kg), 1))}\N{NO-BREAK SPACE}{unit()}"


def volume(kg: float) -> str:
    """Return a volume as whole kilograms or pounds."""
    return f"{number(whole(load(kg)))}\N{NO-BREAK SPACE}{unit()}"


def count(value: float) -> str:
    """Return a whole figure with its thousands set apart."""
    return number(whole(value))


def change(now: float, before: float) -> str:
    """Return how much more than before in percent, such as `+12 %`; empty when there is nothing to compare with."""
    if not before:
        return ""
    percent = whole(100 * (now - before) / before)
    return f"{percent:+d}\N{NO-BREAK SPACE}%" if percent else "\N{PLUS-MINUS SIGN}0\N{NO-BREAK SPACE}%"


def hours(seconds: float) -> str:
    """Return a span for a big figure: `45 min`, `3 h 05`."""
    minutes = int(seconds // 60)
    return f"{minutes // 60} h {minutes % 60:02}" if minutes >= 60 else f"{minutes} min"


def best_value(best: Best) -> str:
    """Return what makes a record one, with its unit."""
    match best.kind:
        case "weight":
            return weight(best.value)
        case "one_rep_max":
            return estimate(best.value)
        case "hold":
            return duration(best.value)
        case "reps":
            return count(best.value)


FILTERS = {
    function.__name__: function
    for function in (load, weight, estimate, volume, count, change, hours, plain, best_value)
}
