"""How many changes may be under way at once: about as many as the cloud confirms in a second. Pure.

It grows by what is confirmed within a second, so it doubles with each turn, and shrinks by half of what took longer
than two, or came too late: a slow database is not made slower by what piles up before it.
"""

SMALLEST = 50
FIRST = 200
LARGEST = 1000

_QUICK_S = 1.0
_SLOW_S = 2.0


class Window:
    """`size` is the present limit."""

    def __init__(self) -> None:
        self.size = FIRST

    def confirmed(self, count: int, took_s: float) -> None:
        """Receipts for so many changes came after that time."""
        if took_s <= _QUICK_S:
            self._resize(self.size + count)
        elif took_s > _SLOW_S:
            self._resize(self.size - count // 2)

    def late(self, count: int) -> None:
        """No receipts came for so many in time."""
        self._resize(self.size - count // 2)

    def _resize(self, size: int) -> None:
        self.size = min(max(size, SMALLEST), LARGEST)
