"""One count: of both sides together, or of one arm by itself."""

from collections import deque
from collections.abc import Sequence
from statistics import median
from typing import Literal

import msgspec

from edge_agent.coaching import faults, gates
from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.exercise_parts import View
from edge_agent.coaching.features import measure
from edge_agent.coaching.foreshortening import Limb, limb
from edge_agent.coaching.form import judge, judged_rep
from edge_agent.coaching.gates import Sample
from edge_agent.coaching.inferring import Blindness, beats_between, inferred, off_beats
from edge_agent.coaching.landmarks import LEFT, PAIRS, RIGHT, Body, Side
from edge_agent.coaching.measuring import measure_rep
from edge_agent.coaching.own_range import OwnRange
from edge_agent.coaching.phase import PhaseSignal
from edge_agent.coaching.rhythm import Rhythm
from edge_agent.coaching.smoothing import LowPass, Median
from edge_agent.coaching.turning import Swing, TurningPoints
from edge_agent.records import Rep

_MEDIAN_S = 0.12
_MEDIAN_PERIODS = 0.12
_CUTOFF_PERIODS = 2.8
_CUTOFF_LEAST, _CUTOFF_MOST = 0.6, 5.0
_HIDDEN = 0.1
_HELD_PERIODS = 3.0
_REST_S = 0.3
"""So much rest before a rep is judged with it."""
_LATE_S = 1.0
"""Smoothing and the rise threshold notice a rep up to this much after it began."""


_LEAD_M = 0.2
"""Feet that are less than half a step apart lead nothing."""

Leg = Literal["both", "left", "right"]


class Lane:
    """Turns bodies into reps: phase, filter, turning points, gates, measures."""

    def __init__(self, exercise: Exercise, side: Side | None) -> None:
        self._exercise = exercise
        self._side = side
        self._signal = PhaseSignal(exercise, side)
        self._median = Median(_MEDIAN_S, _MEDIAN_PERIODS * exercise.tempo.usual_s)
        self._cutoff_hz = _CUTOFF_PERIODS / exercise.tempo.usual_s
        self._smooth = LowPass(self._cutoff_hz)
        self._own = OwnRange(exercise.tempo.usual_s)
        self._legs: dict[Leg, OwnRange] = {}
        self._turning = TurningPoints(self._own, exercise.tempo.max_s, may_begin_at_work=exercise.begins_at_work)
        self._samples: deque[Sample] = deque()
        self._blindness = Blindness()
        self._rhythm = Rhythm(exercise.tempo.usual_s) if exercise.unbroken else None
        self._last_peak_s: float | None = None
        # A first movement of half the range may be setting up; a second one makes both reps.
        self._held: tuple[Swing, Rep] | None = None
        self._last_end_s = float("-inf")
        self.phase: float | None = None

    @property
    def swinging_since_s(self) -> float | None:
        """When the running movement began; None at rest."""
        return self._turning.swinging_since_s

    def in_position(self) -> bool:
        """Whether the newest frame holds the posture of rest, or a rep is under way."""
        if self.swinging_since_s is not None:
            return True
        if not self._samples:
            return False
        newest = self._samples[-1]
        resting = zip(self._exercise.gates, newest.gates, strict=True)
        return newest.phase < gates.NEAR_WORK and all(
            holds is not False for gate, holds in resting if gate.at != "work"
        )

    def update(self, body: Body, scale: float, view: View) -> list[Rep]:
        """Take the next frame of the locked person; `view` is where the camera looks from."""
        phase, sight = self._signal.update(body, scale)
        if sight <= 0:
            return []
        self._blindness.update(body.time_s)
        steady = self._median.update(body.time_s, phase)
        self.phase = self._smooth.update(body.time_s, steady)
        self._samples.append(self._sample(body, scale, steady, sight))
        if self._rhythm:
            self._rhythm.update(body.time_s, steady)
        self._forget(body.time_s)
        swing = self._turning.update(body.time_s, self.phase)
        return self._credit(swing, view) if swing else []

    def finish(self, view: View) -> list[Rep]:
        """End the set; return a last rep that stopped short of lock-out."""
        swing = self._turning.finish()
        reps = self._credit(swing, view) if swing else []
        self._held = None
        return reps

    def _sample(self, body: Body, scale: float, phase: float, sight: float) -> Sample:
        verdicts = []
        for gate in self._exercise.gates:
            value, confidence = measure(gate.feature, body, scale, self._side)
            verdicts.append(gate.holds(value) if confidence > _HIDDEN else None)
        joint = self._exercise.main_joint.feature
        angles = [measure(joint, body, scale, side) for side in (LEFT, RIGHT)]
        left, right = (value if confidence > _HIDDEN else None for value, confidence in angles)
        bones: list[Limb | None] = [None, None]
        if self._exercise.main_joint.foreshortened:
            bones = [
                limb(joint, body, side, folds=self._exercise.main_joint.folds) if confidence > _HIDDEN else None
                for side, (_, confidence) in enumerate(angles)
            ]
        anchor = self._exercise.anchor
        return Sample(
            time_s=body.time_s,
            phase=phase,
            sight=sight,
            gates=tuple(verdicts),
            anchor=body.middle(PAIRS[anchor.joint]) if anchor else (0.0, 0.0),
            scale=scale,
            form=faults.look(self._exercise.faults, body, scale, self._side),
            left_lead=body.left_lead() if self._exercise.leading_leg else 0.0,
            limbs=(bones[LEFT] if self._side != RIGHT else None, bones[RIGHT] if self._side != LEFT else None),
            angles=(left if self._side != RIGHT else None, right if self._side != LEFT else None),
        )

    def _forget(self, time_s: float) -> None:
        since_s = self.swinging_since_s
        keep_s = (time_s - 2 if since_s is None else min(since_s, time_s - 2)) - _LATE_S
        while self._samples[0].time_s < keep_s:
            self._samples.popleft()

    def _credit(self, swing: Swing, view: View) -> list[Rep]:
        samples = self._between(swing.start.time_s - _REST_S, swing.end.time_s)
        posture = gates.credible(swing, samples, self._exercise, self._own.usual)
        if posture is None:
            return []
        beats = self._beats(swing.peak.time_s)
        if beats == 0:
            return []
        sight = sum(sample.sight for sample in samples) / len(samples)
        found = faults.find(self._exercise.faults, swing, samples, view)
        side = _leading(swing, samples) if self._exercise.leading_leg else "both"
        verdict = judge(swing.excursion, self._own_of(side), self._exercise, sight, posture, found)
        moving = self._between(max(swing.start.time_s - _LATE_S, self._last_end_s), swing.end.time_s)
        before_s, self._last_end_s = self._last_end_s, swing.end.time_s
        measures = measure_rep(moving, self._exercise.main_joint.shown(view), view)
        rep = msgspec.structs.replace(judged_rep(measures, verdict, self._exercise), side=side)
        unseen = self._unseen(beats, swing, before_s, min(rep.start_s, swing.start.time_s))
        held, self._held = self._held, None
        if held and rep.start_s - held[1].end_s > _HELD_PERIODS * self._exercise.tempo.usual_s:
            held = None
        if held is None and self._own.best is None and swing.excursion < self._exercise.full_excursion:
            self._held = swing, rep
            return []
        credited = [*([held] if held else []), (swing, rep)]
        for one, its_rep in credited:
            self._learn(one, its_rep.side)
        return [*unseen, *(one for _, one in credited)]

    def _beats(self, peak_s: float) -> int | None:
        """Return how many beats after the last rep this one is, where the exercise has a rhythm without pauses."""
        if self._rhythm is None or self._last_peak_s is None:
            return None
        return beats_between(self._rhythm, self._last_peak_s, peak_s)

    def _unseen(self, beats: int | None, swing: Swing, last_end_s: float, start_s: float) -> list[Rep]:
        """Return the reps before this one that no swing shows."""
        last_peak_s, self._last_peak_s = self._last_peak_s, swing.peak.time_s
        if beats and last_peak_s is not None:
            return off_beats(last_peak_s, swing.peak.time_s, beats)
        return inferred(self._own, self._blindness, last_end_s, start_s)

    def _between(self, first_s: float, last_s: float) -> list[Sample]:
        return [sample for sample in self._samples if first_s <= sample.time_s <= last_s]

    def _own_of(self, side: Leg) -> OwnRange:
        """Return the range of a leg that leads, or the person's."""
        if side == "both":
            return self._own
        return self._legs.setdefault(side, OwnRange(self._exercise.tempo.usual_s))

    def _learn(self, swing: Swing, side: Leg) -> None:
        for own in {id(own): own for own in (self._own, self._own_of(side))}.values():
            own.learn(swing.excursion, swing.start.time_s, swing.end.time_s)
        ratio = self._exercise.tempo.usual_s / self._own.period_s
        self._smooth.cutoff_hz = self._cutoff_hz * max(_CUTOFF_LEAST, min(_CUTOFF_MOST, ratio))


def _leading(swing: Swing, samples: Sequence[gates.Sample]) -> Leg:
    """Return the leg that is ahead near full range; both when neither is."""
    high = swing.start.phase + gates.NEAR_WORK * swing.excursion
    lead = median([sample.left_lead for sample in samples if sample.phase >= high] or [0.0])
    return "both" if abs(lead) < _LEAD_M else "left" if lead > 0 else "right"
