"""What the stick figure does: movements that are no exercise, and exercises of which too few recordings exist."""

import random
from collections.abc import Callable

from bench.recognition.figure import Limbs, Movement, swing, wave

Draw = Callable[[random.Random], Movement]
"""Draws one way of doing it."""


def walking(rng: random.Random) -> Movement:
    """Arms and legs swing in turn."""
    stride_s, step, arms, bend = rng.uniform(0.9, 1.6), rng.uniform(12, 28), rng.uniform(4, 28), rng.uniform(5, 35)
    return lambda t: _stepping(t, stride_s, step, (arms, bend, 0.5), 45)


def jogging(rng: random.Random) -> Movement:
    """Quicker, with bent arms that swing toward the camera."""
    stride_s, step, arms, bend = rng.uniform(0.6, 0.9), rng.uniform(15, 45), rng.uniform(8, 40), rng.uniform(60, 115)
    knee, give = rng.uniform(40, 100), rng.uniform(0.2, 1.3)
    return lambda t: _stepping(t, stride_s, step, (arms, bend, give), knee)


def _stepping(t: float, stride_s: float, step: float, swings: tuple[float, float, float], knee: float) -> Limbs:
    arms, bend, give = swings
    left, right = wave(t, stride_s), wave(t, stride_s, 0.5)
    lifts = swing(t, stride_s, -0.05), swing(t, stride_s, 0.45)
    return Limbs(
        lean=4 + 0.1 * bend,
        arm=(-arms * left, -arms * right),
        elbow=(bend - give * arms * left, bend - give * arms * right),
        thigh=(0.2 * knee + step * left, 0.2 * knee + step * right),
        knee=(8 + knee * lifts[0] ** 2, 8 + knee * lifts[1] ** 2),
    )


def dancing(rng: random.Random) -> Movement:
    """All joints go to a beat, each in its own way."""
    beat_s = rng.uniform(0.8, 2.0)
    drawn = [(rng.choice((0.5, 1, 1, 1.5, 2)) * beat_s, rng.random(), rng.random()) for _ in range(11)]

    def at(t: float) -> Limbs:
        w = [wave(t, period_s, shift) * size for period_s, shift, size in drawn]
        return Limbs(
            lean=5 + 10 * w[0],
            arm=(30 + 45 * w[1], 30 + 45 * w[2]),
            arm_out=(25 + 30 * w[3], 25 + 30 * w[4]),
            elbow=(60 + 50 * w[5], 60 + 50 * w[6]),
            thigh=(15 + 15 * w[7], 15 + 15 * w[8]),
            thigh_out=(8 + 8 * w[9], 8 + 8 * w[10]),
            knee=(25 + 20 * w[7], 25 + 20 * w[8]),
        )

    return at


def desk_work(rng: random.Random) -> Movement:
    """Sit and move the hands."""
    seat, bend, lean = rng.uniform(75, 95), rng.uniform(50, 110), rng.uniform(-5, 25)
    reach, period_s, shift = rng.choice((2, 5, 30)), rng.uniform(1, 7), rng.random()

    def at(t: float) -> Limbs:
        w = wave(t, period_s) * wave(t, 5.3, shift)
        return Limbs(
            lean=lean + 3 * w,
            arm=(25 + reach * w, 25 + 0.3 * reach * w),
            elbow=(bend - reach * w, bend),
            thigh=(seat, seat),
            knee=(seat + 5, seat - 5),
        )

    return at


def idling(rng: random.Random) -> Movement:
    """Stand and now and then scratch the head, look at a phone, shift the weight, reach for something."""
    height, out, bend = rng.uniform(0, 140), rng.uniform(0, 60), rng.uniform(0, 130)
    begin_s, hold_s, both = rng.uniform(1, 6), rng.uniform(0.5, 8), rng.random() < 0.3
    sway_s, sway = rng.uniform(2, 6), rng.uniform(0, 6)

    def at(t: float) -> Limbs:
        up = max(0.0, min(1.0, (t - begin_s) / 0.8)) * max(0.0, min(1.0, (begin_s + 1.6 + hold_s - t) / 0.8))
        other = up if both else 0.0
        return Limbs(
            lean=3 + sway * wave(t, sway_s),
            arm=(5 + height * up, 5 + height * other),
            arm_out=(8 + out * up, 8 + out * other),
            elbow=(12 + bend * up, 12 + bend * other),
            thigh=(sway * swing(t, sway_s), 0),
            knee=(2 * sway * swing(t, sway_s), 2),
        )

    return at


def triceps_pushdown(rng: random.Random) -> Movement:
    """Elbows at the trunk, the forearms go down."""
    period_s, bent, straight = rng.uniform(1.4, 4), rng.uniform(85, 125), rng.uniform(5, 25)
    arm, lean, knee = rng.uniform(-5, 22), rng.uniform(0, 22), rng.uniform(0, 20)

    def at(t: float) -> Limbs:
        elbow, give = bent - (bent - straight) * swing(t, period_s), arm + 6 * (1 - swing(t, period_s))
        return Limbs(lean=lean, arm=(give, give), elbow=(elbow, elbow), thigh=(knee / 2, knee / 2), knee=(knee, knee))

    return at


def biceps_curl(rng: random.Random) -> Movement:
    """Both arms, in turn, or one only."""
    period_s, top, alternating = rng.uniform(1.6, 4), rng.uniform(105, 145), rng.random() < 0.5
    drift, still = rng.uniform(0, 20), rng.random() < 0.2

    def at(t: float) -> Limbs:
        left = swing(t, period_s)
        right = 0.0 if still else swing(t, period_s, 0.5) if alternating else left
        return Limbs(arm=(drift * left, drift * right), elbow=(12 + top * left, 12 + top * right))

    return at


def _raise(rng: random.Random, *, to_the_side: bool) -> Movement:
    period_s, top, bend = rng.uniform(1.8, 4.5), rng.uniform(75, 105), rng.uniform(5, 30)
    alternating = not to_the_side and rng.random() < 0.3

    def at(t: float) -> Limbs:
        left = swing(t, period_s)
        right = swing(t, period_s, 0.5) if alternating else left
        heights = 8 + top * left, 8 + top * right
        if to_the_side:
            return Limbs(arm_out=heights, elbow=(bend, bend))
        return Limbs(arm=heights, elbow=(bend, bend))

    return at


def front_raise(rng: random.Random) -> Movement:
    """Straight arms to the front."""
    return _raise(rng, to_the_side=False)


def lateral_raise(rng: random.Random) -> Movement:
    """Straight arms to the side."""
    return _raise(rng, to_the_side=True)


def deadlift(rng: random.Random) -> Movement:
    """The trunk goes down and up, knees from straight to bent."""
    period_s, depth, bend = rng.uniform(2, 5), rng.uniform(50, 88), rng.uniform(10, 70)

    def at(t: float) -> Limbs:
        down = swing(t, period_s)
        knee = 5 + bend * down
        thigh = 0.6 * knee
        return Limbs(
            lean=3 + depth * down, arm=(0, 0), arm_out=(3, 3), elbow=(4, 4), thigh=(thigh,) * 2, knee=(knee,) * 2
        )

    return at


def triceps_extension(rng: random.Random) -> Movement:
    """Over the head."""
    period_s, bent, arm = rng.uniform(1.6, 4), rng.uniform(80, 135), rng.uniform(150, 185)

    def at(t: float) -> Limbs:
        elbow = 10 + bent * swing(t, period_s)
        return Limbs(arm=(arm, arm), elbow=(elbow, elbow), arm_out=(5, 5))

    return at


def lunge(rng: random.Random) -> Movement:
    """One leg, or both in turn, stepping or in a split stance."""
    period_s, depth, in_turn = rng.uniform(2, 4.5), rng.uniform(0.7, 1.0), rng.random() < 0.5
    lean, bend, arm = rng.uniform(0, 15), rng.choice((10, 90)), rng.uniform(-5, 15)
    apart = rng.choice((0.0, 1.0))

    def at(t: float) -> Limbs:
        down = depth * swing(t, period_s)
        first = 0 if not in_turn or int(t / period_s) % 2 == 0 else 1
        stand = apart * 20
        front, back = (stand + 65 * down, 8 + 85 * down), (-stand - 5 * down, 8 + 85 * down)
        legs = (front, back) if first == 0 else (back, front)
        return Limbs(
            lean=lean, arm=(arm, arm), elbow=(bend, bend), thigh=(legs[0][0], legs[1][0]), knee=(legs[0][1], legs[1][1])
        )

    return at


NO_EXERCISE: tuple[Draw, ...] = (walking, jogging, dancing, desk_work, idling)
EXERCISES: dict[str, Draw] = {
    draw.__name__: draw
    for draw in (
        triceps_pushdown,
        biceps_curl,
        front_raise,
        lateral_raise,
        deadlift,
        triceps_extension,
        lunge,
    )
}
