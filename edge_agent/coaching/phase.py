"""How far a movement has come: 0 at the exercise's rest, 1 at its full range."""

from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.features import Reading, measure
from edge_agent.coaching.landmarks import Body, Side
from edge_agent.coaching.smoothing import Envelope

_LOWEST, _HIGHEST = -0.6, 1.8
_LEAK_S = 6.0
_MIN_MOVEMENT = 0.1
"""What a signal counts that hasn't moved yet; without it the first movement would have no phase."""


class PhaseSignal:
    """Fuses an exercise's signals, each by its weight, by how well it is seen and by how much it moves in this view.

    So a squat seen from the front is followed by the height of the hips, from the side by knee and hip.
    """

    def __init__(self, exercise: Exercise, side: Side | None) -> None:
        self._signals = exercise.signals
        self._side = side
        self._envelopes = [Envelope(_LEAK_S) for _ in exercise.signals]

    def update(self, body: Body, scale: float) -> Reading:
        """Return the phase, -0.6..1.8, and its confidence 0..1; the phase means nothing at confidence 0."""
        total = weighted = seen = weights = 0.0
        for signal, envelope in zip(self._signals, self._envelopes, strict=True):
            value, confidence = measure(signal.feature, body, scale, self._side)
            weights += signal.weight
            if confidence <= 0:
                continue
            share = (value - signal.rest) / (signal.work - signal.rest)
            share = max(_LOWEST, min(_HIGHEST, share))
            movement = max(_MIN_MOVEMENT, min(1.0, envelope.update(body.time_s, share)))
            weight = signal.weight * confidence * movement
            total += weight
            weighted += weight * share
            seen += signal.weight * confidence
        return (weighted / total, seen / weights) if total > 0 else (0.0, 0.0)
