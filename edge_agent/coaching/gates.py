"""What makes a swing a credible rep: the right posture at both ends, enough movement, a human tempo, a still anchor."""

from collections.abc import Sequence
from statistics import median

from edge_agent.coaching.angles import distance
from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.exercise_parts import Gate
from edge_agent.coaching.foreshortening import Limb
from edge_agent.coaching.landmarks import Point
from edge_agent.coaching.turning import Swing
from edge_agent.records import Record

NEAR_REST, NEAR_WORK = 0.3, 0.7
_ENOUGH = 0.5
_LEAST_OF_USUAL = 0.25
_MIN_SIGHT = 0.08


class Sample(Record, frozen=True, kw_only=True):
    """One frame as a rep's judge needs it."""

    time_s: float
    phase: float
    """Free of wild values, but not smoothed: its timing is right."""
    sight: float
    """Confidence of the phase, 0..1."""
    gates: tuple[bool | None, ...]
    """Whether each of the exercise's gates holds; None where its feature is hidden."""
    anchor: Point
    """Where the anchor is, pixels."""
    scale: float
    """The torso's length, pixels."""
    angles: tuple[float | None, float | None]
    """The main joint's angle on the left and on the right, degrees; None where hidden."""
    limbs: tuple[Limb | None, Limb | None] = (None, None)
    """The main joint's bones, where its range is worked out from them."""
    left_lead: float = 0.0
    """How far the left foot is ahead, metres."""
    form: tuple[tuple[float | None, ...], ...] = ()
    """What the frame shows for each of the exercise's faults (`faults.look`)."""


def credible(swing: Swing, samples: Sequence[Sample], exercise: Exercise, usual: float | None) -> float | None:
    """Return the share of frames that held the posture, 0..1; None when the swing can't be a rep."""
    least = exercise.min_excursion if usual is None else _LEAST_OF_USUAL * usual
    if swing.excursion < least:
        return None
    if not exercise.tempo.min_s <= swing.end.time_s - swing.start.time_s <= exercise.tempo.max_s:
        return None
    if not samples or sum(sample.sight for sample in samples) / len(samples) < _MIN_SIGHT:
        return None
    if exercise.anchor and _roaming(samples) > exercise.anchor.limit:
        return None
    shares = [_share(gate, index, swing, samples) for index, gate in enumerate(exercise.gates)]
    worst = min(shares, default=1.0)
    return worst if worst >= _ENOUGH else None


def _share(gate: Gate, index: int, swing: Swing, samples: Sequence[Sample]) -> float:
    """Return the share of the frames that could tell in which the gate held; 1 when none could."""
    low = swing.start.phase + NEAR_REST * swing.excursion
    high = swing.start.phase + NEAR_WORK * swing.excursion
    verdicts = [
        sample.gates[index]
        for sample in samples
        if gate.at == "always" or (sample.phase <= low if gate.at == "rest" else sample.phase >= high)
    ]
    told = [verdict for verdict in verdicts if verdict is not None]
    return sum(told) / len(told) if told else 1.0


def _roaming(samples: Sequence[Sample]) -> float:
    """Return how far the anchor is at the end from where it was at the start, in torso lengths.

    Only the ends count: at full range the joint may be hidden behind a plate or a knee, and be guessed elsewhere.
    """
    some = max(1, len(samples) // 5)
    first, last = _centre(samples[:some]), _centre(samples[-some:])
    return distance(first, last) / max(sample.scale for sample in samples)


def _centre(samples: Sequence[Sample]) -> Point:
    return median(sample.anchor[0] for sample in samples), median(sample.anchor[1] for sample in samples)
