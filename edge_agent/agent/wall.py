"""The wall clock in the gym's time zone. Only dates come from it; intervals come from the monotonic clock."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo


class WallClock:
    """Now, in one time zone."""

    def __init__(self, time_zone: str) -> None:
        self.zone = ZoneInfo(time_zone)

    def now(self) -> datetime:
        return datetime.now(self.zone)

    def stamp(self) -> str:
        """Return now as ISO 8601 with offset, to the millisecond."""
        return self.now().isoformat(timespec="milliseconds")

    @staticmethod
    def unix_ms() -> int:
        """Return milliseconds since 1970 UTC, for revisions."""
        return time.time_ns() // 1_000_000
