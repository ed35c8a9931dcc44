"""What is wrong with the parameters of an address, told with the word that may have been meant."""

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from litestar import Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import BaseRouteHandler

from edge_agent.phrase import Phrase
from web import problems
from web.cookies import AnyConnection
from web.dependencies import AnyRequest
from web.phrases import said

_refused = problems.handlers()[HTTPException]


async def no_unknown_parameters(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Guard: raise 400 for a parameter that the route does not know."""
    known = _parameters(handler)
    for name in connection.query_params:
        if name not in known:
            raise ValidationException(
                detail=_with_hint(Phrase("no parameter {name!r}", name=_short(name)), name, known)
            )


def _parameters(handler: BaseRouteHandler) -> set[str]:
    """Return the names of all that a route and what it depends on take."""
    own = set(handler.parsed_fn_signature.parameters)
    provided = handler.resolve_dependencies()
    return own.union(*(provided[name].parsed_fn_signature.parameters for name in own & provided.keys()))


def near_matches(
    choices: Mapping[str, Iterable[str]], dates: Collection[str] = ()
) -> Callable[[AnyRequest, ValidationException], Response[Any]]:
    """Return a handler that answers 400 with what is possible instead; `choices` by parameter, and those of days."""

    def answer(request: AnyRequest, error: ValidationException) -> Response[Any]:
        for fault in error.extra if isinstance(error.extra, list) else ():
            name = fault.get("key", "")
            if name in choices and name in request.query_params:
                fault["message"] = said(_words(request.query_params[name], choices[name]))
            elif name in dates and name in request.query_params:
                fault["message"] = said(_no_day(request.query_params[name]))
        found: Response[Any] = _refused(request, error)
        return found

    return answer


def _words(value: str, possible: Iterable[str]) -> Phrase:
    possible = tuple(possible)
    none = Phrase("{text!r} is none of {known}", text=_short(value), known=", ".join(possible))
    return _with_hint(none, value, possible)


def _no_day(value: str) -> Phrase:
    return Phrase("{text!r} is no day such as 2026-02-16", text=_short(value))


def _with_hint(refusal: Phrase, word: str, known: Iterable[str]) -> Phrase:
    close = difflib.get_close_matches(word[:100], known, n=1)
    if not close:
        return refusal
    return Phrase("{refusal}; did you mean {close!r}?", refusal=refusal, close=close[0])


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
