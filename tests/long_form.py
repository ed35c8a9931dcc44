"""Tests that have a short form for every run and a long one for `make test-long`."""

import pytest


def rounds(short: int, long: int) -> list[object]:
    """Return the numbers 0 to `long` - 1 as parameters of a test; those from `short` on only run in the long form."""
    return [*range(short), *(pytest.param(number, marks=pytest.mark.long) for number in range(short, long))]
