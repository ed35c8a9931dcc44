"""The two cookies: who is signed in now, and which device stays signed in. No script can read them.

They travel beside a request until its answer goes out, so that a refusal carries them too.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.types import Message, Scope

AnyConnection = ASGIConnection[Any, Any, Any, Any]

SESSION = "edge_session"
DEVICE = "edge_device"
DEVICE_S = 180 * 86_400
_WAITING = "waiting_cookies"
MAX_LENGTH = 200
"""Longer values are not ours."""


def read(connection: AnyConnection, name: str) -> str | None:
    """Return a cookie's value; None when there is none, or none that could be ours."""
    value = connection.cookies.get(name)
    return value if value and len(value) <= MAX_LENGTH and value.isascii() else None


def give(connection: AnyConnection, name: str, value: str, max_age_s: int | None = None) -> None:
    """Have the answer set a cookie; without `max_age_s` it lasts until the browser is closed."""
    cookie = Cookie(
        key=name,
        value=value,
        max_age=max_age_s,
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_https(connection),
    )
    waiting: dict[str, bytes] = connection.scope["state"].setdefault(_WAITING, {})
    waiting[name] = cookie.to_encoded_header()[1]


def take_back(connection: AnyConnection, name: str) -> None:
    """Have the browser drop a cookie."""
    give(connection, name, "", 0)


async def set_waiting(message: Message, scope: Scope) -> None:
    """Add the cookies to the answer as it goes out."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for value in scope["state"].get(_WAITING, {}).values():
        headers.add("set-cookie", value.decode("latin-1"))


def _is_https(connection: AnyConnection) -> bool:
    """Tell whether the page came by https, also from a proxy that ends it: browsers name the scheme in `Origin`."""
    return connection.url.scheme == "https" or connection.headers.get("origin", "").startswith("https://")
