"""What the agent refuses about the body of a request is a fault of the input (422), not something missing (404)."""

from collections.abc import Iterator
from contextlib import contextmanager

from litestar.exceptions import HTTPException

from edge_agent.errors import ConflictError, PermanentError


@contextmanager
def refused_as_input() -> Iterator[None]:
    """Turn `PermanentError` into 422, and `ConflictError` into 409."""
    try:
        yield
    except ConflictError as error:
        raise HTTPException(status_code=409, detail=error.phrase) from error
    except PermanentError as error:
        raise HTTPException(status_code=422, detail=error.phrase) from error
