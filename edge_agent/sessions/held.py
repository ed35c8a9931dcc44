"""What was held in one set: holds with short rests between them."""

import msgspec

from edge_agent.records import Fault


class Held:
    """The holds of one set, told frame by frame. Seconds of rest between them do not count."""

    def __init__(self, seconds: float = 0.0, faults: tuple[Fault, ...] = ()) -> None:
        """Begin with what was held before, if the set goes on after a restart."""
        self._before_s, self._before = seconds, faults
        self._running_s = 0.0
        self._running: tuple[Fault, ...] = ()

    @property
    def seconds(self) -> float:
        """All of them, with the running hold."""
        return self._before_s + self._running_s

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Each with its seconds, in the order they came."""
        return faults_together(self._before, self._running)

    def update(self, seconds: float, faults: tuple[Fault, ...]) -> None:
        """Take how long the running hold has lasted and its faults; fewer seconds than before are a new hold."""
        if seconds < self._running_s:
            self._before_s, self._before = self.seconds, self.faults
        self._running_s, self._running = seconds, faults


def faults_together(some: tuple[Fault, ...], more: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Return the faults of both, the seconds of the same one added up."""
    faults = {fault.key: fault for fault in some}
    for fault in more:
        before_s = faults[fault.key].value if fault.key in faults else 0.0
        faults[fault.key] = msgspec.structs.replace(fault, value=round(before_s + fault.value, 1))
    return tuple(faults.values())
