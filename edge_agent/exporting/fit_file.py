"""FIT files (Flexible and Interoperable Data Transfer, protocol 1.0): a header, messages, and a CRC-16.

A message's definition says which fields it has, by the numbers of the public profile; a row of it holds their values,
little-endian. Only what a strength workout needs is here.
"""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from edge_agent.records import Record

BaseType = Literal["enum", "uint8", "uint16", "uint32", "uint32z", "string"]

_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
_PROTOCOL, _PROFILE = 0x10, 2132
_TYPES: dict[BaseType, tuple[int, str, int]] = {
    # number of the base type, how struct packs it, the value that means "none"
    "enum": (0x00, "B", 0xFF),
    "uint8": (0x02, "B", 0xFF),
    "uint16": (0x84, "H", 0xFFFF),
    "uint32": (0x86, "I", 0xFFFFFFFF),
    "uint32z": (0x8C, "I", 0),
    "string": (0x07, "s", 0),
}
_CRC_TABLE = (
    *(0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401),
    *(0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400),
)


class Field(Record, frozen=True, kw_only=True):
    """One field of a kind of message; `size` is for texts, in bytes with the NUL at their end."""

    number: int
    base: BaseType
    size: int = 0


class Kind(Record, frozen=True, kw_only=True):
    """A kind of message by the profile's number, and its fields."""

    number: int
    fields: tuple[Field, ...]


Value = int | str | None


class FitFile:
    """Collects messages; kinds are defined when they are first used, at most 16."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._local: dict[int, int] = {}

    def add(self, kind: Kind, values: Sequence[Value]) -> None:
        """Add a message; None is the profile's "invalid"."""
        if kind.number not in self._local:
            self._define(kind)
        self._body.append(self._local[kind.number])
        for field, value in zip(kind.fields, values, strict=True):
            self._body += _packed(field, value)

    def finish(self) -> bytes:
        """Return the whole file."""
        header = struct.pack("<BBHI4s", 14, _PROTOCOL, _PROFILE, len(self._body), b".FIT")
        content = header + struct.pack("<H", crc(header)) + bytes(self._body)
        return content + struct.pack("<H", crc(content))

    def _define(self, kind: Kind) -> None:
        local = len(self._local)
        assert local < 16
        self._local[kind.number] = local
        self._body += struct.pack("<BBBHB", 0x40 | local, 0, 0, kind.number, len(kind.fields))
        for field in kind.fields:
            number, pack, _ = _TYPES[field.base]
            size = field.size or struct.calcsize(pack)
            self._body += struct.pack("<BBB", field.number, size, number)


def _packed(field: Field, value: Value) -> bytes:
    _, pack, none = _TYPES[field.base]
    if field.base == "string":
        text = str(value or "").encode()[: field.size - 1].decode(errors="ignore").encode()
        return text.ljust(field.size, b"\0")
    if value is None:
        return struct.pack(f"<{pack}", none)
    most = (1 << 8 * struct.calcsize(pack)) - 2
    return struct.pack(f"<{pack}", max(0, min(int(value), most)))


def timestamp(moment: datetime) -> int:
    """Return FIT's seconds since the end of 1989. Raises `ValueError` for what was before."""
    seconds = round((moment - _EPOCH).total_seconds())
    if not 0 <= seconds < 0xFFFFFFFF:
        raise ValueError(f"{moment:%Y-%m-%d} is before 1990 or after 2125, which FIT has no number for")
    return seconds


def crc(content: bytes) -> int:
    """Return FIT's CRC-16, computed by half bytes as in its specification."""
    value = 0
    for byte in content:
        for half in (byte & 0xF, byte >> 4):
            value = (value >> 4) ^ _CRC_TABLE[value & 0xF] ^ _CRC_TABLE[half]
    return value
