"""A joint's angle where the limb leaves the plane of the picture, worked out from how short its bones look.

A bone is as long as it looks at its longest during the rep; what it looks shorter than that, it points toward or away
from the camera. Whether both bones of a joint point the same way is known where hands or feet are planted: the joint
between folds to one side. Elsewhere the landmarks' depth tells, whose sign is better than its amount.
"""

from collections.abc import Sequence
from math import acos, degrees, hypot, sqrt

from edge_agent.coaching.landmarks import ANKLES, ELBOWS, HIPS, KNEES, SHOULDERS, WRISTS, Body, Side
from edge_agent.records import Record

JOINTS = {
    "elbow": (SHOULDERS, ELBOWS, WRISTS),
    "shoulder": (HIPS, SHOULDERS, ELBOWS),
    "hip": (SHOULDERS, HIPS, KNEES),
    "knee": (HIPS, KNEES, ANKLES),
}
"""The joints it can be done for: the ends of their two bones."""

_LONGEST_SHARE = 0.9
"""The length that nine in ten frames stay below: a misplaced joint makes a bone look long."""
_TREMBLE = 0.97
"""A bone that looks this long lies in the plane: landmarks tremble by as much."""


class Limb(Record, frozen=True, kw_only=True):
    """The two bones of a joint in one frame, from the joint to their far ends, in pixels."""

    upper: tuple[float, float]
    lower: tuple[float, float]
    same_way: bool
    """Whether both point toward the camera, or both away from it."""


def limb(feature: str, body: Body, side: Side, *, folds: bool) -> Limb:
    """Return the bones of a joint of `JOINTS`; one that `folds` has both pointing the same way."""
    a, joint, b = (pair[side] for pair in JOINTS[feature])
    (ax, ay), (x, y), (bx, by) = (body.points[index] for index in (a, joint, b))
    depth = body.world[joint][2]
    return Limb(
        upper=(ax - x, ay - y),
        lower=(bx - x, by - y),
        same_way=folds or (body.world[a][2] - depth) * (body.world[b][2] - depth) > 0,
    )


def angles(limbs: Sequence[Limb | None]) -> list[float | None]:
    """Return the joint's angle in each frame of a rep, degrees; None where the limb was hidden."""
    seen = [one for one in limbs if one]
    if not seen:
        return [None] * len(limbs)
    upper, lower = _length([one.upper for one in seen]), _length([one.lower for one in seen])
    return [_angle(one, upper, lower) if one else None for one in limbs]


def _length(bones: Sequence[tuple[float, float]]) -> float:
    lengths = sorted(hypot(x, y) for x, y in bones)
    return _TREMBLE * lengths[round(_LONGEST_SHARE * (len(lengths) - 1))]


def _angle(one: Limb, upper: float, lower: float) -> float:
    (ax, ay), (bx, by) = one.upper, one.lower
    upper_depth, lower_depth = _depth(one.upper, upper), _depth(one.lower, lower)
    product = ax * bx + ay * by + (1 if one.same_way else -1) * upper_depth * lower_depth
    lengths = hypot(ax, ay, upper_depth) * hypot(bx, by, lower_depth)
    return degrees(acos(max(-1.0, min(1.0, product / lengths)))) if lengths > 0 else 180.0


def _depth(bone: tuple[float, float], length: float) -> float:
    return sqrt(max(0.0, length**2 - bone[0] ** 2 - bone[1] ** 2))
