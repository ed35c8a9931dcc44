"""Whose reps are counted: how large the person is in the picture, and whether the next frame shows the same one.

Both rules are the measured ones of the counting prototype: somebody else, or landmarks that jump across the room, are
ignored, until they have stayed for two seconds.
"""

from math import exp, inf

from edge_agent.coaching.angles import distance
from edge_agent.coaching.landmarks import ANKLES, ELBOWS, HIPS, JOINTS, KNEES, SHOULDERS, WRISTS, Body, Point

_BONES = (
    (SHOULDERS[0], SHOULDERS[1], 0.68),
    *((SHOULDERS[side], HIPS[side], 1.0) for side in (0, 1)),
    *((SHOULDERS[side], ELBOWS[side], 0.53) for side in (0, 1)),
    *((ELBOWS[side], WRISTS[side], 0.48) for side in (0, 1)),
    *((HIPS[side], KNEES[side], 0.78) for side in (0, 1)),
    *((KNEES[side], ANKLES[side], 0.80) for side in (0, 1)),
)
"""Ends of a bone and its typical length as a share of the torso's."""

_RISE_S, _FALL_S = 1.0, 4.0
_TORSO = (*SHOULDERS, *HIPS)
_MIN_SIGHT = 0.5
_LOST_AFTER_S = 0.5
_FORGOTTEN_AFTER_S = 2.0
_CONFIRMED_AFTER_S = 0.2
_REACH, _REACH_MOST = 0.8, 1.4
_NEAR = 1.5
"""Torso lengths; who turns up farther from where the locked person was is somebody else."""


def torso_length(body: Body) -> float:
    """Return the torso's length in pixels as the third longest bone tells it.

    A foreshortened bone looks short and a misplaced joint makes at most two look long, so neither counts.
    """
    lengths = [distance(body.points[a], body.points[b]) / share for a, b, share in _BONES]
    lengths.sort()
    return lengths[-3]


class _Shape:
    """Where the torso is and how the joints lie round it, in pixels."""

    def __init__(self, body: Body) -> None:
        torso = [body.points[index] for index in _TORSO]
        self.centre: Point = (sum(x for x, _ in torso) / 4, sum(y for _, y in torso) / 4)
        self.joints = [(body.points[i][0] - self.centre[0], body.points[i][1] - self.centre[1]) for i in JOINTS]
        self.length = torso_length(body)

    def distance(self, other: "_Shape", scale: float) -> float:
        """Return the shift of the torso plus the mean change of the joints round it, in torso lengths."""
        change = sum(distance(a, b) for a, b in zip(self.joints, other.joints, strict=True)) / len(JOINTS)
        return (distance(self.centre, other.centre) + change) / scale


class _Seen:
    """A person being followed."""

    def __init__(self, shape: _Shape, time_s: float) -> None:
        self.shape = shape
        self.since_s = self.last_s = time_s
        self.scale = shape.length

    @property
    def is_confirmed(self) -> bool:
        """Whether they were seen for longer than a flicker of the detector."""
        return self.last_s - self.since_s >= _CONFIRMED_AFTER_S

    def is_same(self, shape: _Shape, time_s: float) -> bool:
        reach = min(_REACH_MOST, _REACH + 4 * (time_s - self.last_s))
        alike = 0.5 < shape.length / max(self.shape.length, 1e-6) < 2
        return alike and shape.distance(self.shape, max(self.scale, 1e-6)) < reach

    def is_near(self, other: "_Seen") -> bool:
        """Whether this could be the same person after a gap: about as large, in about the same place."""
        alike = 0.5 < self.shape.length / max(other.scale, 1e-6) < 2
        return alike and distance(self.shape.centre, other.shape.centre) < _NEAR * other.scale

    def follow(self, shape: _Shape, time_s: float) -> None:
        elapsed = time_s - self.last_s
        toward = 1 - exp(-elapsed / (_RISE_S if shape.length > self.scale else _FALL_S))
        self.scale += toward * (shape.length - self.scale)
        self.shape, self.last_s = shape, time_s


class SubjectLock:
    """Follows one person. `generation` goes up with each new one."""

    def __init__(self) -> None:
        self._locked: _Seen | None = None
        self._rival: _Seen | None = None
        self.generation = 0

    @property
    def scale(self) -> float:
        """The locked person's torso in pixels."""
        return self._locked.scale if self._locked else 0.0

    def present(self, time_s: float) -> bool:
        """Whether the locked person was seen a moment ago, and not only in passing."""
        locked = self._locked
        return locked is not None and locked.is_confirmed and time_s - locked.last_s <= _LOST_AFTER_S

    def accept(self, body: Body) -> bool:
        """Return whether this is the locked person; takes somebody new once the locked one is gone."""
        if max(body.visibility[index] for index in _TORSO) < _MIN_SIGHT:
            return False
        shape, time_s = _Shape(body), body.time_s
        if not 0 < shape.length < inf:
            return False
        if self._locked and self._locked.is_same(shape, time_s):
            self._locked.follow(shape, time_s)
            self._rival = None
            return True
        return self._consider(shape, time_s)

    def _consider(self, shape: _Shape, time_s: float) -> bool:
        """Look at somebody who isn't the locked person; they are taken when that one has been gone for long enough."""
        if self._rival and self._rival.is_same(shape, time_s):
            self._rival.follow(shape, time_s)
        else:
            self._rival = _Seen(shape, time_s)
        locked = self._locked
        if locked and self._rival.is_confirmed and self._rival.is_near(locked):
            # Too quick a movement to follow, or a burst of lost landmarks: who stands there is still the same person.
            self._rival.scale = locked.scale
            self._rival.since_s = locked.since_s
            self._locked, self._rival = self._rival, None
            return True
        if locked and not self._may_replace(locked, self._rival):
            return False
        self._locked, self._rival = self._rival, None
        self.generation += 1
        return True

    def _may_replace(self, locked: _Seen, rival: _Seen) -> bool:
        if locked.is_confirmed:
            return rival.last_s - locked.last_s >= _FORGOTTEN_AFTER_S
        return rival.is_confirmed
