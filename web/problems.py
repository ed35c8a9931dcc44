"""What went wrong, told to programs as problem details (RFC 9457) and to people as a plain page."""

import logging
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    InternalServerException,
    ServiceUnavailableException,
    ValidationException,
)
from litestar.response import Redirect, Template
from litestar.types import ExceptionHandlersMap, Scope

from edge_agent.errors import PermanentError, TemporaryError
from edge_agent.interface.people import SignInError
from edge_agent.phrase import Phrase
from edge_agent.records import Record
from web.misfits import misfit
from web.phrases import said
from web.reader import read_by_somebody

logger = logging.getLogger(__name__)

AnyRequest = Request[Any, Any, Any]


class Problem(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Body of an `application/problem+json` answer; `errors` says which parts of the input are wrong."""

    status: int
    title: str
    detail: str
    type: str = "about:blank"
    errors: tuple[dict[str, Any], ...] = ()


def handlers() -> ExceptionHandlersMap:
    """Return what to do with each class of exception."""
    return {
        HTTPException: _refused,
        InternalServerException: _broken,
        ServiceUnavailableException: _refused,
        SignInError: _not_let_in,
        PermanentError: _unknown,
        TemporaryError: _unavailable,
        RecursionError: _too_deep,
        Exception: _broken,
    }


async def find_out_who_asks(_: Exception, scope: Scope) -> None:
    """Find it out for pages of addresses that are not there, where no guard has: their header is like all others'."""
    request = AnyRequest(scope)
    if "visitor" in scope["state"] or request.method != "GET" or not _is_for_a_person(request):
        return
    read_by_somebody(request)
    with suppress(HTTPException, TemporaryError):
        await request.app.state.gate.meet(request)


def _refused(request: AnyRequest, error: HTTPException) -> Response[Any]:
    if error.status_code == HTTPStatus.UNAUTHORIZED and request.method == "GET" and _is_for_a_person(request):
        return _sign_in_page(request)
    errors = tuple(error.extra) if isinstance(error.extra, list) else ()
    detail = misfit(error.detail) if isinstance(error, ValidationException) else error.detail
    return _answer(request, error.status_code, detail, errors=errors, headers=error.headers)


def _sign_in_page(request: AnyRequest) -> Response[Any]:
    """Send somebody to the page where they sign in, or to the one that makes the first owner; and back here then."""
    page = "/sign-in" if request.app.state.gate.people.claimed else "/claim"
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Redirect(f"{page}?next={quote(wanted, safe='/')}", status_code=303)


def _unknown(request: AnyRequest, error: PermanentError) -> Response[Any]:
    return _answer(request, HTTPStatus.NOT_FOUND, error.phrase)


def _not_let_in(request: AnyRequest, error: SignInError) -> Response[Any]:
    if error.retry_after_s is None:
        return _answer(request, HTTPStatus.FORBIDDEN, error.phrase)
    headers = {"retry-after": str(error.retry_after_s)}
    return _answer(request, HTTPStatus.TOO_MANY_REQUESTS, error.phrase, headers=headers)


def _unavailable(request: AnyRequest, error: TemporaryError) -> Response[Any]:
    return _answer(request, HTTPStatus.SERVICE_UNAVAILABLE, error.phrase, headers={"retry-after": "5"})


def _too_deep(request: AnyRequest, _error: RecursionError) -> Response[Any]:
    return _answer(request, HTTPStatus.BAD_REQUEST, Phrase("the body is nested too deeply"))


def _broken(request: AnyRequest, error: Exception) -> Response[Any]:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, Phrase("the kiosk made a mistake; its log says more"))


def _answer(
    request: AnyRequest,
    status: int,
    detail: str,
    *,
    errors: tuple[dict[str, Any], ...] = (),
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    read_by_somebody(request)
    told = tuple(_told(one) for one in errors)
    problem = Problem(status=status, title=said(HTTPStatus(status).phrase), detail=said(detail), errors=told)
    if _is_for_a_person(request):
        return Template("error.html", context={"problem": problem}, status_code=status, headers=headers)
    return Response(problem, media_type="application/problem+json", status_code=status, headers=headers)


def _told(error: dict[str, Any]) -> dict[str, Any]:
    """Return what is wrong with a part of the input, in the reader's language."""
    return error | {"message": said(misfit(error["message"]))} if "message" in error else error


def _is_for_a_person(request: AnyRequest) -> bool:
    is_api = request.url.path.startswith(("/api/", "/schema", "/health", "/metrics"))
    return not is_api and "text/html" in request.headers.get("accept", "")
