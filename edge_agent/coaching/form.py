"""Judging a rep: full or partial, faults with their figures, a score, and how sure all of it is."""

from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.measuring import Measures
from edge_agent.coaching.own_range import OwnRange
from edge_agent.records import Fault, Record, Rep

DOUBTFUL = 0.4
_ODD_SHARE = 0.5
_FAULT_COST = 0.15
_RANGE, _DEPTH = "range", "depth"


class Verdict(Record, frozen=True, kw_only=True):
    """What is said about a rep."""

    full: bool
    faults: tuple[Fault, ...]
    score: float
    confidence: float

    @property
    def doubtful(self) -> bool:
        return self.confidence < DOUBTFUL


def judge(
    excursion: float, own: OwnRange, exercise: Exercise, sight: float, posture: float, found: tuple[Fault, ...] = ()
) -> Verdict:
    """Judge a rep by how far it went and by the faults found in it.

    `sight` and `posture` are the shares seen and in position, 0..1.
    """
    best = max(own.standard or excursion, exercise.full_excursion)
    share = excursion / best
    full = share >= exercise.full_share and excursion >= exercise.full_excursion
    # Short of the own range and of the absolute one is said once.
    faults = found if full else (_short(share, exercise), *(one for one in found if one.key != _DEPTH))
    likeness = min(1.0, excursion / (_ODD_SHARE * (own.usual or excursion)))
    confidence = min(1.0, sight * 2) ** 0.5 * posture * likeness
    return Verdict(
        full=full,
        faults=faults,
        score=round(max(0.0, min(1.0, share) - _FAULT_COST * len(found)), 3),
        confidence=round(confidence, 3),
    )


def judged_rep(measures: Measures, verdict: Verdict, exercise: Exercise) -> Rep:
    """Return the rep, its halves named by what the muscle does in them; the number is the counter's."""
    halves = (measures.turn_start_s - measures.start_s, measures.end_s - measures.turn_end_s)
    eccentric_s, concentric_s = halves if exercise.first_half == "eccentric" else halves[::-1]
    return Rep(
        number=0,
        start_s=measures.start_s,
        end_s=measures.end_s,
        full=verdict.full,
        rom_deg=_rounded(measures.rom_deg, 1),
        eccentric_s=round(max(0.0, eccentric_s), 3),
        pause_s=round(max(0.0, measures.turn_end_s - measures.turn_start_s), 3),
        concentric_s=round(max(0.0, concentric_s), 3),
        peak_speed_deg_s=_rounded(measures.peak_speed_deg_s, 1),
        symmetry=_rounded(measures.symmetry, 3),
        faults=verdict.faults,
        score=verdict.score,
        confidence=verdict.confidence,
        doubtful=verdict.doubtful,
    )


def _short(share: float, exercise: Exercise) -> Fault:
    return Fault(
        key=_RANGE,
        text=exercise.words.partial_text,
        value=round(100 * share, 1),
        threshold=round(100 * exercise.full_share, 1),
        unit="% of own range",
    )


def form_cue(rep: Rep, exercise: Exercise) -> str:
    """Return what to shout after a rep: its first fault, in few words; empty when there is none."""
    cues = {_RANGE: exercise.words.partial_cue} | {rule.key: rule.cue for rule in exercise.faults}
    return next((cues[fault.key] for fault in rep.faults if fault.key in cues), "")


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
