"""What may come in through addresses, with its limits."""

from typing import Annotated, TypeAlias

from litestar.params import PathParameter, QueryParameter

SessionId: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=64)]
ExerciseKey: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=100)]
PageLength: TypeAlias = Annotated[int, QueryParameter(ge=1, le=100)]
MemberId: TypeAlias = Annotated[str | None, QueryParameter(min_length=1, max_length=64)]
"""Whose data a coach means; without it, one's own."""
Cursor: TypeAlias = Annotated[str | None, QueryParameter(max_length=200)]

MAX_BODY_BYTES = 16 * 1024
