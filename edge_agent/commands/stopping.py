"""Stopping on SIGTERM, SIGINT and the end of the parent, also when native code does not come back."""

import os
import signal
import threading
from collections.abc import Callable

_GRACE_S = 2.0


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Call `stop` on SIGTERM and SIGINT, as `stop_or_exit` does."""

    def handle(_number: int, _frame: object) -> None:
        stop_or_exit(stop)

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def stop_or_exit(stop: Callable[[], None]) -> None:
    """Call `stop`, and end the process two seconds later if that has not ended it: a driver may hang for ever."""
    stop()
    last_resort = threading.Timer(_GRACE_S, os._exit, (1,))
    last_resort.daemon = True
    last_resort.start()
