"""What is known of a session while it runs: its clocks, whose it is, when it is over, how far it has come."""

from datetime import UTC, datetime, timedelta

from edge_agent.records import Record


class Moment(Record, frozen=True, kw_only=True):
    """Now, on the camera's monotonic clock and on the wall; `wall` carries its offset."""

    time_s: float
    wall: datetime

    def at(self, time_s: float) -> "Moment":
        """Return another moment of the same two clocks."""
        # In UTC: adding seconds to a time in a zone ignores what the zone's clocks are turned meanwhile.
        wall = self.wall.astimezone(UTC) + timedelta(seconds=time_s - self.time_s)
        return Moment(time_s=time_s, wall=wall.astimezone(self.wall.tzinfo))

    def stamp(self, time_s: float) -> str:
        """Return the wall time of another moment as ISO 8601, to the millisecond."""
        return self.at(time_s).wall.isoformat(timespec="milliseconds")

    def time_of(self, stamp: str) -> float:
        """Return a wall time on the camera's clock."""
        return self.time_s + (datetime.fromisoformat(stamp) - self.wall).total_seconds()


class SessionFacts(Record, frozen=True, kw_only=True):
    """What is known about a session before its first rep."""

    session_id: str
    user_id: str
    user_name: str
    device_id: str
    body_weight_kg: float
    boot_id: str
    clock_certain: bool


class SessionRules(Record, frozen=True, kw_only=True):
    """When silence ends a set and absence ends a session, in seconds."""

    set_end_after_s: float
    session_end_after_s: float


class SessionMark(Record, frozen=True, kw_only=True):
    """How far a session has come; what is kept of it is up to date while its mark is the same."""

    session_id: str
    sets: int
    resting: bool
    reps: int
    hold_s: int

    def is_other_set(self, kept: "SessionMark") -> bool:
        """Whether a set has begun or ended since, or this is another session."""
        return (self.session_id, self.sets, self.resting) != (kept.session_id, kept.sets, kept.resting)
