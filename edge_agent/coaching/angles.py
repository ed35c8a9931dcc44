"""Angles between points, in degrees."""

from math import atan2, degrees, hypot, sqrt

from edge_agent.coaching.landmarks import Point
from edge_agent.records import WorldLandmark


def angle(a: Point, joint: Point, b: Point) -> float:
    """Return the inner angle at `joint` between `a` and `b`, 0..180; 180 is a straight limb."""
    ax, ay = a[0] - joint[0], a[1] - joint[1]
    bx, by = b[0] - joint[0], b[1] - joint[1]
    return degrees(atan2(abs(ax * by - ay * bx), ax * bx + ay * by))


def angle_3d(a: WorldLandmark, joint: WorldLandmark, b: WorldLandmark) -> float:
    """Return the inner angle at `joint` in space, 0..180."""
    ax, ay, az = a[0] - joint[0], a[1] - joint[1], a[2] - joint[2]
    bx, by, bz = b[0] - joint[0], b[1] - joint[1], b[2] - joint[2]
    cross = sqrt((ay * bz - az * by) ** 2 + (az * bx - ax * bz) ** 2 + (ax * by - ay * bx) ** 2)
    return degrees(atan2(cross, ax * bx + ay * by + az * bz))


def lean(low: Point, high: Point) -> float:
    """Return how far the line from `low` up to `high` leans from the vertical, 0..180; y points down."""
    return degrees(atan2(abs(high[0] - low[0]), low[1] - high[1]))


def distance(a: Point, b: Point) -> float:
    """Return the distance of two points in their own unit."""
    return hypot(a[0] - b[0], a[1] - b[1])
