"""Lists of workouts in every order, page by page. Pure.

A cursor is the place of the last workout that was shown, not a number of workouts passed over: it stands when workouts
are added or deleted meanwhile, the one it was made of included.
"""

import base64
import binascii
from bisect import bisect_right
from collections.abc import Iterable

import msgspec

from edge_agent.errors import PermanentError
from edge_agent.history.answers import Sort
from edge_agent.history.workouts import Workout
from edge_agent.records import Record

Rank = tuple[float, int, int]
"""What a list is in the order of: a figure, then the instant, then the place."""


class Ranked(Record, frozen=True, kw_only=True):
    """Workouts in the order of their ranks."""

    sort: Sort
    workouts: tuple[Workout, ...]
    ranks: tuple[Rank, ...]


class Page(Record, frozen=True, kw_only=True):
    """Some workouts of a list; `total` counts all."""

    workouts: tuple[Workout, ...]
    total: int
    next_cursor: str | None


_Cursor = tuple[Sort, float, int, int]


def ranked(workouts: Iterable[Workout], sort: Sort) -> Ranked:
    """Return workouts in an order: the largest first, what has no such figure last, of equal ones the newest first."""
    pairs = sorted(((_rank(one, sort), one) for one in workouts), key=lambda pair: pair[0])
    return Ranked(sort=sort, workouts=tuple(one for _, one in pairs), ranks=tuple(rank for rank, _ in pairs))


def page(found: Ranked, limit: int, cursor: str | None) -> Page:
    """Return up to `limit` workouts behind the cursor. Raises `PermanentError` for one that is not of this list."""
    start = 0 if cursor is None else bisect_right(found.ranks, _read_cursor(cursor, found.sort))
    end = start + limit
    return Page(
        workouts=found.workouts[start:end],
        total=len(found.workouts),
        next_cursor=_cursor(found.sort, found.ranks[end - 1]) if limit and end < len(found.workouts) else None,
    )


def _rank(one: Workout, sort: Sort) -> Rank:
    match sort:
        case "newest":
            return 0.0, -one.instant, -one.place
        case "oldest":
            return 0.0, one.instant, one.place
        case "reps":
            figure: float | None = one.reps
        case "duration":
            figure = one.duration_s
        case "calories":
            figure = one.calories_kcal
        case "volume":
            figure = one.volume_kg
        case "score":
            figure = one.accuracy
    return _LAST if figure is None else -figure, -one.instant, -one.place


_LAST = 1e308
"""Where workouts without a figure are: JSON has no infinity."""


def _cursor(sort: Sort, rank: Rank) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((sort, *rank))).decode().rstrip("=")


def _read_cursor(cursor: str, sort: Sort) -> Rank:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True)
        known, figure, instant, place = msgspec.json.decode(text, type=_Cursor)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise PermanentError("the cursor is not one of this list; start again from its beginning") from error
    if known != sort:
        raise PermanentError("the cursor is one of a list by {known}; start again from the beginning", known=known)
    return figure, instant, place
