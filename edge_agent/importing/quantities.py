"""Numbers, weights, durations and set figures as people and programs write them. Each raises `PermanentError`."""

import re
from typing import Final

from edge_agent.errors import PermanentError
from edge_agent.importing.told import WeightUnit

_KG_PER_LB: Final = 0.45359237
_MOST_KG, _MOST_REPS, _LONGEST_S = 1000, 10_000, 7 * 86_400
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,12})?")
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3})+(?!\1)[.,]\d+")
_UNITS: dict[str, WeightUnit] = {
    "kg": "kg", "kgs": "kg", "kilo": "kg", "kilos": "kg", "kilogram": "kg", "kilograms": "kg",
    "lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb",
}  # fmt: skip
_DURATION = re.compile(
    r"(?:(\d{1,3}(?:[.,]\d{1,3})?)\s*h(?:ours?|rs?|r)?)?\s*"
    r"(?:(\d{1,5}(?:[.,]\d{1,3})?)\s*m(?:in(?:utes?|s)?)?)?\s*"
    r"(?:(\d{1,7}(?:[.,]\d{1,3})?)\s*s(?:ec(?:onds?|s)?)?)?"
)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)(?:\.\d+)?")


def number(text: str) -> float | None:
    """Return a number with a decimal point or comma; None for an empty text."""
    bare = text.strip().replace("\u00a0", " ")
    if not bare:
        return None
    if _GROUPED.fullmatch(bare):
        whole, part = re.split(r"[.,](?=\d+$)", bare)
        return float(re.sub(r"\D", "", whole) + "." + part)
    if not _NUMBER.fullmatch(bare):
        raise PermanentError("{text!r} is not a number", text=text.strip()[:40])
    return float(bare.replace(",", "."))


def weight_unit(text: str) -> WeightUnit | None:
    """Return the unit that a word names."""
    return _UNITS.get(text.strip().casefold().rstrip("."))


def weight_kg(value: float | None, unit: WeightUnit) -> float | None:
    """Return kilograms to the gram; none for 0, which programs write where there was no weight."""
    if not value:
        return None
    kg = round(value * (_KG_PER_LB if unit == "lb" else 1), 3)
    if not 0 < kg <= _MOST_KG:
        raise PermanentError(
            "{value:g} {unit} is not a weight between 0 and {most_kg} kg", value=value, unit=unit, most_kg=_MOST_KG
        )
    return kg


def reps(value: float | None) -> int:
    """Return whole repetitions."""
    if value is None:
        return 0
    if value % 1 or not 0 <= value <= _MOST_REPS:
        raise PermanentError("{value:g} is not a number of reps", value=value)
    return int(value)


def rpe(value: float | None) -> float | None:
    """Return the rating of perceived exertion; none for 0."""
    if not value:
        return None
    if not 1 <= value <= 10:
        raise PermanentError("{value:g} is not an RPE between 1 and 10", value=value)
    return value


def seconds(value: float | None) -> float | None:
    """Return a duration; none for 0."""
    if not value:
        return None
    if not 0 < value <= _LONGEST_S:
        raise PermanentError("{value:g} s is not a duration", value=value)
    return round(value, 3)


def duration_s(text: str) -> float:
    """Return the seconds of `1h 5m`, `45m`, `1:05:00`, `45:00` (minutes) or `3900`; 0 for an empty text."""
    bare = text.strip().casefold()
    if match := _CLOCK.fullmatch(bare):
        total = int(match[1] or 0) * 3600.0 + int(match[2]) * 60 + int(match[3])
    elif re.fullmatch(r"[\d.,]+", bare):
        total = number(bare) or 0.0
    elif (match := _DURATION.fullmatch(bare)) and any(match.groups()):
        hours, minutes, rest = (number(part or "0") or 0.0 for part in match.groups())
        total = hours * 3600 + minutes * 60 + rest
    elif not bare:
        return 0.0
    else:
        raise PermanentError("{text!r} is not a duration such as 1h 5m", text=text.strip()[:40])
    return seconds(total) or 0.0
