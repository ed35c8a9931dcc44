"""Response headers that keep pages to themselves: nothing from other hosts, no framing, no stale copies."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

_ALWAYS = {
    "content-security-policy": _POLICY,
    "cross-origin-resource-policy": "same-origin",
    # "no-referrer" would turn the Origin header of our own POSTs into "null".
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


async def add_headers(message: Message, _: Scope) -> None:
    """Add the headers to whatever goes out, answers to unknown addresses included."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in _ALWAYS.items():
        headers[name] = value
    headers.setdefault("cache-control", "no-store")
