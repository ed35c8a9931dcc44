"""A member's own workouts in from other programs, and out. Who exports gets their own data only, coaches included."""

from datetime import date
from typing import Annotated, TypeAlias

from litestar import get, post
from litestar.exceptions import ClientException
from litestar.params import FromQuery, PathParameter, QueryParameter
from litestar.response import Stream

from edge_agent.history.answers import Source, Wanted
from edge_agent.interface.transfer import ExportFormat, ImportFormat, ImportReport
from edge_agent.phrase import Phrase
from web import rights
from web.api.refusing import refused_as_input
from web.dependencies import Agent, AnyRequest, Signed
from web.uploads import MOST_BYTES, Uploads

FileName: TypeAlias = Annotated[str, QueryParameter(max_length=200)]
ImportCode: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=64)]
Day: TypeAlias = Annotated[str, QueryParameter(max_length=10)]
ExerciseName: TypeAlias = Annotated[str, QueryParameter(max_length=100)]
_SOURCES: tuple[Source, ...] = ("camera", "manual", "import")
_KINDS: dict[ExportFormat, tuple[str, str]] = {
    "csv": ("text/csv; charset=utf-8", "workouts.csv"),
    "json": ("application/zip", "workouts.zip"),
    "fit": ("application/zip", "workouts_fit.zip"),
}


@post("/api/imports", status_code=202, request_max_body_size=MOST_BYTES, guards=[rights.MEMBER])
async def start_import(
    request: AnyRequest,
    agent: Agent,
    person: Signed,
    name: FileName = "file",
    format: FromQuery[ImportFormat] = "auto",  # noqa: A002 - the word in the address
    dry_run: FromQuery[bool] = False,
) -> ImportReport:
    """Begin to import the body, a file or a zip of files; ask `GET /api/imports/{import_id}` how it goes."""
    uploads: Uploads = request.app.state.uploads
    with uploads.one(), refused_as_input():
        content = await request.body()
        return await agent.transfer.start_import(person.user_id, name or "file", content, format, dry_run=dry_run)


@get("/api/imports/{code:str}", guards=[rights.MEMBER])
async def show_import(code: ImportCode, agent: Agent, person: Signed) -> ImportReport:
    """Return what has become of an import so far."""
    return await agent.transfer.report(person.user_id, code)


@get("/api/export", guards=[rights.MEMBER])
async def export_workouts(  # noqa: PLR0913, PLR0917 - by name, each from the address
    agent: Agent,
    person: Signed,
    format: FromQuery[ExportFormat] = "json",  # noqa: A002 - the word in the address
    since: Day = "",
    until: Day = "",
    exercise: ExerciseName = "",
    source: Annotated[str, QueryParameter(max_length=10)] = "",
) -> Stream:
    """Return one's workouts as a file, sent while it is made. Empty filters are none, as forms send them."""
    wanted = Wanted(since=_day(since), until=_day(until), exercise=exercise or None, source=_source(source))
    media_type, name = _KINDS[format]
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Stream(agent.transfer.export(person.user_id, format, wanted), media_type=media_type, headers=headers)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ClientException(detail=Phrase("{text!r} is not a day such as 2026-02-16", text=text)) from error


def _source(text: str) -> Source | None:
    found = next((one for one in _SOURCES if one == text), None)
    if text and found is None:
        raise ClientException(detail=Phrase("{text!r} is none of {known}", text=text, known=", ".join(_SOURCES)))
    return found
