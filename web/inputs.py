"""What may come in through addresses, with its limits."""

from typing import Annotated, TypeAlias

import msgspec
from litestar.params import PathParameter, QueryParameter

from web.cookies import AnyConnection

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
Code: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
"""One that people read from a screen."""

MAX_BODY_BYTES = 16 * 1024


def address_of(connection: AnyConnection) -> str:
    """Return the network address that tries of PINs and codes are counted for."""
    return connection.client.host if connection.client else ""
