"""What one rep was like: its parts in seconds, range of motion, speed, symmetry.

A rep's halves are eccentric (the muscle lengthens under load) and concentric; which comes first is the exercise's.
The very ends of a half are slower than landmarks can tell, so they are worked out from what comes before, as a
movement of least jerk goes (Flash and Hogan 1985); the pause is what lies between the halves.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from edge_agent.coaching import foreshortening
from edge_agent.coaching.exercise_parts import JointShown, View
from edge_agent.coaching.gates import Sample
from edge_agent.coaching.smoothing import Median
from edge_agent.records import Record

_MIDDLE, _FAR, _NEAR = 0.5, 0.3, 0.1
"""Shares of a half's way that lie before one of its ends: the end is worked out from when the last two are passed."""
_LAST = 0.25
"""A half whose samples end further than this from its end is taken to end there."""
_AHEAD_S = 0.4
"""A rep is credited at lock-out, at most so long before its end."""
_SPEED_SPAN_S = 0.15
_MIN_RANGE_DEG = 5.0
_MEDIAN_S = 0.12
SYMMETRIC_VIEWS = ("front", "rear")
"""The views that show left and right alike: from elsewhere the far side is half guessed."""


class Measures(Record, frozen=True, kw_only=True):
    """Times on the frames' clock, ranges in degrees, speed in degrees a second."""

    start_s: float
    turn_start_s: float
    turn_end_s: float
    end_s: float
    rom_deg: float | None
    peak_speed_deg_s: float | None
    symmetry: float | None


def measure_rep(samples: Sequence[Sample], shown: JointShown, view: View) -> Measures:
    """Measure a rep on its samples; `shown` is how the view shows the exercise's main joint."""
    phases = [sample.phase for sample in samples]
    top = max(range(len(phases)), key=phases.__getitem__)
    if shown == "foreshortened":
        samples = _worked_out(samples)
    ranges = [None if shown == "not" else _range(samples, side) for side in (0, 1)]
    seen = [(range_deg, side) for side, range_deg in enumerate(ranges) if range_deg is not None]
    rom_deg, side = max(seen, default=(None, 0))
    rest = min(phases[: top + 1])
    start_s, turn_start_s = _ends(samples[: top + 1], rest)
    end_s, turn_end_s = _ends(samples[top:][::-1], min(rest, *phases[top:]))
    start_s = max(start_s, samples[0].time_s)
    end_s = min(end_s, samples[-1].time_s + _AHEAD_S)
    if turn_start_s > turn_end_s:
        turn_start_s = turn_end_s = (turn_start_s + turn_end_s) / 2
    return Measures(
        start_s=start_s,
        turn_start_s=max(start_s, turn_start_s),
        turn_end_s=max(start_s, turn_end_s),
        end_s=max(turn_end_s, end_s),
        rom_deg=rom_deg,
        peak_speed_deg_s=_peak_speed(samples, side) if rom_deg is not None else None,
        symmetry=_symmetry(seen) if view in SYMMETRIC_VIEWS else None,
    )


def _worked_out(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples with the main joint's angles taken from how short its bones look."""
    sides = []
    for side in (0, 1):
        median = Median(_MEDIAN_S)
        angles = foreshortening.angles([sample.limbs[side] for sample in samples])
        sides.append(
            [
                None if angle is None else median.update(sample.time_s, angle)
                for sample, angle in zip(samples, angles, strict=True)
            ]
        )
    both = zip(samples, *sides, strict=True)
    return [msgspec.structs.replace(sample, angles=(left, right)) for sample, left, right in both]


def _ends(half: Sequence[Sample], low: float) -> tuple[float, float]:
    """Return when the movement of a half, from its low to its high end, begins and stops.

    `half` runs backward in time for the way back to rest, and may end before that: at lock-out.
    """
    high = half[-1].phase
    if high <= low:
        return half[0].time_s, half[-1].time_s
    shares = [(sample.phase - low) / (high - low) for sample in half]
    middle = max(1, next(index for index, share in enumerate(shares) if share >= _MIDDLE))
    down = [(half[index].time_s, shares[index]) for index in range(min(middle, len(half) - 1), -1, -1)]
    up = [(sample.time_s, 1 - share) for sample, share in zip(half[middle - 1 :], shares[middle - 1 :], strict=True)]
    return _end(down), _end(up)


def _end(way: Sequence[tuple[float, float]]) -> float:
    """Return when a movement reaches 0 whose times and shares lead down to it."""
    left = max(_NEAR, way[-1][1])
    if left > _LAST:
        return way[-1][0]
    far_s, near_s = _crossing(way, _FAR), _crossing(way, left)
    far, near = _least_jerk_time(_FAR), _least_jerk_time(left)
    return near_s + near / (far - near) * (near_s - far_s)


def _least_jerk_time(share: float) -> float:
    """Return after which share of its time a movement of least jerk has gone this share of its way."""
    low, high = 0.0, 0.5
    for _ in range(20):
        middle = (low + high) / 2
        below = 10 * middle**3 - 15 * middle**4 + 6 * middle**5 < share
        low, high = (middle, high) if below else (low, middle)
    return low


def _crossing(way: Sequence[tuple[float, float]], share: float) -> float:
    for (before_s, before), (after_s, after) in pairwise(way):
        if before > share >= after:
            return before_s + (after_s - before_s) * (before - share) / (before - after)
    return way[-1][0]


def _range(samples: Sequence[Sample], side: int) -> float | None:
    """Return how far the main joint went, without the wildest frames; None when it was hidden half of the time."""
    angles = sorted(angle for sample in samples if (angle := sample.angles[side]) is not None)
    if len(angles) < max(3, len(samples) // 2):
        return None
    spare = min(2, len(angles) // 15)
    return angles[-1 - spare] - angles[spare]


def _peak_speed(samples: Sequence[Sample], side: int) -> float | None:
    """Return the joint's highest angular speed, each taken over a few frames so that trembling doesn't count."""
    seen = [(sample.time_s, angle) for sample in samples if (angle := sample.angles[side]) is not None]
    fastest, first = 0.0, 0
    for time_s, angle in seen:
        while time_s - seen[first][0] > _SPEED_SPAN_S and seen[first + 1][0] < time_s:
            first += 1
        if time_s - seen[first][0] >= _SPEED_SPAN_S / 2:
            fastest = max(fastest, abs(angle - seen[first][1]) / (time_s - seen[first][0]))
    return fastest or None


def _symmetry(seen: list[tuple[float, int]]) -> float | None:
    if len(seen) < 2:
        return None
    small, large = sorted(range_deg for range_deg, _ in seen)
    return small / large if large >= _MIN_RANGE_DEG else None
