"""What may come in through addresses, with its limits."""

import ipaddress
from typing import Annotated, TypeAlias

import msgspec
from litestar.params import PathParameter, QueryParameter

from web.cookies import AnyConnection
from web.own_screen import is_loopback, is_own_screen

SessionId: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=64)]
ExerciseKey: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=100)]
PageLength: TypeAlias = Annotated[int, QueryParameter(ge=1, le=100)]
MemberId: TypeAlias = Annotated[str | None, QueryParameter(min_length=1, max_length=64)]
"""Whose data a coach means; without it, one's own."""
Cursor: TypeAlias = Annotated[str | None, QueryParameter(max_length=200)]
UserId: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=64)]
DeviceId: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=64)]
ReceiptCode: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=100)]

MemberName: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Pin: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
NewReceiptCode: TypeAlias = Annotated[str, msgspec.Meta(min_length=32, max_length=64, pattern="^[0-9A-Za-z]+$")]
"""Chosen by whoever leaves: 128 random bits, in hex if nothing else."""
Code: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
"""One that people read from a screen."""

MAX_BODY_BYTES = 16 * 1024

_BEHIND_A_PROXY = "behind a proxy"


def address_of(connection: AnyConnection) -> str:
    """Return the network address that tries of PINs and codes are counted for.

    A proxy on this machine is taken at its word for this only: else all behind it would share their waits, and whoever
    guesses would pass for the kiosk's own screen.
    """
    peer = connection.client.host if connection.client else ""
    if not is_loopback(peer) or is_own_screen(connection):
        return peer
    told = connection.headers.getall("x-forwarded-for", [""])[-1].rpartition(",")[2].strip()
    return told if _is_address(told) and not is_loopback(told) else _BEHIND_A_PROXY


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
