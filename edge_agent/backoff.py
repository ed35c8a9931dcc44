"""How long to wait after a failure."""

from collections.abc import Callable

_PAUSES_S = (1.0, 5.0, 15.0, 45.0, 135.0, 300.0)


def backoff_s(failures: int, random: Callable[[], float]) -> float:
    """Return the pause after the `failures`th failure in a row, from 0: 1, 5, 15 ... 300 s, `spread`."""
    return spread(_PAUSES_S[min(failures, len(_PAUSES_S) - 1)], random)


def spread(pause_s: float, random: Callable[[], float]) -> float:
    """Return a pause, a quarter more or less.

    `random` returns 0 to 1: without it, a thousand kiosks would come back in the same second.
    """
    return pause_s * (0.75 + 0.5 * random())
