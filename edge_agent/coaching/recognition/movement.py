"""What the last seconds of movement looked like, as figures that do not depend on the person's size, place or side.

Each frame is reduced to a few channels: what exists on the left and on the right is joined by how well each is seen,
and how far the two differ is a channel of its own. A window of channels becomes the lowest, middle and highest level
of each, how fast it changes, how often some go to and fro, and how pairs of channels go together. Only the picture is
used: the depth of landmarks differs between estimators. A mirrored picture gives the same figures.
"""

from collections import deque
from math import atan2, cos, hypot, nan, pi, sin, sqrt
from operator import mul, sub

from edge_agent.coaching.landmarks import ANKLES, ELBOWS, HIPS, KNEES, NOSE, SHOULDERS, WRISTS, Body

WINDOW_S = 3.0
_SAMPLE_S = 0.09
"""Channels are sampled about ten times a second, whatever the camera's rate."""
_LEAST_S = 1.4
"""Less than this tells nothing about a movement."""
_GAP_S = 1.0
_GUESSED = 0.02
"""What a landmark counts that the model only guesses."""
_WILD = 4.0
"""No channel of a body goes beyond this; a misplaced landmark may."""

_SIDED = (
    "elbow",
    "shoulder",
    "hip",
    "knee",
    "wrist_up",
    "wrist_out",
    "elbow_up",
    "wrist_over_hip",
    "hip_over_ankle",
    "knee_over_ankle",
    "ankle_out",
)
_CENTRAL = ("trunk_up", "trunk_across", "feet_apart", "hands_apart", "shoulders_apart", "nose_up", "sight")
CHANNELS = (*_SIDED, *(f"{name}_apart" for name in _SIDED), *_CENTRAL)
_INDEX = {name: index for index, name in enumerate(CHANNELS)}

_TOGETHER = tuple(
    (_INDEX[a], _INDEX[b])
    for a, b in (
        ("elbow", "knee"),
        ("elbow", "shoulder"),
        ("shoulder", "feet_apart"),
        ("wrist_up", "hip_over_ankle"),
        ("hip", "knee"),
        ("trunk_up", "knee"),
        ("trunk_up", "hip"),
        ("elbow", "wrist_over_hip"),
    )
)
_LEVELS = (0.1, 0.5, 0.9)
_TO_AND_FRO = tuple(
    _INDEX[name]
    for name in ("elbow", "shoulder", "hip", "knee", "wrist_up", "hip_over_ankle", "elbow_apart", "knee_apart")
)
_LEAST_RANGE = 0.1
"""A channel that moves less only trembles."""
_MOST_TRAVEL = 4.0
_PINNED = 1e-3
"""Hips that travel less, in torsos, were put in one place: such landmarks don't tell who moves and who rests."""
_TRAVELS = 6
FIGURE_COUNT = len(CHANNELS) * (len(_LEVELS) + 1) + len(_TO_AND_FRO) + len(_TOGETHER) + _TRAVELS

Channels = tuple[float, ...]
Places = tuple[float, ...]
"""Where in the picture, in pixels: the hips across, then heights of hips, shoulders, wrists, elbows and ankles."""


class MovementWindow:
    """Keeps the channels of the last `WINDOW_S` seconds of one person."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, Channels, Places]] = deque()
        self._scale = 1.0

    def update(self, body: Body, scale: float) -> bool:
        """Take the next frame; `scale` is the torso in pixels. Returns whether it was sampled."""
        samples = self._samples
        if samples and body.time_s - samples[-1][0] < _SAMPLE_S:
            return False
        if samples and body.time_s - samples[-1][0] > _GAP_S:
            samples.clear()
        self._scale = max(scale, 1e-6)
        samples.append((body.time_s, channels(body, self._scale), _places(body)))
        while body.time_s - samples[0][0] > WINDOW_S:
            samples.popleft()
        return True

    @property
    def since_s(self) -> float:
        """When the window begins."""
        return self._samples[0][0]

    def clear(self) -> None:
        """Forget the person."""
        self._samples.clear()

    def figures(self) -> list[float] | None:
        """Return `FIGURE_COUNT` figures, or None when too little was seen; nan is what can't be known."""
        samples = self._samples
        if len(samples) < 6 or samples[-1][0] - samples[0][0] < _LEAST_S:
            return None
        length_s = samples[-1][0] - samples[0][0]
        columns = list(zip(*(sample for _, sample, _ in samples), strict=True))
        levels: list[float] = []
        for column in columns:
            ordered = sorted(column)
            last = len(ordered) - 1
            levels += [ordered[round(share * last)] for share in _LEVELS]
            levels.append(sum(map(abs, map(sub, column[1:], column[:-1]))) / length_s)
        turns = [_turns(columns[a]) / length_s for a in _TO_AND_FRO]
        together = [_correlation(columns[a], columns[b]) for a, b in _TOGETHER]
        return levels + turns + together + self._travels()

    def _travels(self) -> list[float]:
        """Return how far each of `Places` travels through the picture, in torsos."""
        travels = []
        for column in zip(*(places for _, _, places in self._samples), strict=True):
            ordered = sorted(column)
            tenth = len(ordered) // 10
            travels.append(min(_MOST_TRAVEL, (ordered[-1 - tenth] - ordered[tenth]) / self._scale))
        across, hips = travels[:2]
        return [nan] * _TRAVELS if across < _PINNED and hips < _PINNED else travels


def channels(body: Body, scale: float) -> Channels:
    """Return one frame's channels in the order of `CHANNELS`; angles in quarter turns, lengths in torsos."""
    sides = [_of_side(body, scale, side) for side in (0, 1)]
    (left, left_sight), (right, right_sight) = sides
    joined: list[float] = []
    apart: list[float] = []
    for a, b, a_sight, b_sight in zip(left, right, left_sight, right_sight, strict=True):
        joined.append(_tamed((a * a_sight + b * b_sight) / (a_sight + b_sight)))
        apart.append(_tamed((a - b) * sqrt(a_sight * b_sight)) if a_sight and b_sight else 0.0)
    return (*joined, *map(abs, apart), *_of_body(body, scale))


def _places(body: Body) -> Places:
    """Return one frame's places."""
    heights = []
    for pair in (SHOULDERS, WRISTS, ELBOWS, ANKLES):
        sights = [_trust(body.visibility[index]) for index in pair]
        heights.append(
            sum(body.points[index][1] * sight for index, sight in zip(pair, sights, strict=True)) / sum(sights)
        )
    return (*body.middle(HIPS), *heights)


def _of_side(body: Body, scale: float, side: int) -> tuple[list[float], list[float]]:
    """Return the values of `_SIDED` and how far to trust each."""
    points, seen = body.points, body.visibility
    shoulder, elbow, wrist = points[SHOULDERS[side]], points[ELBOWS[side]], points[WRISTS[side]]
    hip, knee, ankle = points[HIPS[side]], points[KNEES[side]], points[ANKLES[side]]
    middle_x = (points[HIPS[0]][0] + points[HIPS[1]][0]) / 2
    chest_x = (points[SHOULDERS[0]][0] + points[SHOULDERS[1]][0]) / 2
    arm = _trust(min(seen[SHOULDERS[side]], seen[ELBOWS[side]], seen[WRISTS[side]]))
    upper_arm = _trust(min(seen[SHOULDERS[side]], seen[ELBOWS[side]]))
    thigh = _trust(min(seen[HIPS[side]], seen[KNEES[side]]))
    leg = _trust(min(seen[HIPS[side]], seen[KNEES[side]], seen[ANKLES[side]]))
    values = [
        _bend(shoulder, elbow, wrist),
        _bend(hip, shoulder, elbow),
        _bend(shoulder, hip, knee),
        _bend(hip, knee, ankle),
        (shoulder[1] - wrist[1]) / scale,
        abs(wrist[0] - chest_x) / scale,
        (shoulder[1] - elbow[1]) / scale,
        (hip[1] - wrist[1]) / scale,
        (ankle[1] - hip[1]) / scale,
        (ankle[1] - knee[1]) / scale,
        abs(ankle[0] - middle_x) / scale,
    ]
    return values, [arm, upper_arm, thigh, leg, arm, arm, upper_arm, arm, leg, leg, leg]


def _of_body(body: Body, scale: float) -> list[float]:
    """Return the values of `_CENTRAL`."""
    points = body.points
    (x, y), (hip_x, hip_y) = body.middle(SHOULDERS), body.middle(HIPS)
    trunk = atan2(abs(x - hip_x), hip_y - y)

    def apart(pair: tuple[int, int]) -> float:
        (ax, ay), (bx, by) = points[pair[0]], points[pair[1]]
        return min(_WILD, hypot(ax - bx, ay - by) / scale)

    legs = min(1.0, max(body.visibility[index] for index in ANKLES))
    return [
        cos(trunk),
        sin(trunk),
        apart(ANKLES),
        apart(WRISTS),
        apart(SHOULDERS),
        _tamed((y - points[NOSE][1]) / scale),
        legs,
    ]


def _trust(sight: float) -> float:
    return _GUESSED + max(0.0, sight - 0.25) ** 2


def _tamed(value: float) -> float:
    return max(-_WILD, min(_WILD, value))


def _bend(a: tuple[float, float], joint: tuple[float, float], b: tuple[float, float]) -> float:
    ax, ay, bx, by = a[0] - joint[0], a[1] - joint[1], b[0] - joint[0], b[1] - joint[1]
    return atan2(abs(ax * by - ay * bx), ax * bx + ay * by) / (pi / 2)


def _turns(values: tuple[float, ...]) -> int:
    """Return how often a channel goes from the lower third of its range to the upper one, or back."""
    ordered = sorted(values)
    low, high = ordered[len(ordered) // 10], ordered[-1 - len(ordered) // 10]
    if high - low < _LEAST_RANGE:
        return 0
    lower, upper = low + (high - low) / 3, high - (high - low) / 3
    turns = -1
    was_up: bool | None = None
    for value in values:
        if value < lower or value > upper:
            is_up = value > upper
            turns += is_up is not was_up
            was_up = is_up
    return max(0, turns)


def _correlation(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Return how two channels go together, -1..1; little movement counts as little."""
    count = len(a)
    mean_a, mean_b = sum(a) / count, sum(b) / count
    product: float = sum(map(mul, a, b)) / count - mean_a * mean_b
    square_a = sum(map(mul, a, a)) / count - mean_a**2
    square_b = sum(map(mul, b, b)) / count - mean_b**2
    return product / (sqrt(max(0.0, square_a) * max(0.0, square_b)) + 0.003)
