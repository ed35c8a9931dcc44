"""Reading ahead: what an iterator gives is made in a thread of its own while the last of it is being used."""

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")

_STEP_S = 0.1


class _End:
    """The end of the items, and the error that ended them."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def read_ahead(items: Iterable[T], most: int) -> Generator[T]:
    """Yield the items in order, at most so many made in advance. An error is raised where it would have been.

    Closing the generator stops the thread and waits for it.
    """
    ready: queue.Queue[T | _End] = queue.Queue(most)
    stop = threading.Event()

    def put(item: T | _End) -> bool:
        while not stop.is_set():
            try:
                ready.put(item, timeout=_STEP_S)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            for item in items:
                if not put(item):
                    return
        except BaseException as error:  # noqa: BLE001 - handed over to the reader, whoever it concerns
            put(_End(error))
        else:
            put(_End())

    maker = threading.Thread(target=make, name="read-ahead", daemon=True)
    maker.start()
    try:
        while not isinstance(item := ready.get(), _End):
            yield item
        if item.error:
            raise item.error
    finally:
        stop.set()
        maker.join()
