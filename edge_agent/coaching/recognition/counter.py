"""Counting without being told the exercise: what the movement looks like decides which counter's reps are credited.

Twice a second the last seconds of movement are compared with what the exercises look like. The two likeliest ones are
counted, from the past seconds on, so that the first rep is not lost. A rep is credited when its exercise was likely
while it was done, and the first ones only when there are two; walking about is likely nothing, so it counts nothing.
"""

from collections import deque
from collections.abc import Mapping
from math import exp

import msgspec

from edge_agent.coaching.counting import Progress, RepCounter
from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.landmarks import Body
from edge_agent.coaching.recognition.classifier import Model, Shares, shipped_model
from edge_agent.coaching.recognition.looks import Looks
from edge_agent.records import PoseFrame, Rep

_BACKLOG_S = 20.0
_MEMORY_S = 4.0
_LIKELY = 0.2
_UNLIKELY_S = 6.0
_CANDIDATES = 2
_CATCH_UP = 4
"""Past frames a new counter takes with each frame that comes, so that no frame takes long."""
_LIKELY_REP, _STILL, _STILL_IN_SET = 0.3, 0.2, 0.1
"""How likely an exercise must be during a rep that begins it, during the next one, and once there are two."""
_TRUST, _TRUST_MOST, _TRUST_S = 0.7, 4, 15.0
"""Then each rep, up to so many, lowers what is asked of the next one by this factor, until a pause this long."""
_SURE, _SURE_AT_END = 0.8, 0.7
"""So likely a single rep is enough, while training and when the set is over."""
_FIRST_REPS = 2
_HASTE, _HASTE_ALONE = 0.2, 0.5
"""A rep, or a single one, shorter than this share of the usual counts only when chosen."""
_HELD_S = 2.0
"""A posture held for so long is worth a rep."""
_FIRST_WITHIN_S = 14.0


class RecognisedProgress(Progress, frozen=True, kw_only=True):
    """What one frame brought; all its reps are of one exercise."""

    exercise: str = ""
    """The key of the exercise that is being done, and of the reps; empty while it isn't known."""


class _Candidate:
    """A counter of an exercise that may be the one."""

    def __init__(self, exercise: Exercise, backlog: deque[PoseFrame]) -> None:
        self.key = exercise.key
        self.counter = RepCounter(exercise)
        self.progress = Progress()
        self.behind = deque(backlog)
        self.likely_s = 0.0
        self.reps: list[tuple[Rep, float]] = []
        """Those that are not credited yet, each with how likely its exercise was meanwhile."""

    def update(self, frame: PoseFrame) -> list[Rep]:
        """Take the newest frame after those it has not seen yet, a few at a time."""
        self.behind.append(frame)
        return self._take(1 + _CATCH_UP)

    def finish(self) -> list[Rep]:
        """Take all that it has not seen yet, and end the set."""
        return [*self._take(len(self.behind)), *self.counter.finish().reps]

    def _take(self, count: int) -> list[Rep]:
        reps: list[Rep] = []
        for _ in range(min(len(self.behind), count)):
            self.progress = self.counter.update(self.behind.popleft())
            reps += self.progress.reps
        return reps


class RecognisingCounter:
    """Counts whatever is done of `exercises`; used like a `RepCounter`."""

    def __init__(self, exercises: Mapping[str, Exercise], model: Model | None = None) -> None:
        self._exercises = exercises
        self._looks = Looks(model or shipped_model())
        self._backlog: deque[PoseFrame] = deque()
        self._belief: Shares = {}
        self._candidates: dict[str, _Candidate] = {}
        self._released: deque[tuple[str, tuple[Rep, ...]]] = deque()
        self._credited_until_s = float("-inf")
        self._in_a_row = 0
        self.active = ""
        """The exercise being done; empty while it isn't known."""

    @property
    def counter_count(self) -> int:
        """How many counters run."""
        return len(self._candidates)

    def update(self, frame: PoseFrame) -> RecognisedProgress:
        """Take the next frame."""
        self._remember(frame)
        if frame.pose:
            self._look(Body(frame))
        for candidate in self._candidates.values():
            self._wait(candidate, candidate.update(frame))
        self._decide(frame.time_s)
        active = self._candidates.get(self.active)
        return self._progress(active.progress if active else Progress(present=self._looks.present(frame.time_s)))

    def finish(self) -> RecognisedProgress:
        """End the set. Call it again for as long as it brings reps: each answer tells of one exercise."""
        for candidate in self._candidates.values():
            self._wait(candidate, candidate.finish())
        if self._looks.newest:
            self._decide(self._looks.newest[0], over=True)
        self._backlog.clear()
        return self._progress(Progress())

    def _wait(self, candidate: _Candidate, reps: list[Rep]) -> None:
        least_s = _HASTE * self._exercises[candidate.key].tempo.usual_s
        candidate.reps += [
            (rep, self._support(candidate.key, rep)) for rep in reps if rep.end_s - rep.start_s >= least_s
        ]

    def _remember(self, frame: PoseFrame) -> None:
        self._backlog.append(frame)
        while frame.time_s - self._backlog[0].time_s > _BACKLOG_S:
            self._backlog.popleft()

    def _look(self, body: Body) -> None:
        """See what the movement looks like now."""
        before = self._looks.newest
        if not self._looks.update(body) or not (now := self._looks.newest):
            return
        time_s, shares = now
        toward = 1 - exp(-(time_s - before[0] if before else _MEMORY_S) / _MEMORY_S)
        known = self._belief or shares
        self._belief = {key: known[key] + toward * (share - known[key]) for key, share in shares.items()}
        self._shortlist(time_s)

    def _shortlist(self, time_s: float) -> None:
        """Count what is likely, and stop counting what has not been for a while."""
        ranked = sorted(self._belief.items(), key=lambda item: -item[1])
        known = [(key, share) for key, share in ranked if key in self._exercises]
        for key, share in known[:_CANDIDATES]:
            if share < _LIKELY:
                continue
            if key not in self._candidates:
                self._candidates[key] = _Candidate(self._exercises[key], deque(list(self._backlog)[:-1]))
            self._candidates[key].likely_s = time_s
        for key, candidate in list(self._candidates.items()):
            if key != self.active and time_s - candidate.likely_s > _UNLIKELY_S:
                del self._candidates[key]

    def _support(self, key: str, rep: Rep) -> float:
        """Return how likely the exercise was while the rep was done, 0..1."""
        told = [shares.get(key, 0.0) for shares in self._looks.during(rep.start_s, rep.end_s)]
        return sum(told) / len(told) if told else 0.0

    def _decide(self, time_s: float, *, over: bool = False) -> None:
        """Credit what the exercise being done has counted; change over to one that is likely and counts what it can't.

        With `over` the set ends, and a single rep that is very likely is enough.
        """
        active = self._candidates.get(self.active)
        if active:
            self._credit(active, self._still(active))
        best, best_sum = None, 0.0
        for candidate in self._candidates.values():
            candidate.reps = [one for one in candidate.reps if self._is_open(one[0], time_s)]
            likely = [support for _, support in candidate.reps if support >= _LIKELY_REP]
            alone = self._surest_alone(candidate)
            if candidate.progress.holding and candidate.progress.hold_s >= _HELD_S:
                alone = max(alone, self._belief.get(candidate.key, 0.0))
            enough = len(likely) >= _FIRST_REPS or alone >= (_SURE_AT_END if over else _SURE)
            weight = max(sum(likely), alone)
            if candidate is not active and enough and weight > best_sum:
                best, best_sum = candidate, weight
        if best:
            self.active = best.key
            self._in_a_row = 0
            self._credit(best, _LIKELY_REP)

    def _surest_alone(self, candidate: _Candidate) -> float:
        """Return how likely the surest of its reps that were not hurried is."""
        least_s = _HASTE_ALONE * self._exercises[candidate.key].tempo.usual_s
        return max((support for rep, support in candidate.reps if rep.end_s - rep.start_s >= least_s), default=0.0)

    def _is_open(self, rep: Rep, time_s: float) -> bool:
        """Whether a rep may still be credited: it is new, and nothing has been credited for that time."""
        middle_s = (rep.start_s + rep.end_s) / 2
        return time_s - rep.end_s <= _FIRST_WITHIN_S and middle_s > self._credited_until_s

    def _still(self, active: _Candidate) -> float:
        """Return how likely the exercise must be during its next rep: the less, the more of it was just done."""
        if active.reps and active.reps[0][0].start_s - self._credited_until_s > _TRUST_S:
            self._in_a_row = 0
        if self._in_a_row < _FIRST_REPS:
            return _STILL
        return _STILL_IN_SET * _TRUST ** min(_TRUST_MOST, self._in_a_row)

    def _credit(self, candidate: _Candidate, least: float) -> None:
        credited = tuple(rep for rep, support in candidate.reps if support >= least)
        candidate.reps = [one for one in candidate.reps if one[1] < least]
        if credited:
            self._credited_until_s = credited[-1].end_s
            self._in_a_row += len(credited)
            self._released.append((candidate.key, credited))

    def _progress(self, newest: Progress) -> RecognisedProgress:
        key, reps = self._released.popleft() if self._released else (self.active, ())
        return RecognisedProgress(**(msgspec.structs.asdict(newest) | {"reps": reps, "exercise": key}))
