"""Answers that tell whether they have changed, so that nothing is sent twice."""

import hashlib
from typing import Any, TypeVar, cast

import msgspec
from litestar import Response

from web.dependencies import AnyRequest
from web.gate import visitor_of

T = TypeVar("T")


def answer(request: AnyRequest, content: T) -> Response[T]:
    """Return the content with its ETag, or 304 without content for whoever has it already.

    A browser may keep it, but must ask each time; at the kiosk's own screen, which many use, it keeps nothing.
    """
    encoded = msgspec.json.encode(content)
    tag = f'"{hashlib.blake2b(encoded, digest_size=16).hexdigest()}"'
    headers = {"etag": tag, "vary": "cookie, authorization"}
    visitor = visitor_of(request)
    if not visitor or not visitor.at_screen:
        headers["cache-control"] = "private, no-cache"
    if _is_known(request, tag):
        return cast("Response[T]", Response(None, status_code=304, headers=headers))
    return cast("Response[T]", Response[Any](encoded, media_type="application/json", headers=headers))


def _is_known(request: AnyRequest, tag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return tag in {one.strip().removeprefix("W/") for one in known.split(",")}
