"""No other site's page may read or change anything here through a visitor's browser.

There is no CORS. POSTs must come from our own pages: browsers send `Origin` with every POST, and `Sec-Fetch-Site` where
the address counts as secure; programs send neither and are let in. And every request must call the kiosk by a name that
only the LAN gives out, or a foreign page could have its own name point here (DNS rebinding).
"""

import ipaddress
import socket
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

_LAN_ENDINGS = (".local", ".lan", ".internal", ".home.arpa", ".fritz.box")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def other_sites_refused(names: Iterable[str]) -> Guard:
    """Return the guard of all routes; `names` are further names by which the kiosk is called."""
    own_names = frozenset(name.lower() for name in (*names, "localhost", socket.gethostname()))

    def refuse_other_sites(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        headers = connection.headers
        if not is_own_name(headers.get("host", ""), own_names):
            raise PermissionDeniedException("the kiosk does not know this name; add it to web.names or use its address")
        if connection.scope.get("method") in _READING:
            return
        if not is_own_page(headers.get("host", ""), headers.get("origin"), headers.get("sec-fetch-site")):
            raise PermissionDeniedException("requests from other sites' pages are not allowed")

    return refuse_other_sites


def is_own_name(host: str, own_names: Collection[str]) -> bool:
    """Tell whether a `Host` header names this machine: by address, its own name, or one nobody can register."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name in own_names or name.endswith(_LAN_ENDINGS) or (name and "." not in name and ":" not in name):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


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
