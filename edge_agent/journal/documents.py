"""Documents and their JSON texts. What goes in comes out the same, or it is refused."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from edge_agent.errors import PermanentError

Fields = dict[str, Any]
"""A document: JSON values under names."""

DEEPEST = 100
"""Levels of nesting. Python's JSON readers give up somewhere below 1,000, the sooner the deeper their caller is, so a
document near that could be written and not be read at the next start.
"""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(dict)
_strict_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class DocumentError(PermanentError, ValueError):
    """A document that can't be kept; also a `ValueError`, which is what TinyDB's users expect."""


def encode(document: Mapping[str, Any]) -> bytes:
    """Return the document's JSON. Raises `DocumentError` for what JSON can't carry, NaN included, and for deep nesting.

    msgspec writes null for NaN and a list for a set, so what it wrote is read back and compared. Only where that
    differs is the slow, strict encoder asked: it refuses, or knows that a tuple or a number as key is meant.
    """
    fields = dict(document)
    raw = _encoded_alike(fields) or _encoded_strictly(fields)
    if raw.count(b"{") + raw.count(b"[") > DEEPEST and _is_deep(fields):
        raise DocumentError(f"the document is nested more than {DEEPEST} levels deep; make it flatter")
    return raw


def decode(raw: bytes) -> Fields:
    """Return a fresh document."""
    document: Fields = _decoder.decode(raw)
    return document


def _encoded_alike(fields: Fields) -> bytes | None:
    try:
        raw = _encoder.encode(fields)
        return raw if _decoder.decode(raw) == fields else None
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None


def _encoded_strictly(fields: Fields) -> bytes:
    try:
        return _strict_encoder.encode(fields).encode()
    except RecursionError as error:
        raise DocumentError(f"the document is nested more than {DEEPEST} levels deep; make it flatter") from error
    except (TypeError, ValueError) as error:
        raise DocumentError(f"the document holds what JSON can't carry: {error}") from error


def _is_deep(fields: Fields) -> bool:
    level: list[Any] = [fields]
    for _ in range(DEEPEST):
        inner = (each for one in level for each in (one.values() if isinstance(one, dict) else one))
        level = [each for each in inner if isinstance(each, (dict, list, tuple))]
        if not level:
            return False
    return True
