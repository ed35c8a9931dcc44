"""A member's history in figures: lists, cards, charts, records and trends. `?member=` names one whom a coach may see.

Answers bear an ETag: who asks again with `If-None-Match` and finds nothing new is told so in a few bytes.
"""

from datetime import date
from typing import Annotated, TypeAlias, get_args

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import ClientException, ValidationException
from litestar.params import FromQuery, QueryParameter, SkipValidation

from edge_agent.errors import PermanentError
from edge_agent.history.answers import (
    SORTS,
    Cards,
    DayFigure,
    ExerciseHistory,
    MixPart,
    PersonalBests,
    Sort,
    Source,
    Step,
    StreakFigures,
    SummaryPage,
    VolumePoint,
    Wanted,
)
from web import rights
from web.dependencies import Agent, AnyRequest, Whose
from web.inputs import Cursor, ExerciseKey, MemberId, PageLength
from web.near_matches import near_matches, no_unknown_parameters
from web.unchanged import answer

ExerciseName: TypeAlias = Annotated[str | None, QueryParameter(min_length=1, max_length=100)]
Year: TypeAlias = Annotated[int | None, QueryParameter(ge=1900, le=8999)]
Filter: TypeAlias = NamedDependency[SkipValidation[Wanted]]

_CHOICES = {"sort": SORTS, "step": get_args(Step), "source": get_args(Source)}


def wanted(
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    exercise: ExerciseName = None,
    source: FromQuery[Source | None] = None,
    member: MemberId = None,  # noqa: ARG001 - the right of the route reads it; here it is documented
) -> Wanted:
    """Return the filters: first and last day, exercise and source."""
    return Wanted(since=since, until=until, exercise=exercise, source=source)


@get("/sessions")
async def list_sessions(  # noqa: PLR0913, PLR0917 - by name, each from the address
    request: AnyRequest,
    agent: Agent,
    whose: Whose,
    wanted: Filter,
    sort: FromQuery[Sort] = "newest",
    limit: PageLength = 20,
    cursor: Cursor = None,
) -> Response[SummaryPage]:
    """Return workouts in short; `next_cursor` asks for the next page, whatever is added or deleted meanwhile."""
    try:
        page = await agent.history.sessions(whose, wanted, sort, limit, cursor)
    except PermanentError as error:
        raise ClientException(detail=error.phrase) from error
    return answer(request, page)


@get("/cards")
async def show_cards(request: AnyRequest, agent: Agent, whose: Whose, member: MemberId = None) -> Response[Cards]:  # noqa: ARG001
    """Return this week and this month, each beside the same part of the one before."""
    return answer(request, await agent.history.cards(whose))


@get("/volume")
async def list_volume(
    request: AnyRequest, agent: Agent, whose: Whose, wanted: Filter, step: FromQuery[Step] = "week"
) -> Response[tuple[VolumePoint, ...]]:
    """Return a point for each day, week or month, empty ones too; the newest thousand."""
    return answer(request, await agent.history.volume(whose, wanted, step))


@get("/mix")
async def list_mix(request: AnyRequest, agent: Agent, whose: Whose, wanted: Filter) -> Response[tuple[MixPart, ...]]:
    """Return which share of all sets each exercise has, in the workouts that are meant."""
    return answer(request, await agent.history.mix(whose, wanted))


@get("/days")
async def list_days(
    request: AnyRequest,
    agent: Agent,
    whose: Whose,
    year: Year = None,
    member: MemberId = None,  # noqa: ARG001
) -> Response[tuple[DayFigure, ...]]:
    """Return the days with a workout in a year, by default the gym's present one."""
    return answer(request, await agent.history.days(whose, year))


@get("/bests")
async def show_bests(
    request: AnyRequest,
    agent: Agent,
    whose: Whose,
    exercise: ExerciseName = None,
    member: MemberId = None,  # noqa: ARG001
) -> Response[PersonalBests]:
    """Return the records of all exercises or of one: what a camera saw, and what was claimed beyond it."""
    return answer(request, await agent.history.bests(whose, exercise))


@get("/streaks")
async def show_streaks(
    request: AnyRequest,
    agent: Agent,
    whose: Whose,
    member: MemberId = None,  # noqa: ARG001
) -> Response[StreakFigures]:
    """Return days and weeks of training in a row."""
    return answer(request, await agent.history.streaks(whose))


@get("/exercises")
async def list_exercises_done(
    request: AnyRequest, agent: Agent, whose: Whose, wanted: Filter
) -> Response[tuple[MixPart, ...]]:
    """Return the exercises that were ever done in the workouts that are meant, most sets first."""
    return answer(request, await agent.history.mix(whose, wanted))


@get("/exercises/{key:str}")
async def show_exercise(
    key: ExerciseKey, request: AnyRequest, agent: Agent, whose: Whose, wanted: Filter
) -> Response[ExerciseHistory]:
    """Return the trend of one exercise, its estimated one-rep maximum, and what was done of it the last time."""
    return answer(request, await agent.history.exercise(whose, key, wanted))


router = Router(
    "/api/history",
    route_handlers=[
        *(list_sessions, show_cards, list_volume, list_mix, list_days),
        *(show_bests, show_streaks, list_exercises_done, show_exercise),
    ],
    guards=[rights.READS_DATA, no_unknown_parameters],
    dependencies={"wanted": Provide(wanted, sync_to_thread=False)},
    exception_handlers={ValidationException: near_matches(_CHOICES, dates=("since", "until"))},
)
