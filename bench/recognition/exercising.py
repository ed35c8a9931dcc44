"""How the stick figure trains: exercises of which too few recordings exist, or none from most sides."""

import random

from bench.recognition.figure import Limbs, Movement, swing, wave
from bench.recognition.idling import Draw


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


def shoulder_press(rng: random.Random) -> Movement:
    """From the shoulders to over the head, both arms or in turn; the knees may help."""
    period_s, low, bent = rng.uniform(1.5, 4.5), rng.uniform(0, 50), rng.uniform(110, 150)
    top, out, dip = rng.uniform(155, 180), rng.uniform(5, 35), rng.choice((0, 0, 25))
    in_turn = rng.random() < 0.2

    def at(t: float) -> Limbs:
        left = swing(t, period_s)
        right = swing(t, period_s, 0.5) if in_turn else left
        bend = 3 + dip * max(0.0, 1 - 4 * left)
        return Limbs(
            arm=(low + (top - low) * left, low + (top - low) * right),
            arm_out=(out, out),
            elbow=(bent * (1 - left) + 5, bent * (1 - right) + 5),
            thigh=(bend / 2, bend / 2),
            knee=(bend, bend),
        )

    return at


def pull_up(rng: random.Random) -> Movement:
    """The hands stay on the bar, the body goes up to them."""
    period_s, high, bent = rng.uniform(1.5, 5), rng.uniform(10, 70), rng.uniform(90, 150)
    hang, out, knee = rng.uniform(160, 180), rng.uniform(5, 40), rng.choice((5, 30, 90))
    thigh, lean, kick = rng.choice((0, 15, 40)), rng.uniform(-20, 5), rng.choice((0, 0, 25))

    def at(t: float) -> Limbs:
        up = swing(t, period_s)
        arm, elbow = hang - (hang - high) * up, 5 + bent * up
        legs = kick * wave(t, period_s)
        return Limbs(
            lean=lean * up,
            arm=(arm, arm),
            arm_out=(out, out),
            elbow=(elbow, elbow),
            thigh=(thigh + legs, thigh + legs),
            knee=(knee, knee),
            hanging=True,
        )

    return at


def squat(rng: random.Random) -> Movement:
    """With a bar, with arms stretched out, or with hands before the chest."""
    period_s, depth, lean = rng.uniform(1.6, 5), rng.uniform(0.65, 1.0), rng.uniform(10, 50)
    arm, elbow = rng.choice(((25, 125), (5, 90), (85, 5), (40, 110)))
    out, still = rng.uniform(5, 30), rng.random() < 0.7

    def at(t: float) -> Limbs:
        down = depth * swing(t, period_s)
        reach = arm if still else arm * down
        return Limbs(
            lean=3 + lean * down,
            arm=(reach, reach),
            arm_out=(12, 12),
            elbow=(elbow, elbow),
            thigh=(95 * down, 95 * down),
            thigh_out=(5 + out * down, 5 + out * down),
            knee=(3 + 125 * down, 3 + 125 * down),
        )

    return at


def jumping_jack(rng: random.Random) -> Movement:
    """Arms and legs go apart and together."""
    period_s, top, legs, bend = rng.uniform(0.8, 1.8), rng.uniform(120, 175), rng.uniform(12, 30), rng.uniform(5, 40)

    def at(t: float) -> Limbs:
        apart = swing(t, period_s)
        return Limbs(
            arm_out=(8 + top * apart, 8 + top * apart),
            elbow=(bend, bend),
            thigh_out=(3 + legs * apart, 3 + legs * apart),
            knee=(2 + bend / 2 * apart, 2 + bend / 2 * apart),
        )

    return at


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
        shoulder_press,
        pull_up,
        squat,
        jumping_jack,
    )
}
