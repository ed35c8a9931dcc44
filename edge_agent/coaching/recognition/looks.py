"""What the movement of the person in view looked like, every fraction of a second, over the last while."""

from collections import deque

from edge_agent.coaching.landmarks import Body
from edge_agent.coaching.recognition.classifier import Model, Shares
from edge_agent.coaching.recognition.movement import MovementWindow
from edge_agent.coaching.subject import SubjectLock

EVERY_S = 0.4
_KEPT_S = 40.0
_SETTLE_S = 0.4
"""A window tells about a movement this long after its begin and its end."""
_LAG_S = 1.5


class Looks:
    """Compares the last seconds of movement with what the exercises look like."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._subject = SubjectLock()
        self._window = MovementWindow()
        self._generation = 0
        self._looks: deque[tuple[float, Shares]] = deque()

    @property
    def newest(self) -> tuple[float, Shares] | None:
        """When the newest look was and what it told."""
        return self._looks[-1] if self._looks else None

    def present(self, time_s: float) -> bool:
        """Whether the person is in view."""
        return self._subject.present(time_s)

    def update(self, body: Body) -> bool:
        """Take the next body. Returns whether there is a new look."""
        if not self._subject.accept(body):
            return False
        if self._subject.generation != self._generation:
            self._generation = self._subject.generation
            self._window.clear()
        sampled = self._window.update(body, self._subject.scale)
        if not sampled or (self._looks and body.time_s - self._looks[-1][0] < EVERY_S):
            return False
        figures = self._window.figures()
        if figures is None:
            return False
        self._looks.append((body.time_s, self._model.shares(figures)))
        while body.time_s - self._looks[0][0] > _KEPT_S:
            self._looks.popleft()
        return True

    def during(self, start_s: float, end_s: float) -> list[Shares]:
        """Return the looks that tell of that time; the newest one if there is none."""
        told = [shares for time_s, shares in self._looks if start_s + _SETTLE_S <= time_s <= end_s + _LAG_S]
        return told or [shares for _, shares in list(self._looks)[-1:]]
