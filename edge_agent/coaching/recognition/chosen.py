"""Counting an exercise that was chosen by hand, but not what is plainly something else.

A rep is held back when the movement around it looks nothing like the exercise, and credited late if the next ones do:
whoever chose the exercise is believed unless they go on jogging, dancing or doing another one. An exercise that the
model was not trained on is never refused.
"""

from collections import deque
from math import log
from statistics import fmean

import msgspec

from edge_agent.coaching.counting import Progress, RepCounter
from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.landmarks import Body
from edge_agent.coaching.recognition.classifier import NO_EXERCISE, Model, shipped_model
from edge_agent.coaching.recognition.looks import Looks
from edge_agent.records import PoseFrame, Rep

_UNLIKE = 0.05
"""The geometric mean of how likely the exercise was during the rep."""
_NO_EXERCISE, _MORE_WITH_EACH = 0.6, 0.05
"""So likely, on average, is it no exercise at all, and how much likelier that may be after each believed rep."""
_BELIEVED_WITHIN_S, _BELIEVED_MOST, _LENIENCE = 30.0, 4, 0.5
"""Who was believed lately is believed sooner: the bound on the logarithm falls with each such rep."""
_HELD_BACK_S = 6.0
"""Reps not believed are, when one is that begins no later after them."""
_LEAST_SHARE = 1e-4


class ChosenCounter:
    """A `RepCounter` that looks at the movement as well."""

    def __init__(self, exercise: Exercise, model: Model | None = None) -> None:
        model = model or shipped_model()
        self._key = exercise.key
        self._counter = RepCounter(exercise)
        self._looks = Looks(model) if exercise.key in model.keys else None
        self._number = 0
        self._believed_s: deque[float] = deque(maxlen=_BELIEVED_MOST)
        self._held_back: list[Rep] = []

    def update(self, frame: PoseFrame) -> Progress:
        """Take the next frame."""
        if self._looks and frame.pose:
            self._looks.update(Body(frame))
        return self._believed(self._counter.update(frame))

    def finish(self) -> Progress:
        """End the set, as with a `RepCounter`."""
        progress = self._believed(self._counter.finish())
        self._held_back.clear()
        return progress

    def _believed(self, progress: Progress) -> Progress:
        """Leave out the reps of another movement."""
        if not progress.reps:
            return progress
        credited: list[Rep] = []
        for rep in progress.reps:
            self._held_back = [one for one in self._held_back if rep.start_s - one.end_s < _HELD_BACK_S]
            self._held_back.append(rep)
            if self._is_like_it(rep):
                credited += self._held_back
                self._held_back = []
        reps = [msgspec.structs.replace(rep, number=self._number + place) for place, rep in enumerate(credited, 1)]
        self._number += len(reps)
        return msgspec.structs.replace(progress, reps=tuple(reps), cue=progress.cue if reps else "")

    def _is_like_it(self, rep: Rep) -> bool:
        looks = self._looks.during(rep.start_s, rep.end_s) if self._looks else []
        if not looks:
            return True
        lately = sum(rep.end_s - time_s < _BELIEVED_WITHIN_S for time_s in self._believed_s)
        like = fmean(log(shares[self._key] + _LEAST_SHARE) for shares in looks)
        nothing = fmean(shares[NO_EXERCISE] for shares in looks)
        believed = like > log(_UNLIKE) - _LENIENCE * lately and nothing < _NO_EXERCISE + _MORE_WITH_EACH * lately
        if believed:
            self._believed_s.append(rep.end_s)
        return believed
