"""What was held in a recording, as sets: holds with a short rest between them are one set, as with reps."""

from dataclasses import dataclass

from edge_agent.coaching.counting import Progress
from edge_agent.records import Fault
from edge_agent.sessions.held import faults_together

_LEAST_S = 1.0
"""Less is somebody passing through the posture."""


@dataclass
class HeldSet:
    """Holds of one exercise; times are seconds of the recording, `hold_s` leaves out the rests between."""

    exercise: str
    start_s: float
    end_s: float
    hold_s: float
    faults: tuple[Fault, ...] = ()
    """Each with its seconds."""


class HoldLog:
    """Gathers holds frame by frame. A set ends after `set_end_after_s` without one."""

    def __init__(self, set_end_after_s: float) -> None:
        self._set_end_after_s = set_end_after_s
        self._running: HeldSet | None = None
        self._sets: list[HeldSet] = []

    @property
    def sets(self) -> list[HeldSet]:
        """The sets so far, with the hold that is running."""
        sets = list(self._sets)
        if self._running and self._running.hold_s >= _LEAST_S:
            self._join(sets, self._running)
        return sets

    def see(self, exercise: str, progress: Progress, time_s: float) -> None:
        """Take what the next frame brought."""
        running = self._running
        if running and (not progress.holding or running.exercise != exercise or progress.hold_s < running.hold_s):
            self._sets = self.sets
            self._running = running = None
        if progress.holding:
            start_s = running.start_s if running else time_s - progress.hold_s
            self._running = HeldSet(exercise, start_s, time_s, progress.hold_s, progress.hold_faults)

    def _join(self, sets: list[HeldSet], hold: HeldSet) -> None:
        last = sets[-1] if sets else None
        if last and last.exercise == hold.exercise and hold.start_s - last.end_s < self._set_end_after_s:
            faults = faults_together(last.faults, hold.faults)
            sets[-1] = HeldSet(hold.exercise, last.start_s, hold.end_s, last.hold_s + hold.hold_s, faults)
        else:
            sets.append(hold)
