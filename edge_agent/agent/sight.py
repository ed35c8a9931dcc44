"""Vision as the agent knows it: how it is doing, its newest frame, and the clock that its frames go by."""

import time

from edge_agent.agent.wall import WallClock
from edge_agent.records import PoseFrame, VisionState
from edge_agent.sessions.facts import Moment

SILENT_S = 5.0


class Sight:
    """Belongs to one event loop."""

    def __init__(self, wall: WallClock, *, clock_runs: bool) -> None:
        """A film played as fast as possible has a clock of its own, which stands still between frames."""
        self.state: VisionState = "starting"
        self.detail = ""
        self.frame: PoseFrame | None = None
        self.clock_runs = clock_runs
        self.began_s: float | None = None
        """When vision first ran, on the monotonic clock."""
        self._wall = wall
        self._time_s = self._arrived_s = self._heard_s = time.monotonic()

    def heard(self) -> None:
        """Vision has said something."""
        self._heard_s = time.monotonic()

    def arrived(self, frame: PoseFrame) -> Moment:
        """Take the newest frame and return when it came."""
        self.frame, self.state = frame, "running"
        moment = self.now()
        self._arrived_s = self._heard_s
        return moment

    def stands_at(self, time_s: float) -> None:
        """The newest frame is of this time on the continued clock."""
        self._time_s = time_s

    def is_in(self, state: VisionState, detail: str = "") -> None:
        """Take how vision is doing."""
        if state == "running" and self.began_s is None:
            self.began_s = time.monotonic()
        self.state, self.detail = state, detail

    @property
    def has_fallen_silent(self) -> bool:
        """Whether vision should be running and has said nothing for too long."""
        return self.state == "running" and time.monotonic() - self._heard_s > SILENT_S

    def now(self) -> Moment:
        """The camera's clock, running on between frames."""
        elapsed_s = time.monotonic() - self._arrived_s if self.clock_runs else 0.0
        return Moment(time_s=self._time_s + elapsed_s, wall=self._wall.now())
