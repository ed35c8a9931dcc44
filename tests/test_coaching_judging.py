"""Gates, measures, form and the joining of arms, on hand-made samples."""

from math import cos, pi

import msgspec
import pytest

from edge_agent.coaching.exercise import Exercise, load_exercises
from edge_agent.coaching.form import judge
from edge_agent.coaching.gates import Sample, credible
from edge_agent.coaching.joining import Joiner, overlap
from edge_agent.coaching.landmarks import LEFT, RIGHT
from edge_agent.coaching.measuring import measure_rep
from edge_agent.coaching.own_range import OwnRange
from edge_agent.coaching.turning import Swing, Turn
from edge_agent.records import Rep

EXERCISES = load_exercises()
SQUAT: Exercise = EXERCISES["squat"]
EVERY_GATE = [
    pytest.param(exercise, index, id=f"{exercise.key} {index} {gate.feature}")
    for exercise in EXERCISES.values()
    if not exercise.hold
    for index, gate in enumerate(exercise.gates)
]
SECOND = 30


def sample(number: int, phase: float, **fields: object) -> Sample:
    """A frame of a squat whose knee bends by 100 degrees, seen from both sides."""
    facts = {
        "time_s": number / SECOND,
        "phase": phase,
        "sight": 1.0,
        "gates": (True,) * len(SQUAT.gates),
        "anchor": (300.0, 400.0),
        "scale": 100.0,
        "angles": (170 - 100 * phase, 170 - 80 * phase),
    }
    return Sample(**(facts | fields))  # type: ignore[arg-type]


def a_rep(**fields: object) -> list[Sample]:
    """A second at rest, a second down, half a second there, two thirds of a second up, a second at rest."""
    down = [(1 - cos(pi * number / 30)) / 2 for number in range(30)]
    up = [(1 + cos(pi * number / 20)) / 2 for number in range(20)]
    return [sample(n, phase, **fields) for n, phase in enumerate([0.0] * 30 + down + [1.0] * 15 + up + [0.0] * 30)]


def swing(seconds: float = 2.2, excursion: float = 1.0) -> Swing:
    return Swing(start=Turn(1.0, 0.0), peak=Turn(2.0, excursion), end=Turn(1.0 + seconds, 0.2), locked_out=True)


def test_a_clean_swing_is_credible() -> None:
    assert credible(swing(), a_rep(), SQUAT, None) == 1.0


def test_a_swing_can_be_too_small_too_quick_or_too_slow() -> None:
    assert credible(swing(excursion=0.2), a_rep(), SQUAT, None) is None
    assert credible(swing(seconds=0.2), a_rep(), SQUAT, None) is None
    assert credible(swing(seconds=15), a_rep(), SQUAT, None) is None


def test_a_small_swing_counts_for_somebody_whose_range_is_small() -> None:
    assert credible(swing(excursion=0.2), a_rep(), SQUAT, 0.5) is not None
    assert credible(swing(excursion=0.2), a_rep(), SQUAT, 1.0) is None


@pytest.mark.parametrize("gate", range(len(SQUAT.gates)))
def test_each_gate_alone_can_refuse(gate: int) -> None:
    verdicts = tuple(index != gate for index in range(len(SQUAT.gates)))
    assert credible(swing(), a_rep(gates=verdicts), SQUAT, None) is None


def rep_with(exercise: Exercise, index: int, value: float) -> list[Sample]:
    """A rep of another exercise: what one gate looks at has this value where it looks, and a good one elsewhere."""
    gate, held = exercise.gates[index], (True,) * len(exercise.gates)
    shown = (*held[:index], gate.holds(value), *held[index + 1 :])
    first, last = {"rest": (0.0, 0.3), "work": (0.7, 1.0), "always": (0.0, 1.0)}[gate.at]
    return [
        msgspec.structs.replace(one, gates=shown if first <= one.phase <= last else held) for one in a_rep(gates=held)
    ]


@pytest.mark.parametrize(("exercise", "index"), EVERY_GATE)
def test_each_gate_of_each_exercise_refuses_what_is_beyond_its_bounds_and_only_that(
    exercise: Exercise, index: int
) -> None:
    gate, usual = exercise.gates[index], swing(seconds=exercise.tempo.usual_s)
    for bound, outward in ((gate.min, -1), (gate.max, 1)):
        if bound is not None:
            assert credible(usual, rep_with(exercise, index, bound + 0.01 * outward), exercise, None) is None
            assert credible(usual, rep_with(exercise, index, bound - 0.01 * outward), exercise, None) == 1.0


def test_a_gate_whose_feature_is_hidden_cannot_refuse() -> None:
    assert credible(swing(), a_rep(gates=(None,) * len(SQUAT.gates)), SQUAT, None) == 1.0


def test_an_anchor_that_ends_elsewhere_refuses() -> None:
    walked = [msgspec.structs.replace(one, anchor=(300 + 2.0 * n, 400.0)) for n, one in enumerate(a_rep())]
    assert credible(swing(), walked, SQUAT, None) is None


def test_a_swing_that_was_hardly_seen_is_not_credible() -> None:
    assert credible(swing(), a_rep(sight=0.02), SQUAT, None) is None


def test_the_parts_of_a_rep_take_the_time_they_took() -> None:
    measured = measure_rep(a_rep(), "plainly", "front")
    times = [measured.start_s, measured.turn_start_s, measured.turn_end_s, measured.end_s]
    assert times == pytest.approx([1.0, 2.0, 2.5, 3.17], abs=0.09)


def test_the_range_of_motion_is_that_of_the_side_that_went_further() -> None:
    measured = measure_rep(a_rep(), "plainly", "front")
    assert measured.rom_deg == pytest.approx(100, abs=1)
    assert measured.symmetry == pytest.approx(0.8, abs=0.01)
    assert measured.peak_speed_deg_s == pytest.approx(100 * pi / 2 * 1.5, rel=0.1)


def test_a_view_that_cannot_show_the_joint_tells_no_range() -> None:
    measured = measure_rep(a_rep(), "not", "front")
    assert (measured.rom_deg, measured.peak_speed_deg_s, measured.symmetry) == (None, None, None)


def test_a_rep_that_goes_as_limbs_do_is_timed_exactly() -> None:
    """Least jerk: 1.5 s down from 0.5 s on, half a second there, a second up."""

    def go(share: float) -> float:
        share = max(0.0, min(1.0, share))
        return 10 * share**3 - 15 * share**4 + 6 * share**5

    samples = [sample(n, go((n / SECOND - 0.5) / 1.5) - go((n / SECOND - 2.5) / 1.0)) for n in range(120)]
    measured = measure_rep(samples, "plainly", "front")
    times = [measured.start_s, measured.turn_start_s, measured.turn_end_s, measured.end_s]
    assert times == pytest.approx([0.5, 2.0, 2.5, 3.5], abs=0.02)


def test_reps_without_a_rest_have_no_pause_and_lose_no_time() -> None:
    samples = [sample(n, (1 - cos(2 * pi * n / 60)) / 2) for n in range(61)]
    measured = measure_rep(samples, "plainly", "front")
    assert measured.turn_end_s - measured.turn_start_s == pytest.approx(0, abs=0.03)
    assert measured.start_s == 0
    assert measured.end_s == pytest.approx(2.0, abs=0.15)


def test_a_rep_whose_samples_end_at_lock_out_ends_at_rest() -> None:
    whole = a_rep()
    samples = whole[: next(n for n, one in enumerate(whole) if n > 80 and one.phase < 0.2)]
    measured = measure_rep(samples, "plainly", "front")
    assert measured.end_s == pytest.approx(3.17, abs=0.12)


def test_from_the_side_nothing_is_said_about_symmetry() -> None:
    assert measure_rep(a_rep(), "plainly", "side").symmetry is None


def test_a_hidden_side_leaves_symmetry_open() -> None:
    one_sided = [msgspec.structs.replace(one, angles=(one.angles[0], None)) for one in a_rep()]
    measured = measure_rep(one_sided, "plainly", "front")
    assert measured.rom_deg == pytest.approx(100, abs=1)
    assert measured.symmetry is None


def own_range(*excursions: float) -> OwnRange:
    own = OwnRange(2.0)
    for number, excursion in enumerate(excursions):
        own.learn(excursion, 2.0 * number, 2.0 * number + 1)
    return own


def test_a_rep_is_judged_by_the_own_range() -> None:
    assert judge(0.75, own_range(0.8, 0.8), SQUAT, 1.0, 1.0).full
    assert not judge(0.7, own_range(1.2, 1.2), SQUAT, 1.0, 1.0).full


def test_a_partial_rep_carries_its_figure_and_the_threshold() -> None:
    (fault,) = judge(0.5, own_range(1.0, 1.0), SQUAT, 1.0, 1.0).faults
    assert (fault.key, fault.value, fault.threshold, fault.unit) == ("range", 50.0, 60.0, "% of own range")


def test_a_rep_that_was_seen_badly_is_doubtful() -> None:
    assert judge(1.0, own_range(1.0, 1.0), SQUAT, 0.05, 1.0).doubtful
    assert not judge(1.0, own_range(1.0, 1.0), SQUAT, 0.8, 1.0).doubtful


def arm(start_s: float, end_s: float, confidence: float = 1.0) -> Rep:
    return Rep(number=0, start_s=start_s, end_s=end_s, confidence=confidence)


def test_overlap_is_a_share_of_the_shorter_rep() -> None:
    assert overlap(arm(0, 2), arm(1, 5)) == 0.5
    assert overlap(arm(0, 1), arm(2, 3)) == 0


def test_two_arms_at_once_are_one_rep_with_the_better_figures() -> None:
    joiner = Joiner()
    assert joiner.add(LEFT, arm(0, 2, confidence=0.5)) is None
    joined = joiner.add(RIGHT, arm(0.2, 2.2, confidence=0.9))
    assert joined is not None
    assert (joined.side, joined.confidence) == ("both", 0.9)
    assert joiner.flush() == []


def test_an_arm_waits_for_the_other_only_while_it_may_still_join() -> None:
    joiner = Joiner()
    joiner.add(LEFT, arm(0, 2))
    assert joiner.release((None, 0.5)) == []
    assert [rep.side for rep in joiner.release((None, 1.9))] == ["left"]


def test_arms_in_turn_are_two_reps() -> None:
    joiner = Joiner()
    joiner.add(LEFT, arm(0, 2))
    joiner.add(RIGHT, arm(2, 4))
    assert [rep.side for rep in joiner.flush()] == ["left", "right"]
