"""What one rep was like: its parts in seconds, range of motion, speed, symmetry.

A rep's halves are eccentric (the muscle lengthens under load) and concentric; which comes first is the exercise's.
A half begins and ends where the movement is slower than a tenth of the half's own peak speed, near its ends; the pause
is what lies between the halves.
"""

from collections.abc import Sequence

from edge_agent.coaching.gates import Sample
from edge_agent.records import Record

_SLOW = 0.1
_NEAR_END = 0.25
_PHASE_SPAN_S = 0.07
_SPEED_SPAN_S = 0.15
_MIN_RANGE_DEG = 5.0


class Measures(Record, frozen=True, kw_only=True):
    """Times on the frames' clock, ranges in degrees, speed in degrees a second."""

    start_s: float
    turn_start_s: float
    turn_end_s: float
    end_s: float
    rom_deg: float | None
    peak_speed_deg_s: float | None
    symmetry: float | None


def measure_rep(samples: Sequence[Sample], *, joint_is_visible: bool) -> Measures:
    """Measure a rep on its samples; without `joint_is_visible` this view can't show the main joint's angle."""
    phases = [sample.phase for sample in samples]
    top = max(range(len(phases)), key=phases.__getitem__)
    ranges = [_range(samples, side) for side in (0, 1)] if joint_is_visible else [None, None]
    seen = [(range_deg, side) for side, range_deg in enumerate(ranges) if range_deg is not None]
    rom_deg, side = max(seen, default=(None, 0))
    start_s, turn_start_s = _ends(samples[: top + 1])
    end_s, turn_end_s = _ends(samples[top:][::-1])
    return Measures(
        start_s=start_s,
        turn_start_s=turn_start_s,
        turn_end_s=max(turn_start_s, turn_end_s),
        end_s=max(turn_start_s, end_s),
        rom_deg=rom_deg,
        peak_speed_deg_s=_peak_speed(samples, side) if rom_deg is not None else None,
        symmetry=_symmetry(seen),
    )


def _ends(half: Sequence[Sample]) -> tuple[float, float]:
    """Return when the movement of a half, from its low to its high end, begins and stops.

    `half` runs backward in time for the way back to rest.
    """
    low, high = min(sample.phase for sample in half), half[-1].phase
    speeds = [_speed(half, index) for index in range(len(half))]
    slow = _SLOW * max(speeds)
    middle = next(index for index in range(len(half)) if half[index].phase >= (low + high) / 2)
    first = last = middle
    while first > 0 and (speeds[first] > slow or half[first].phase > low + _NEAR_END * (high - low)):
        first -= 1
    while last < len(half) - 1 and (speeds[last] > slow or half[last].phase < high - _NEAR_END * (high - low)):
        last += 1
    return half[first].time_s, half[last].time_s


def _speed(half: Sequence[Sample], index: int) -> float:
    """Return the phase's speed toward the high end, each second, over a few frames round this one."""
    first = last = index
    while first > 0 and abs(half[index].time_s - half[first].time_s) < _PHASE_SPAN_S:
        first -= 1
    while last < len(half) - 1 and abs(half[last].time_s - half[index].time_s) < _PHASE_SPAN_S:
        last += 1
    elapsed_s = abs(half[last].time_s - half[first].time_s)
    return (half[last].phase - half[first].phase) / elapsed_s if elapsed_s > 0 else 0.0


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
