"""What is measured on a body in one frame, free of its size in the picture, each value with its confidence.

Angles are degrees; heights and distances are torso lengths, heights positive upward. Where a value exists for the left
and the right, the two are joined by how well each is seen and how near it is: a guessed joint counts nothing, and in a
side view the near limbs lead.
"""

from collections.abc import Callable
from math import atan2, degrees, exp, radians, sin

from edge_agent.coaching.angles import angle, angle_3d, distance, lean
from edge_agent.coaching.landmarks import (
    ANKLES,
    ELBOWS,
    HIPS,
    KNEES,
    LEFT,
    NOSE,
    RIGHT,
    SHOULDERS,
    WRISTS,
    Body,
    Side,
)

Reading = tuple[float, float]
"""A value and how far to trust it, 0..1."""
Pair = tuple[int, int]

_HIDDEN = 0.25
"""A visibility at which the model only guesses."""
_NEARNESS = 4.0

_TURNED = 0.5
"""Sine of the yaw from which a lean to the front shows in the picture: 30 degrees."""

_ACROSS = 0.42
"""Torso lengths, four fifths of a typical upper arm: it looks so long 37 degrees out of the picture's plane."""

UNKNOWN: Reading = (0.0, 0.0)


def trust(sight: float) -> float:
    """Return the weight of a landmark of this visibility: 0 when guessed, 1 when plainly seen."""
    return (max(0.0, sight - _HIDDEN) / (1 - _HIDDEN)) ** 2


def nearness(body: Body, side: Side, scale: float) -> float:
    """Return how much this side is the nearer one, 0..1; 0.5 when the person faces the camera."""
    other = RIGHT if side == LEFT else LEFT
    behind = sum(body.depth[pair[side]] - body.depth[pair[other]] for pair in (SHOULDERS, HIPS)) / 2 / scale
    return 1 / (1 + exp(max(-20.0, min(20.0, _NEARNESS * behind))))


def measure(name: str, body: Body, scale: float, side: Side | None = None) -> Reading:
    """Return the feature of one side, or of both joined when `side` is None. `scale` is the torso in pixels."""
    if name in _CENTRAL:
        return _CENTRAL[name](body, scale)
    of_side = _SIDED[name]
    if side is not None:
        value, sight = of_side(body, scale, side)
        return value, trust(sight)
    return _joined(*((of_side(body, scale, s), nearness(body, s, scale)) for s in (LEFT, RIGHT)))


def _joined(*sides: tuple[Reading, float]) -> Reading:
    weights = [trust(sight) * near for (_, sight), near in sides]
    total = sum(weights)
    if total <= 0:
        return UNKNOWN
    value = sum(weight * reading[0] for weight, (reading, _) in zip(weights, sides, strict=True)) / total
    return value, max(trust(sight) for (_, sight), _ in sides)


_OfSide = Callable[[Body, float, Side], Reading]
_OfBody = Callable[[Body, float], Reading]


def _joint(a: Pair, joint: Pair, b: Pair) -> _OfSide:
    def measure_angle(body: Body, _: float, side: Side) -> Reading:
        i, j, k = a[side], joint[side], b[side]
        return angle(body.points[i], body.points[j], body.points[k]), body.sight(i, j, k)

    return measure_angle


def _elbow_across(body: Body, scale: float, side: Side) -> Reading:
    """Angle of the elbow, hidden while the upper arm points at the camera: a straight arm looks bent at will then."""
    shoulder, elbow = SHOULDERS[side], ELBOWS[side]
    across = distance(body.points[shoulder], body.points[elbow]) >= _ACROSS * scale
    value, sight = _joint(SHOULDERS, ELBOWS, WRISTS)(body, scale, side)
    return value, sight if across else 0.0


def _joint_3d(a: Pair, joint: Pair, b: Pair) -> _OfSide:
    def measure_angle(body: Body, _: float, side: Side) -> Reading:
        i, j, k = a[side], joint[side], b[side]
        return angle_3d(body.world[i], body.world[j], body.world[k]), body.sight(i, j, k)

    return measure_angle


def _height(upper: Pair, lower: Pair) -> _OfSide:
    def measure_height(body: Body, scale: float, side: Side) -> Reading:
        i, j = upper[side], lower[side]
        return (body.points[j][1] - body.points[i][1]) / scale, body.sight(i, j)

    return measure_height


def _span(pair: Pair) -> _OfBody:
    def measure_span(body: Body, scale: float) -> Reading:
        return distance(body.points[pair[0]], body.points[pair[1]]) / scale, trust(body.sight(*pair))

    return measure_span


def _trunk_lean(body: Body, _: float) -> Reading:
    return lean(body.middle(HIPS), body.middle(SHOULDERS)), trust(body.sight(*SHOULDERS, *HIPS))


def _forward_lean(body: Body, _: float) -> Reading:
    """Lean toward where the person faces: what the picture shows of it grows with the sine of the yaw."""
    turned = sin(radians(body.yaw_deg()))
    if abs(turned) < _TURNED:
        return UNKNOWN
    (x, y), (hip_x, hip_y) = body.middle(SHOULDERS), body.middle(HIPS)
    return degrees(atan2((x - hip_x) / turned, hip_y - y)), trust(body.sight(*SHOULDERS, *HIPS))


def _hip_off_line(body: Body, scale: float, side: Side) -> Reading:
    """Height of the hip over the line from shoulder to ankle, square to it."""
    (x, y), (hip_x, hip_y), (end_x, end_y) = (body.points[pair[side]] for pair in (SHOULDERS, HIPS, ANKLES))
    length = distance((x, y), (end_x, end_y)) or 1.0
    below = ((end_x - x) * (hip_y - y) - (end_y - y) * (hip_x - x)) / length / scale
    return (-below if end_x > x else below), body.sight(SHOULDERS[side], HIPS[side], ANKLES[side])


def _knee_in(body: Body, scale: float, side: Side) -> Reading:
    """How far the knee is inside of the line from hip to ankle, seen from the front or from behind."""
    points = body.points
    (hip_x, hip_y), (x, y), (end_x, end_y) = (points[pair[side]] for pair in (HIPS, KNEES, ANKLES))
    down = end_y - hip_y
    if down <= 0:
        return UNKNOWN
    outside = x - (hip_x + (end_x - hip_x) * (y - hip_y) / down)
    other = RIGHT if side == LEFT else LEFT
    outward = 1 if points[HIPS[side]][0] > points[HIPS[other]][0] else -1
    return -outward * outside / scale, body.sight(HIPS[side], KNEES[side], ANKLES[side])


def _nose_height(lower: Pair) -> _OfSide:
    def measure_height(body: Body, scale: float, side: Side) -> Reading:
        index = lower[side]
        return (body.points[index][1] - body.points[NOSE][1]) / scale, body.sight(NOSE, index)

    return measure_height


def _reach(a: Pair, b: Pair) -> _OfSide:
    def measure_reach(body: Body, scale: float, side: Side) -> Reading:
        i, j = a[side], b[side]
        return distance(body.points[i], body.points[j]) / scale, body.sight(i, j)

    return measure_reach


def _beside(a: Pair, b: Pair) -> _OfSide:
    def measure_offset(body: Body, scale: float, side: Side) -> Reading:
        i, j = a[side], b[side]
        return (body.points[i][0] - body.points[j][0]) / scale, body.sight(i, j)

    return measure_offset


_SIDED: dict[str, _OfSide] = {
    "elbow": _joint(SHOULDERS, ELBOWS, WRISTS),
    "shoulder": _joint(HIPS, SHOULDERS, ELBOWS),
    "hip": _joint(SHOULDERS, HIPS, KNEES),
    "knee": _joint(HIPS, KNEES, ANKLES),
    "elbow_across": _elbow_across,
    "elbow_3d": _joint_3d(SHOULDERS, ELBOWS, WRISTS),
    "shoulder_3d": _joint_3d(HIPS, SHOULDERS, ELBOWS),
    "hip_3d": _joint_3d(SHOULDERS, HIPS, KNEES),
    "knee_3d": _joint_3d(HIPS, KNEES, ANKLES),
    "hip_over_ankle": _height(HIPS, ANKLES),
    "hip_over_knee": _height(HIPS, KNEES),
    "shoulder_over_ankle": _height(SHOULDERS, ANKLES),
    "shoulder_over_wrist": _height(SHOULDERS, WRISTS),
    "shoulder_over_hip": _height(SHOULDERS, HIPS),
    "wrist_over_shoulder": _height(WRISTS, SHOULDERS),
    "wrist_over_elbow": _height(WRISTS, ELBOWS),
    "elbow_over_shoulder": _height(ELBOWS, SHOULDERS),
    "wrist_over_hip": _height(WRISTS, HIPS),
    "wrist_over_knee": _height(WRISTS, KNEES),
    "nose_over_wrist": _nose_height(WRISTS),
    "nose_over_hip": _nose_height(HIPS),
    "wrist_to_shoulder": _reach(WRISTS, SHOULDERS),
    "shoulder_to_knee": _reach(SHOULDERS, KNEES),
    "hip_beside_wrist": _beside(HIPS, WRISTS),
    "ankle_beside_wrist": _beside(ANKLES, WRISTS),
    "hip_off_line": _hip_off_line,
    "knee_in": _knee_in,
}
_CENTRAL: dict[str, _OfBody] = {
    "trunk_lean": _trunk_lean,
    "forward_lean": _forward_lean,
    "feet_apart": _span(ANKLES),
    "knees_apart": _span(KNEES),
    "hands_apart": _span(WRISTS),
    "shoulder_width": _span(SHOULDERS),
}

NAMES = frozenset(_SIDED) | frozenset(_CENTRAL)
SIDED_NAMES = frozenset(_SIDED)
