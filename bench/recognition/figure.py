"""A stick figure for movements that the recordings show rarely or never: walking about, desk work, cable machines.

It is put together from joint angles, turned, projected without perspective and trembles like landmarks do.
"""

import random
from collections.abc import Callable, Iterator
from math import cos, pi, radians, sin

import msgspec

from edge_agent.records import LANDMARK_COUNT, Pose, PoseFrame, Record

_SIZE = 1000
_FPS = 15
_THIGH, _SHANK = 0.39, 0.40
_SHOULDER, _HIP = 0.17, 0.10
_KNEES = 25
"""The first landmark of the legs."""
_WAIST_UP_SHARE = 0.35
_FLOOR, _BAR = 0.08, 2.3
"""Heights in metres of standing ankles and hanging wrists."""

Point = tuple[float, float, float]


class Build(Record, frozen=True, kw_only=True):
    """How somebody is built and how a camera above or below the waist distorts that; metres."""

    torso: float
    upper_arm: float
    forearm: float
    neck: float


class Limbs(Record, frozen=True, kw_only=True):
    """Degrees. Left before right; 0 hangs straight down, positive swings forward, `out` to the side."""

    lean: float = 3.0
    arm: tuple[float, float] = (3.0, 3.0)
    arm_out: tuple[float, float] = (8.0, 8.0)
    elbow: tuple[float, float] = (12.0, 12.0)
    thigh: tuple[float, float] = (0.0, 0.0)
    thigh_out: tuple[float, float] = (3.0, 3.0)
    knee: tuple[float, float] = (2.0, 2.0)
    hanging: bool = False
    """By the hands; otherwise the lower foot stays on the floor."""


Movement = Callable[[float], Limbs]
"""What the figure does at a time in seconds."""


def film(movement: Movement, rng: random.Random, seconds: float = 12.0) -> Iterator[PoseFrame]:
    """Give the frames of the figure, seen from somewhere."""
    yaw, tremble = rng.uniform(-180, 180), rng.choice((0.003, 0.008, 0.015))
    turn, tilt = radians(yaw), radians(rng.gauss(0, 4))
    far = 0.35 + 0.65 * abs(cos(turn))
    waist_up, guess = rng.random() < _WAIST_UP_SHARE, rng.uniform(0.0, 0.2)
    arm = rng.uniform(0.85, 1.15)
    build = Build(torso=rng.uniform(0.38, 0.53), upper_arm=0.27 * arm, forearm=0.24 * arm, neck=rng.uniform(0.13, 0.22))
    for number in range(round(seconds * _FPS)):
        limbs = movement(number / _FPS)
        points = _points(_without_legs(limbs) if waist_up else limbs, build)
        image = []
        for index in range(LANDMARK_COUNT):
            forward, left, up = points.get(index, points[0])
            across = left * cos(turn) + forward * sin(turn) + rng.gauss(0, tremble)
            up += rng.gauss(0, tremble)
            x, y = across * cos(tilt) - up * sin(tilt), across * sin(tilt) + up * cos(tilt)
            away = (left > 0) == (sin(turn) > 0) and index > 10
            sight = guess if waist_up and index >= _KNEES else far if away else 1.0
            image.append((0.5 + x / 3, 0.9 - y / 3, 0.0, sight))
        pose = Pose(image=tuple(image), world=((0.0, 0.0, 0.0),) * LANDMARK_COUNT)
        yield PoseFrame(sequence=number, time_s=number / _FPS, width=_SIZE, height=_SIZE, pose=pose)


def _without_legs(limbs: Limbs) -> Limbs:
    """Return what a camera that sees no legs makes of them: straight and still."""
    return msgspec.structs.replace(limbs, thigh=(0.0, 0.0), knee=(2.0, 2.0))


def _points(limbs: Limbs, build: Build) -> dict[int, Point]:
    points: dict[int, Point] = {}
    lean = radians(limbs.lean)
    chest = (build.torso * sin(lean), 0.0, build.torso * cos(lean))
    for side, outward in ((0, 1), (1, -1)):
        shoulder = (chest[0], outward * _SHOULDER, chest[2])
        elbow = _along(shoulder, limbs.arm[side], limbs.arm_out[side], outward, build.upper_arm)
        wrist = _along(elbow, limbs.arm[side] + limbs.elbow[side], limbs.arm_out[side], outward, build.forearm)
        hip = (0.0, outward * _HIP, 0.0)
        knee = _along(hip, limbs.thigh[side], limbs.thigh_out[side], outward, _THIGH)
        ankle = _along(knee, limbs.thigh[side] - limbs.knee[side], limbs.thigh_out[side], outward, _SHANK)
        for index, point in zip((11, 13, 15, 23, 25, 27), (shoulder, elbow, wrist, hip, knee, ankle), strict=True):
            points[index + side] = point
        points[29 + side] = points[31 + side] = ankle
        for finger in (17, 19, 21):
            points[finger + side] = wrist
    points[0] = (chest[0] + build.neck * sin(lean) + 0.08, 0.0, chest[2] + build.neck * cos(lean))
    rise = _BAR - max(points[15][2], points[16][2]) if limbs.hanging else _FLOOR - min(points[27][2], points[28][2])
    return {index: (x, y, z + rise) for index, (x, y, z) in points.items()}


def _along(start: Point, forward_deg: float, out_deg: float, outward: int, length: float) -> Point:
    forward, out = radians(forward_deg), radians(out_deg)
    return (
        start[0] + length * sin(forward) * cos(out),
        start[1] + length * outward * sin(out),
        start[2] - length * cos(forward) * cos(out),
    )


def swing(time_s: float, period_s: float, shift: float = 0.0) -> float:
    """Return 0 at rest, 1 at full range, smoothly to and fro; `shift` in periods."""
    return (1 - cos(2 * pi * (time_s / period_s + shift))) / 2


def wave(time_s: float, period_s: float, shift: float = 0.0) -> float:
    """Return -1..1."""
    return sin(2 * pi * (time_s / period_s + shift))
