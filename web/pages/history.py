"""The pages of a member's history: today, the list with its charts, and a page for each exercise."""

import asyncio
from datetime import date, timedelta

from litestar import get
from litestar.response import Template

from edge_agent.history.answers import Cards, DayFigure, StreakFigures, TrendPoint, VolumePoint, Wanted
from edge_agent.interface import History
from edge_agent.records import Record
from web import rights
from web.dependencies import Agent, AnyRequest, Signed, Whose
from web.filters import Filters, read_filters
from web.heat_map import HeatMap, heat_map
from web.inputs import ExerciseKey

_PAGE_LENGTH = 20
_WEEKS_SHOWN = 12
_PARTS_SHOWN = 6
_YEARS = range(2000, 2101)
_SPANS = {"quarter": 92, "year": 365, "all": None}
"""Days back from the newest point that a trend can show."""


class Today(Record, frozen=True, kw_only=True):
    """What a phone shows first: this day, the days of its week, and the streak."""

    day: date
    figures: VolumePoint | None
    week: tuple[tuple[date, VolumePoint | None], ...]
    streaks: StreakFigures


class Year(Record, frozen=True, kw_only=True):
    """The map of a year and the days behind it."""

    year: int
    map: HeatMap
    days: tuple[DayFigure, ...]


@get("/history", guards=[rights.READS_DATA], include_in_schema=False)
async def history_page(agent: Agent, person: Signed, whose: Whose, request: AnyRequest) -> Template:
    """Show today, this week and month, charts, and the workouts that match the filters in the address."""
    filters, history = read_filters(request.query_params), agent.history
    cards, streaks = await asyncio.gather(history.cards(whose), history.streaks(whose))
    today = await _today(history, whose, cards, streaks)
    page, volume, mix, exercises, heat = await asyncio.gather(
        history.sessions(whose, filters.wanted, filters.sort, _PAGE_LENGTH, filters.cursor),
        history.volume(whose, _charted(filters, today.day), filters.step(today.day)),
        history.mix(whose, filters.wanted),
        history.mix(whose, Wanted()),
        _year(history, whose, _year_of(request, today.day), date.fromisoformat(cards.week.start).weekday()),
    )
    context = {
        "filters": filters,
        "cards": cards,
        "today": today,
        "page": page,
        "volume": volume,
        "step": filters.step(today.day),
        "mix": mix[:_PARTS_SHOWN],
        "mix_rest": mix[_PARTS_SHOWN:],
        "exercises": exercises,
        "heat": heat,
        "deleted": request.query_params.get("deleted", "")[:64],
        "looked_at": await _looked_at(agent, person.user_id, whose),
        "shared": await agent.people.sharing_with(person.user_id) if person.role == "coach" else (),
        "is_own": whose == person.user_id,
        "may_add": whose == person.user_id != agent.people.guest_id,
    }
    return Template("history.html", context=context)


@get("/exercises", guards=[rights.READS_DATA], include_in_schema=False)
async def exercises_page(agent: Agent, person: Signed, whose: Whose, request: AnyRequest) -> Template:
    """Show each exercise that was done, with its records."""
    mix, bests = await asyncio.gather(agent.history.mix(whose, Wanted()), agent.history.bests(whose))
    context = {
        "filters": read_filters(request.query_params),
        "mix": mix,
        "bests": {part.exercise: [one for one in bests.bests if one.exercise == part.exercise] for part in mix},
        "looked_at": await _looked_at(agent, person.user_id, whose),
    }
    return Template("exercises.html", context=context)


@get("/exercises/{exercise:str}", guards=[rights.READS_DATA], include_in_schema=False)
async def exercise_page(
    exercise: ExerciseKey, agent: Agent, person: Signed, whose: Whose, request: AnyRequest
) -> Template:
    """Show the trend of one exercise, what was done the last time, and its records."""
    filters = read_filters(request.query_params)
    found, bests = await asyncio.gather(
        agent.history.exercise(whose, exercise, filters.wanted), agent.history.bests(whose, exercise)
    )
    span = request.query_params.get("span", "year")
    context = {
        "filters": filters,
        "found": found,
        "points": _newest(found.points, _SPANS.get(span, 365)),
        "spans": tuple(_SPANS),
        "span": span if span in _SPANS else "year",
        "bests": bests.bests,
        "looked_at": await _looked_at(agent, person.user_id, whose),
    }
    return Template("exercise.html", context=context)


async def _today(history: History, whose: str, cards: Cards, streaks: StreakFigures) -> Today:
    """Put the running week together. The chart's last day is today, by the gym's own boundary of days."""
    start = date.fromisoformat(cards.week.start)
    points = await history.volume(whose, Wanted(since=start), "day")
    done = {date.fromisoformat(point.start): point for point in points}
    day = max(done, default=start)
    days = tuple(start + timedelta(days=number) for number in range(7))
    return Today(day=day, figures=done.get(day), week=tuple((one, done.get(one)) for one in days), streaks=streaks)


def _charted(filters: Filters, today: date) -> Wanted:
    """Return what a chart covers: without a first day the last weeks, for all of them would be too many points."""
    if filters.wanted.since:
        return filters.wanted
    last = filters.wanted.until or today
    wanted = filters.wanted
    since = _before(last, days=7 * (_WEEKS_SHOWN - 1))
    return Wanted(since=since, until=wanted.until, exercise=wanted.exercise, source=wanted.source)


async def _year(history: History, whose: str, year: int, week_start: int) -> Year:
    days = await history.days(whose, year)
    return Year(year=year, map=heat_map(days, year, week_start), days=days)


def _newest(points: tuple[TrendPoint, ...], days: int | None) -> tuple[TrendPoint, ...]:
    if days is None or not points:
        return points
    since = _before(date.fromisoformat(points[-1].day), days=days).isoformat()
    return tuple(point for point in points if point.day > since)


def _before(day: date, days: int) -> date:
    """Return the day so many days earlier; calendars begin with the year 1."""
    return date.fromordinal(max(1, day.toordinal() - days))


def _year_of(request: AnyRequest, today: date) -> int:
    text = request.query_params.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and int(text) in _YEARS else today.year


async def _looked_at(agent: Agent, reader_id: str, whose: str) -> str:
    """Return the name of the member whose workouts somebody else looks at; empty for one's own."""
    return "" if reader_id == whose else (await agent.people.person(whose)).name
