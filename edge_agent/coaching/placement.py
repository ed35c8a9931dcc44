"""The placement coach: whether the camera sees what an exercise needs, what to move if it does not, and what is to be
had from where it stands.

Asked before a set, of somebody who stands ready: joints out of the picture come first, then the size, then the view.
"""

from typing import Literal

from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.exercise_parts import JointShown, View
from edge_agent.coaching.landmarks import ANKLES, ELBOWS, HIPS, KNEES, NOSE, SHOULDERS, WRISTS
from edge_agent.coaching.view_counts import measured
from edge_agent.records import Pose, PoseFrame, Sight

Advice = Literal[
    "", "step_back_feet", "step_back_hands", "step_back_head", "middle", "step_closer", "turn_side", "turn_front"
]
"""What to do; empty when all is well. The words are the pages'."""

_PARTS = {
    "ankle": ANKLES,
    "feet": ANKLES,
    "knee": (*HIPS, *KNEES, *ANKLES),
    "hip": (*SHOULDERS, *HIPS),
    "wrist": WRISTS,
    "hands": WRISTS,
    "elbow": (*ELBOWS, *WRISTS),
    "shoulder": SHOULDERS,
    "trunk": (*SHOULDERS, *HIPS),
    "lean": (*SHOULDERS, *HIPS),
    "nose": (NOSE,),
}
"""The landmarks that a feature needs, by the words in its name."""
_MARGIN = 0.01
"""Landmarks so near to the picture's edge are guessed, as shares of the picture."""
_SMALL = 0.09
"""A torso of less than this share of the picture's height: joints tremble by a tenth of it."""
_SETTLED_S = 1.5
_RANGE: dict[JointShown, Literal["measured", "estimated", "not"]] = {
    "plainly": "measured",
    "foreshortened": "estimated",
    "not": "not",
}


def advise(exercise: Exercise, frame: PoseFrame, view: View, torso_px: float) -> Advice:
    """Return what to do about where the person stands; `torso_px` is the torso's length in the picture."""
    if frame.pose is None:
        return ""
    hidden = _out_of_picture(frame.pose, needed(exercise))
    if hidden:
        return _about(hidden, frame.pose)
    if torso_px < _SMALL * frame.height:
        return "step_closer"
    if exercise.main_joint.shown(view) == "not":
        return "turn_side" if _is_for_side(exercise) else "turn_front"
    return ""


def sight(exercise: Exercise, view: View) -> Sight:
    """Return what a view can tell of an exercise."""
    counts = measured(exercise.key, view)
    depth = [rule for rule in exercise.faults if rule.key == "depth"]
    return Sight(
        view=view,
        recordings=counts.recordings if counts else 0,
        within_one=counts.within_one if counts else 0,
        range="" if exercise.hold else _RANGE[exercise.main_joint.shown(view)],
        depth_hidden=any(view not in rule.views for rule in depth),
    )


def needed(exercise: Exercise) -> frozenset[int]:
    """Return the landmarks that counting and measuring the exercise need."""
    features = {signal.feature for signal in exercise.signals} | {gate.feature for gate in exercise.gates}
    features.add(exercise.main_joint.feature)
    return frozenset(index for name in features for word in name.split("_") for index in _PARTS.get(word, ()))


def _is_for_side(exercise: Exercise) -> bool:
    return "side" in (*exercise.main_joint.views, *exercise.main_joint.foreshortened)


def _out_of_picture(pose: Pose, indices: frozenset[int]) -> set[int]:
    low, high = _MARGIN, 1 - _MARGIN
    return {index for index in indices if not all(low < share < high for share in pose.image[index][:2])}


def _about(hidden: set[int], pose: Pose) -> Advice:
    """Say it of the part that is farthest down or up; whoever is cut off at one side only goes to the middle."""
    if all(_MARGIN < pose.image[index][1] < 1 - _MARGIN for index in hidden):
        return "middle"
    if hidden & {*KNEES, *ANKLES, *HIPS}:
        return "step_back_feet"
    return "step_back_head" if NOSE in hidden else "step_back_hands"


class PlacementCoach:
    """Advice that has settled: nobody is sent about by a single frame or on their way to the spot."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._wanted: Advice = ""
        self._since_s = float("-inf")
        self.advice: Advice = ""
        self.sight: Sight | None = None
        """What the view of the newest frame can tell."""

    def update(self, frame: PoseFrame, view: View, torso_px: float) -> Advice:
        """Take the next frame of the person; return the advice that holds."""
        if self.sight is None or self.sight.view != view:
            self.sight = sight(self._exercise, view)
        wanted = advise(self._exercise, frame, view, torso_px)
        if wanted != self._wanted:
            self._wanted, self._since_s = wanted, frame.time_s
        if frame.time_s - self._since_s >= _SETTLED_S:
            self.advice = wanted
        return self.advice
