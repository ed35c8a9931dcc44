"""Judging a rep: full or partial, faults with their figures, a score, and how sure all of it is."""

from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.own_range import OwnRange
from edge_agent.records import Fault, Record

FULL_SHARE = 0.75
"""Less than this share of the person's own best range is a partial rep."""
DOUBTFUL = 0.4
_ODD_SHARE = 0.5


class Verdict(Record, frozen=True, kw_only=True):
    """What is said about a rep."""

    full: bool
    faults: tuple[Fault, ...]
    score: float
    confidence: float

    @property
    def doubtful(self) -> bool:
        return self.confidence < DOUBTFUL


def judge(excursion: float, own: OwnRange, exercise: Exercise, sight: float, posture: float) -> Verdict:
    """Judge a rep by how far it went; `sight` and `posture` are the shares seen and in position, 0..1."""
    best = max(own.best or excursion, exercise.full_excursion)
    share = excursion / best
    full = share >= FULL_SHARE and excursion >= exercise.full_excursion
    faults = () if full else (_short(share, exercise),)
    likeness = min(1.0, excursion / (_ODD_SHARE * (own.usual or excursion)))
    confidence = min(1.0, sight * 2) ** 0.5 * posture * likeness
    return Verdict(
        full=full,
        faults=faults,
        score=round(min(1.0, share), 3),
        confidence=round(confidence, 3),
    )


def _short(share: float, exercise: Exercise) -> Fault:
    return Fault(
        key="range",
        text=exercise.words.partial_text,
        value=round(100 * share, 1),
        threshold=100 * FULL_SHARE,
        unit="% of own range",
    )
