"""No other site's page may change anything here through a visitor's browser: POSTs must come from our own pages.

There is no CORS. Browsers send `Origin` with every POST, and `Sec-Fetch-Site` where the address counts as secure;
programs send neither and are let in.
"""

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_other_sites(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let a request through unless it changes something and another site's page made the browser send it."""
    if connection.scope.get("method") in _READING:
        return
    headers = connection.headers
    if not is_own_page(headers.get("host", ""), headers.get("origin"), headers.get("sec-fetch-site")):
        raise PermissionDeniedException("requests from other sites' pages are not allowed")


def is_own_page(host: str, origin: str | None, fetch_site: str | None) -> bool:
    """Tell from its headers whether a request comes from a page of this host or from no page at all."""
    if fetch_site not in {None, "same-origin", "none"}:
        return False
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False
