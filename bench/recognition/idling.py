"""What the stick figure does that is no exercise: walking about, dancing, stretching, setting up, desk work."""

import random
from collections.abc import Callable

from bench.recognition.figure import Limbs, Movement, swing, wave

Draw = Callable[[random.Random], Movement]
"""Draws one way of doing it."""


def walking(rng: random.Random) -> Movement:
    """Arms and legs swing in turn."""
    stride_s, step, arms, bend = rng.uniform(0.9, 1.6), rng.uniform(12, 28), rng.uniform(4, 28), rng.uniform(5, 35)
    return lambda t: _stepping(t, stride_s, step, (arms, bend, 0.5), 45)


def walking_on_the_spot(rng: random.Random) -> Movement:
    """Knees lifted in turn, arms from still to swinging high."""
    stride_s, knee, arms, bend = rng.uniform(0.9, 1.8), rng.uniform(30, 110), rng.uniform(0, 45), rng.uniform(5, 100)
    give = rng.uniform(0, 1)
    return lambda t: _stepping(t, stride_s, knee / 3, (arms, bend, give), knee)


def jogging(rng: random.Random) -> Movement:
    """Quicker, with bent arms that swing toward the camera."""
    stride_s, step, arms, bend = rng.uniform(0.55, 0.95), rng.uniform(8, 45), rng.uniform(4, 45), rng.uniform(50, 125)
    knee, give = rng.uniform(30, 110), rng.uniform(0.0, 1.5)
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
    beat_s, low, deep = rng.uniform(0.8, 2.0), rng.uniform(0.2, 1.0), rng.uniform(0.6, 1.8)
    drawn = [(rng.choice((0.5, 1, 1, 1.5, 2)) * beat_s, rng.random(), rng.random()) for _ in range(11)]

    def at(t: float) -> Limbs:
        w = [wave(t, period_s, shift) * size for period_s, shift, size in drawn]
        return Limbs(
            lean=5 + 10 * w[0],
            arm=(low * (30 + 45 * w[1]), low * (30 + 45 * w[2])),
            arm_out=(low * (25 + 30 * w[3]), low * (25 + 30 * w[4])),
            elbow=(60 + 50 * w[5], 60 + 50 * w[6]),
            thigh=(deep * (15 + 15 * w[7]), deep * (15 + 15 * w[8])),
            thigh_out=(8 + 8 * w[9], 8 + 8 * w[10]),
            knee=(deep * (25 + 20 * w[7]), deep * (25 + 20 * w[8])),
        )

    return at


def side_stepping(rng: random.Random) -> Movement:
    """Dance from one foot to the other with swinging arms, knees never deep."""
    beat_s, sway, bend, out = rng.uniform(0.8, 2.2), rng.uniform(2, 12), rng.uniform(5, 35), rng.uniform(5, 25)
    lift, elbow, shift, with_arms = rng.uniform(5, 60), rng.uniform(20, 110), rng.random(), rng.choice((0.5, 1.0, 2.0))
    both = rng.choice((0.0, 0.5))

    def at(t: float) -> Limbs:
        left, right = swing(t, beat_s), swing(t, beat_s, 0.5)
        arms = swing(t, with_arms * beat_s, shift), swing(t, with_arms * beat_s, shift + both)
        return Limbs(
            lean=4 + sway * wave(t, beat_s / 2),
            arm=(10 + lift * arms[0], 10 + lift * arms[1]),
            arm_out=(10 + 0.5 * lift * arms[1], 10 + 0.5 * lift * arms[0]),
            elbow=(elbow * (0.4 + 0.6 * arms[0]), elbow * (0.4 + 0.6 * arms[1])),
            thigh=(0.6 * bend * left, 0.6 * bend * right),
            thigh_out=(3 + out * left, 3 + out * right),
            knee=(3 + bend * left, 3 + bend * right),
        )

    return at


def stretching(rng: random.Random) -> Movement:
    """Reach up, to the side, down or behind, stay there, come back."""
    to = [rng.choice((0, 30, 90, 170)) for _ in range(2)]
    out = [rng.choice((5, 40, 90)) for _ in range(2)]
    elbow = [rng.choice((5, 60, 130)) for _ in range(2)]
    lean, knee = rng.choice((3, 3, 30, 80)), rng.choice((2, 2, 20, 110))
    begin_s, stay_s, move_s = rng.uniform(0.5, 4), rng.uniform(1.5, 8), rng.uniform(0.8, 2)
    sway_s = rng.uniform(2, 5)

    def at(t: float) -> Limbs:
        up = max(0.0, min(1.0, (t - begin_s) / move_s, (begin_s + 2 * move_s + stay_s - t) / move_s))
        trembling = 3 * wave(t, sway_s)
        return Limbs(
            lean=3 + (lean - 3) * up + trembling,
            arm=(5 + to[0] * up, 5 + to[1] * up),
            arm_out=(8 + out[0] * up, 8 + out[1] * up),
            elbow=(10 + elbow[0] * up, 10 + elbow[1] * up),
            thigh=(0.5 * min(knee, 40) * up, 0.0),
            knee=(2 + knee * up, 2.0),
        )

    return at


def setting_up(rng: random.Random) -> Movement:
    """Step about, bend once or twice for something on the floor, turn things over in the hands."""
    stride_s, steps_s, bend_s = rng.uniform(0.9, 1.6), rng.uniform(1, 5), rng.uniform(1.5, 4)
    lean, knee, work, work_s = rng.uniform(30, 85), rng.uniform(5, 90), rng.uniform(5, 50), rng.uniform(0.7, 3)
    cycle_s, elbow = 2 * steps_s + bend_s + rng.uniform(1, 5), rng.uniform(30, 100)

    def at(t: float) -> Limbs:
        now_s = t % cycle_s
        if now_s < steps_s or now_s > cycle_s - steps_s:
            return _stepping(t, stride_s, 18, (10, 25, 0.5), 40)
        down = swing(min(now_s - steps_s, bend_s), bend_s)
        hands = work * wave(t, work_s)
        return Limbs(
            lean=5 + lean * down,
            arm=(20 + hands, 20 - 0.5 * hands),
            elbow=(elbow * (1 - 0.7 * down) + hands, elbow * (1 - 0.7 * down)),
            thigh=(0.6 * knee * down, 0.4 * knee * down),
            knee=(5 + knee * down, 5 + 0.8 * knee * down),
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


NO_EXERCISE: tuple[Draw, ...] = (
    walking,
    walking_on_the_spot,
    jogging,
    dancing,
    side_stepping,
    stretching,
    setting_up,
    desk_work,
    idling,
)
