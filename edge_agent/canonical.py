"""One text and one digest for each JSON document, the same on the kiosk and in the cloud."""

import hashlib
from typing import Any

import msgspec

NOTHING = b"null"
"""What stands for the document of a deletion."""

_encoder = msgspec.json.Encoder(order="sorted")


def encode(document: Any) -> bytes:
    """Return the document as JSON with sorted keys and no spaces; records are written as objects."""
    return _encoder.encode(document)


def digest(document: Any) -> str:
    """Return the SHA-256 of the canonical JSON as 64 hexadecimal digits."""
    return hashlib.sha256(encode(document)).hexdigest()
