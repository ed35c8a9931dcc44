"""A stick figure that trains: poses for a given phase of an exercise, seen from any side, for tests without a camera.

The figure stands in metres as (forward, left, up) and is projected without perspective. `phase` 0 is the exercise's
rest, 1 its full range.
"""

from collections.abc import Callable, Iterable
from math import acos, cos, pi, radians, sin, sqrt

import msgspec

from edge_agent.records import Pose, PoseFrame

Point = tuple[float, float, float]
Figure = dict[int, Point]
Change = Callable[[Figure, float], None]

TORSO_M, THIGH_M, SHANK_M, UPPER_ARM_M, FOREARM_M = 0.50, 0.40, 0.40, 0.27, 0.24
WIDTH, HEIGHT = 640, 480
_SHOULDER_M, _HIP_M, _ANKLE_UP_M = 0.17, 0.10, 0.08


def frame(exercise: str, phase: float, time_s: float, *, right_phase: float | None = None, **look: float) -> PoseFrame:
    """Return what vision would report. `right_phase` moves the right arm of a curl by itself; see `look_at`."""
    figure = POSES[exercise](phase, phase if right_phase is None else right_phase)
    defaults = {"yaw_deg": 90.0 if exercise in ("squat", "push_up") else 0.0}
    pose = look_at(figure, **(defaults | look))
    return PoseFrame(sequence=round(time_s * 1000), time_s=time_s, width=WIDTH, height=HEIGHT, pose=pose)


def nobody(time_s: float) -> PoseFrame:
    return PoseFrame(sequence=round(time_s * 1000), time_s=time_s, width=WIDTH, height=HEIGHT)


def performed(
    exercise: str, phases: Iterable[float], *, start_s: float = 0.0, fps: float = 30.0, **look: float
) -> list[PoseFrame]:
    """Return a frame for each phase, one after the other."""
    return [frame(exercise, phase, start_s + number / fps, **look) for number, phase in enumerate(phases)]


def held(phase: float, seconds: float, *, fps: float = 30.0) -> list[float]:
    """Return the phases of holding still."""
    return [phase] * round(seconds * fps)


def reps(count: int, *, seconds: float = 2.4, depth: float = 1.0, fps: float = 30.0) -> list[float]:
    """Return the phases of `count` smooth repetitions, from rest to rest."""
    frames = round(seconds * fps)
    return [depth * (1 - cos(2 * pi * number / frames)) / 2 for _ in range(count) for number in range(frames)]


def look_at(
    figure: Figure,
    *,
    yaw_deg: float = 0.0,
    x: float = 0.5,
    torso_px: float = 110.0,
    left_visibility: float = 1.0,
    right_visibility: float = 1.0,
) -> Pose:
    """Project the figure: yaw 0 faces the camera, 90 faces the right edge; `x` is where it stands in the frame.

    The visibilities are those of the two sides' limbs.
    """
    turn, scale = radians(yaw_deg), torso_px / TORSO_M
    hips = _middle(figure[23], figure[24])
    image, world = [], []
    for index in range(33):
        forward, left, up = figure.get(index, figure[0])
        across = left * cos(turn) + forward * sin(turn)
        away = left * sin(turn) - forward * cos(turn)
        hips_away = hips[1] * sin(turn) - hips[0] * cos(turn)
        visibility = 1.0 if index < 11 else left_visibility if index % 2 else right_visibility
        image.append(
            (x + across * scale / WIDTH, 0.92 - up * scale / HEIGHT, (away - hips_away) * scale / WIDTH, visibility)
        )
        hips_across = hips[1] * cos(turn) + hips[0] * sin(turn)
        world.append((across - hips_across, hips[2] - up, away - hips_away))
    return Pose(image=tuple(image), world=tuple(world))


def with_changes(
    exercise: str, phases: Iterable[float], change: Change, *, fps: float = 30.0, **look: float
) -> list[PoseFrame]:
    """Return frames whose figure `change` has put wrong: it takes the figure and the phase, and alters the figure."""
    frames = []
    for number, phase in enumerate(phases):
        figure = POSES[exercise](phase, phase)
        change(figure, phase)
        seen = frame(exercise, phase, number / fps, **look)
        defaults = {"yaw_deg": 90.0 if exercise in ("squat", "push_up") else 0.0}
        frames.append(msgspec.structs.replace(seen, pose=look_at(figure, **(defaults | look))))
    return frames


def moved(seen: PoseFrame, dx: float, dy: float = 0.0) -> PoseFrame:
    """Return the frame with the person shifted by shares of the picture."""
    if seen.pose is None:
        return seen
    image = tuple((x + dx, y + dy, z, v) for x, y, z, v in seen.pose.image)
    return msgspec.structs.replace(seen, pose=msgspec.structs.replace(seen.pose, image=image))


def mirrored(seen: PoseFrame) -> PoseFrame:
    """Return what vision would report for the mirrored picture: left is right."""
    if seen.pose is None:
        return seen
    image = tuple((1 - x, y, z, v) for x, y, z, v in (seen.pose.image[i] for i in _MIRROR))
    world = tuple((-x, y, z) for x, y, z in (seen.pose.world[i] for i in _MIRROR))
    return msgspec.structs.replace(seen, pose=Pose(image=image, world=world))


_MIRROR = (0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(i + 1 if i % 2 else i - 1 for i in range(11, 33)))


def _squat(phase: float, _: float) -> Figure:
    return _standing(shank_deg=30 * phase, thigh_deg=78 * phase, lean_deg=38 * phase, arms_deg=10 + 75 * phase)


def _curl(phase: float, right_phase: float) -> Figure:
    figure = _standing()
    for first, bend in ((11, phase), (12, right_phase)):
        _put_arm(figure, first, upper_deg=5.0, forearm_deg=17 + 125 * bend)
    return _with_hands(figure)


def _jumping_jack(phase: float, _: float) -> Figure:
    figure = _standing()
    swing, spread = radians(12 + 145 * phase), 0.02 + 0.28 * phase
    for first, side in ((11, 1), (12, -1)):
        at = figure[first]
        for index, length in ((first + 2, UPPER_ARM_M), (first + 4, FOREARM_M)):
            at = (at[0], at[1] + side * length * sin(swing), at[2] - length * cos(swing))
            figure[index] = at
        for index, share in ((first + 14, 0.5), (first + 16, 1.0), (first + 18, 1.0), (first + 20, 1.0)):
            forward, left, up = figure[index]
            figure[index] = (forward, left + side * spread * share, up)
    return _with_hands(figure)


def _push_up(phase: float, _: float) -> Figure:
    elbow = radians(165 - 80 * phase)
    reach = sqrt(UPPER_ARM_M**2 + FOREARM_M**2 - 2 * UPPER_ARM_M * FOREARM_M * cos(elbow))
    length = TORSO_M + THIGH_M + SHANK_M
    tilt = (reach - _ANKLE_UP_M) / length
    figure: Figure = {}
    for side, first in ((1, 11), (-1, 12)):
        for index, along, width in (
            (first + 16, 0.0, _HIP_M),
            (first + 14, SHANK_M, _HIP_M),
            (first + 12, SHANK_M + THIGH_M, _HIP_M),
            (first, length, _SHOULDER_M),
        ):
            figure[index] = (along * sqrt(1 - tilt**2), side * width, _ANKLE_UP_M + along * tilt)
        shoulder = figure[first]
        figure[first + 4] = (shoulder[0], shoulder[1], 0.0)
        inner = acos((UPPER_ARM_M**2 + reach**2 - FOREARM_M**2) / (2 * UPPER_ARM_M * reach))
        figure[first + 2] = (
            shoulder[0] - UPPER_ARM_M * sin(inner),
            shoulder[1],
            shoulder[2] - UPPER_ARM_M * cos(inner),
        )
        figure[first + 18] = figure[first + 20] = figure[first + 16]
    figure[0] = (length + 0.2, 0.0, figure[11][2] + 0.1)
    return _with_hands(figure)


def _deadlift(phase: float, _: float) -> Figure:
    return _standing(shank_deg=10 * phase, thigh_deg=35 * phase, lean_deg=65 * phase, arms_deg=0)


def _front_raise(phase: float, _: float) -> Figure:
    return _standing(arms_deg=5 + 82 * phase)


def _lateral_raise(phase: float, _: float) -> Figure:
    figure = _standing()
    swing = radians(10 + 80 * phase)
    for first, side in ((11, 1), (12, -1)):
        at = figure[first]
        for index, length in ((first + 2, UPPER_ARM_M), (first + 4, FOREARM_M)):
            at = (at[0], at[1] + side * length * sin(swing), at[2] - length * cos(swing))
            figure[index] = at
    return _with_hands(figure)


def _arms(rest: tuple[float, float], work: tuple[float, float]) -> Callable[[float, float], Figure]:
    """Return a pose that stands and moves upper arms and forearms between these angles."""

    def pose(phase: float, _: float) -> Figure:
        upper, fore = (a + phase * (b - a) for a, b in zip(rest, work, strict=True))
        figure = _standing()
        for first in (11, 12):
            _put_arm(figure, first, upper_deg=upper, forearm_deg=fore)
        return _with_hands(figure)

    return pose


def _lunge(phase: float, _: float) -> Figure:
    """Step ahead with the left leg: its shank stays upright, the right knee goes down behind."""
    figure = _standing()
    hip_up = _ANKLE_UP_M + SHANK_M + THIGH_M * cos(radians(75 * phase))
    drop = figure[23][2] - hip_up
    for index in (0, *range(11, 25)):
        forward, left, up = figure[index]
        figure[index] = (forward, left, up - drop)
    for first, ahead in ((23, 1), (24, -1)):
        hip = figure[first]
        knee_bend = 75 * phase if ahead > 0 else 12 * phase
        knee = _along(hip, 180 - ahead * knee_bend, THIGH_M)
        figure[first + 2] = knee
        ankle = (knee[0], knee[1], _ANKLE_UP_M) if ahead > 0 else (knee[0] - 0.36 * phase, knee[1], _ANKLE_UP_M)
        figure[first + 4] = ankle
        figure[first + 6], figure[first + 8] = (ankle[0] - 0.05, ankle[1], 0.02), (ankle[0] + 0.15, ankle[1], 0.02)
    return _with_hands(figure)


def _standing(shank_deg: float = 0.0, thigh_deg: float = 0.0, lean_deg: float = 0.0, arms_deg: float = 5.0) -> Figure:
    figure: Figure = {}
    for side, first in ((1, 11), (-1, 12)):
        ankle = (0.0, side * _HIP_M, _ANKLE_UP_M)
        knee = _along(ankle, shank_deg, SHANK_M)
        hip = _along(knee, -thigh_deg, THIGH_M)
        chest = _along(hip, lean_deg, TORSO_M)
        figure[first] = (chest[0], side * _SHOULDER_M, chest[2])
        figure[first + 12], figure[first + 14], figure[first + 16] = hip, knee, ankle
        figure[first + 18], figure[first + 20] = (-0.05, ankle[1], 0.02), (0.15, ankle[1], 0.02)
        _put_arm(figure, first, arms_deg, arms_deg + 5)
    neck = _middle(figure[11], figure[12])
    figure[0] = (neck[0] + 0.08, 0.0, neck[2] + 0.2)
    return _with_hands(figure)


def _put_arm(figure: Figure, first: int, upper_deg: float, forearm_deg: float) -> None:
    """Hang an arm from shoulder `first`; the angles are those from hanging straight, forward and up."""
    figure[first + 2] = _along(figure[first], 180 - upper_deg, UPPER_ARM_M)
    figure[first + 4] = _along(figure[first + 2], 180 - forearm_deg, FOREARM_M)


def _with_hands(figure: Figure) -> Figure:
    for wrist in (15, 16):
        for finger in (2, 4, 6):
            figure[wrist + finger] = figure[wrist]
    return figure


def _along(start: Point, from_vertical_deg: float, length: float) -> Point:
    angle = radians(from_vertical_deg)
    return (start[0] + length * sin(angle), start[1], start[2] + length * cos(angle))


def _middle(a: Point, b: Point) -> Point:
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2)


POSES: dict[str, Callable[[float, float], Figure]] = {
    "squat": _squat,
    "push_up": _push_up,
    "biceps_curl": _curl,
    "jumping_jack": _jumping_jack,
    "deadlift": _deadlift,
    "front_raise": _front_raise,
    "lateral_raise": _lateral_raise,
    "lunge": _lunge,
    "shoulder_press": _arms(rest=(40, 175), work=(172, 178)),
    "triceps_pushdown": _arms(rest=(8, 105), work=(8, 14)),
    "triceps_extension": _arms(rest=(170, 290), work=(170, 185)),
}
