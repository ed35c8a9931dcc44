"""Dates and times as programs write them, the month in any of the languages of `months.toml`."""

import re
import tomllib
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from pathlib import Path

from edge_agent.errors import PermanentError

_TIME = re.compile(
    r"[,\s]*(?:(?:um|at|a las|à)\s+)?(\d{1,2})[:.h](\d{2})(?::(\d{2})(?:\.\d+)?)?"
    r"\s*(am|pm|a\.?\s?m\.?|p\.?\s?m\.?)?\s*(?:uhr)?$"
)
_DAY_MONTH = re.compile(r"(\d{1,2})\.?\s*(?:de\s+)?([^\W\d]+)\.?,?\s*(?:de\s+)?(\d{4})")
_MONTH_DAY = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2}),?\s+(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_LONGEST = 60


def moment(text: str, zone: tzinfo) -> datetime:
    """Return a point in time; one without offset is in `zone`, and so is shown what programs write in UTC.

    Raises `PermanentError` that says what is wrong.
    """
    bare = " ".join(text.replace("\u202f", " ").split()).casefold()
    if not bare or len(bare) > _LONGEST:
        if not bare:
            raise PermanentError("no date")
        raise PermanentError("{text!r} is not a date", text=text[:_LONGEST])
    try:
        found = _iso(bare) or _written(bare)
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        found.astimezone(UTC)  # what lies beyond the calendar elsewhere is refused here
        found = found if found.tzinfo is zone or found.utcoffset() else in_zone(found, zone)
    except (ValueError, OverflowError) as error:
        raise PermanentError("{text!r} is not a date such as 16 Feb 2026, 18:30", text=text.strip()) from error
    return found


def in_zone(instant: datetime, zone: tzinfo) -> datetime:
    """Return a point in time with the offset that `zone` had then."""
    there = instant.astimezone(zone)
    return there.replace(tzinfo=timezone(there.utcoffset() or timedelta()))


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def _written(text: str) -> datetime:
    clock = _TIME.search(text)
    day = _day((text[: clock.start()] if clock else text).strip(" ,"))
    if not clock:
        return day
    hour = int(clock[1])
    if half := clock[4]:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23 or int(clock[2]) > 59 or int(clock[3] or 0) > 59:
        raise ValueError(text)
    return day + timedelta(hours=hour, minutes=int(clock[2]), seconds=int(clock[3] or 0))


def _day(text: str) -> datetime:
    """Return midnight of a day without time of day."""
    if match := _DAY_MONTH.fullmatch(text):
        return datetime(int(match[3]), _month(match[2]), int(match[1]))
    if match := _MONTH_DAY.fullmatch(text):
        return datetime(int(match[3]), _month(match[1]), int(match[2]))
    if match := _YEAR_FIRST.fullmatch(text):
        return datetime(int(match[1]), int(match[2]), int(match[3]))
    if match := _DOTTED.fullmatch(text):
        return datetime(int(match[3]), int(match[2]), int(match[1]))
    if match := _SLASHED.fullmatch(text):
        return _without_order(int(match[1]), int(match[2]), int(match[3]))
    raise ValueError(text)


def _without_order(one: int, two: int, year: int) -> datetime:
    """Return a date whose day and month may stand in either order, if only one order is possible."""
    if one <= 12 and two <= 12 and one != two:
        raise PermanentError(
            "{one}/{two}/{year}: which is the day and which the month? Write it as {year}-MM-DD",
            one=one,
            two=two,
            year=year,
        )
    return datetime(year, min(one, two), max(one, two)) if one != two else datetime(year, one, two)


def _month(word: str) -> int:
    month = _months().get(_plain(word))
    if month is None:
        raise PermanentError(
            "{word!r} is no month in a language known here; export in English or as ISO dates", word=word
        )
    return month


@cache
def _months() -> dict[str, int]:
    with (Path(__file__).parent / "months.toml").open("rb") as file:
        table: dict[str, list[str]] = tomllib.load(file)
    return {_plain(word): int(number) for number, words in table.items() for word in words}


def _plain(word: str) -> str:
    bare = unicodedata.normalize("NFKD", word.casefold())
    return "".join(one for one in bare if not unicodedata.combining(one)).strip(".")
