"""A camera that does what a test tells it, and hangs when told nothing."""

import queue
import threading

import numpy as np

from edge_agent.image import Frame


def frame(sequence: int, time_s: float = 0.0) -> Frame:
    return Frame(sequence, time_s, np.full((48, 64, 3), sequence, np.uint8))


class ScriptedCamera:
    """Gives what was put into it: frames, None for the end, or an error to raise.

    `read` ignores its timeout like a driver that hangs, until `let_go`.
    """

    live = True

    def __init__(self, *script: Frame | Exception | None) -> None:
        self.name = "scripted camera"
        self.closed = threading.Event()
        self._script: queue.SimpleQueue[Frame | Exception | None] = queue.SimpleQueue()
        for item in script:
            self._script.put(item)

    def give(self, item: Frame | Exception | None) -> None:
        self._script.put(item)

    def let_go(self) -> None:
        self.give(None)

    def read(self, timeout_s: float) -> Frame | None:  # noqa: ARG002 - it hangs
        item = self._script.get()
        if isinstance(item, Exception):
            raise item
        return item

    def close(self) -> None:
        self.closed.set()
