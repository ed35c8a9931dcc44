"""For whom a page is made: their language and units, kept for the length of a request.

A guard of all routes says what the browser asks for; whoever finds out which member it is says what they have chosen.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Literal

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from edge_agent.interface.people import Profile
from edge_agent.records import Record
from web.texts import ENGLISH, LANGUAGES, Catalogue, catalogues


class Reader(Record, frozen=True, kw_only=True):
    """How words and figures are written for somebody."""

    language: str = ENGLISH
    units: Literal["metric", "imperial"] = "metric"


_FOR_BOTH = ("weekdays", "months", "date_form", "short_date", "short_month", "claimable_older")
"""Texts of the pages that scripts need too: both write a day, or what is left of a list, alike."""

_reader: ContextVar[Reader] = ContextVar("reader")
_ANYBODY = Reader()


def reader() -> Reader:
    """Return who reads the answer to the running request."""
    return _reader.get(_ANYBODY)


def read_by(chosen: Reader) -> None:
    """Write the answer to the running request for somebody."""
    _reader.set(chosen)


def read_by_member(profile: Profile) -> None:
    """Write the answer for a member; an empty language leaves it to the browser."""
    _reader.set(Reader(language=profile.language or reader().language, units=profile.units))


async def read_by_browser(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Write the answer in the language that the browser asks for: a guard, before all others."""
    read_by(_wanted(connection))


def read_by_somebody(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Do the same where no guard has come first, as for addresses that are not there."""
    if _reader.get(None) is None:
        read_by(_wanted(connection))


def _wanted(connection: ASGIConnection[Any, Any, Any, Any]) -> Reader:
    return Reader(language=preferred(connection.headers.get("accept-language", "")))


def preferred(accepted: str) -> str:
    """Return the best of our languages for an `Accept-Language` header (RFC 9110); English when none is wanted."""
    ranked: list[tuple[float, str]] = []
    for part in accepted[:500].split(","):
        tag, _, quality = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            ranked.append((_quality(quality), language))
    best = max(ranked, key=lambda one: one[0], default=(0.0, ENGLISH))
    return best[1] if best[0] > 0 else ENGLISH


def words() -> Catalogue:
    """Return the texts of the reader's language."""
    return catalogues()[reader().language]


def known_word(key: str, otherwise: str) -> str:
    """Return a text by a key that data has made, or what the data says itself."""
    return words().page.get(key, otherwise)


def script_words() -> Mapping[str, str]:
    """Return what the scripts of a page may say, for its `data-texts`."""
    return {**words().script, **{key: words().page[key] for key in _FOR_BOTH}}


class PageWords:
    """The `t` of the templates: `t.key` is a text in the reader's language."""

    def __getattr__(self, key: str) -> str:
        try:
            return words().page[key]
        except KeyError as error:
            raise AttributeError(key) from error


def _quality(text: str) -> float:
    """Return the weight of `q=0.8`; one without, or one that can't be read, counts in full."""
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 1.0
