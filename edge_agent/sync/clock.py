"""A hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014): revisions that sort by age.

A reading is the wall clock in milliseconds where that has moved on, else a counter, then the device's id as tie-break:
`1771281290000-0003-kiosk-1`. Text comparison is comparison by age, and a wall clock set back never turns it back.
"""

_LAST_COUNT = 0xFFFF


class HybridClock:
    """The clock of one device; `last_rev` is the highest reading it has ever given or seen."""

    def __init__(self, device_id: str, last_rev: str | None = None) -> None:
        self._device_id = device_id
        self._ms, self._count = _parse(last_rev) if last_rev else (0, 0)

    def tick(self, wall_ms: int) -> str:
        """Return a reading above all before. `wall_ms` is Unix time in milliseconds."""
        if wall_ms > self._ms:
            self._ms, self._count = wall_ms, 0
        else:
            self._advance()
        return self._text()

    def observe(self, rev: str, wall_ms: int) -> str:
        """Take in another device's reading and return one above it and above all before.

        Raises `ValueError` when `rev` is not a reading.
        """
        self._ms, self._count = max((self._ms, self._count), _parse(rev))
        return self.tick(wall_ms)

    def _advance(self) -> None:
        if self._count < _LAST_COUNT:
            self._count += 1
        else:
            self._ms, self._count = self._ms + 1, 0

    def _text(self) -> str:
        return f"{self._ms:013d}-{self._count:04x}-{self._device_id}"


def unix_ms_of(rev: str) -> int:
    """Return when a revision was made, in milliseconds since 1970 UTC. Raises `ValueError`."""
    return _parse(rev)[0]


def _parse(rev: str) -> tuple[int, int]:
    try:
        ms, count, _ = rev.split("-", 2)
        return int(ms), int(count, 16)
    except ValueError as error:
        raise ValueError(f"{rev!r} is not a revision") from error
