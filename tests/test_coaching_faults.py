"""Form faults on stick figures: who has one, who has not, and a view that can't show it; and on rendered clips."""

from math import cos, radians, sin

import msgspec
import pytest

from edge_agent.coaching.counting import RepCounter
from edge_agent.coaching.exercise import Exercise, load_exercises
from edge_agent.coaching.exercise_parts import VIEWS, FaultRule, View
from edge_agent.coaching.faults import fault, find
from edge_agent.coaching.form import form_cue
from edge_agent.coaching.gates import Sample
from edge_agent.coaching.turning import Swing, Turn
from edge_agent.records import Fault, PoseFrame, Rep
from tests import skeletons
from tests.rendered_tracks import track
from tests.skeletons import Change, Figure, reps

EXERCISES = load_exercises()


def counted(exercise: str, frames: list[PoseFrame] | tuple[PoseFrame, ...]) -> list[Rep]:
    counter = RepCounter(EXERCISES[exercise])
    found = [rep for frame in frames for rep in counter.update(frame).reps]
    return [*found, *counter.finish().reps]


def keys(exercise: str, change: Change, depth: float = 1.0, **look: float) -> list[set[str]]:
    """Return the faults of each of three reps by a figure that is put wrong."""
    frames = skeletons.with_changes(exercise, [*skeletons.held(0, 0.5), *reps(3, depth=depth)], change, **look)
    return [{one.key for one in rep.faults} for rep in counted(exercise, frames)]


def nothing(figure: Figure, phase: float) -> None:
    """Leave the figure as it is."""


def leaning(deg: float) -> Change:
    """Tip what is above the hips forward, more and more toward full range."""

    def change(figure: Figure, phase: float) -> None:
        _tip(figure, deg * phase)

    return change


def always_leaning(deg: float) -> Change:
    def change(figure: Figure, phase: float) -> None:
        _tip(figure, deg * (1 - phase))

    return change


def _tip(figure: Figure, deg: float) -> None:
    turn, hips = radians(deg), [(a + b) / 2 for a, b in zip(figure[23], figure[24], strict=True)]
    for index in (0, *range(11, 23)):
        forward, left, up = figure[index]
        x, z = forward - hips[0], up - hips[2]
        figure[index] = (hips[0] + x * cos(turn) + z * sin(turn), left, hips[2] + z * cos(turn) - x * sin(turn))


def knees_inward(figure: Figure, phase: float) -> None:
    for knee, side in ((25, 1), (26, -1)):
        forward, left, up = figure[knee]
        figure[knee] = (forward, left - side * 0.09 * phase, up)


def hips_moved(metres: float) -> Change:
    def change(figure: Figure, phase: float) -> None:
        for hip in (23, 24):
            forward, left, up = figure[hip]
            figure[hip] = (forward, left, up + metres)

    return change


def elbows_forward(figure: Figure, phase: float) -> None:
    for elbow, wrist in ((13, 15), (14, 16)):
        forward, left, up = figure[elbow]
        figure[elbow] = (forward + 0.22 * phase, left, up + 0.1 * phase)
        forward, left, up = figure[wrist]
        figure[wrist] = (forward + 0.1 * phase, left, up + 0.15 * phase)


def elbows_drop(figure: Figure, phase: float) -> None:
    """Let the upper arms come forward by half a right angle, the forearms with them."""
    for shoulder in (11, 12):
        x, _, z = figure[shoulder]
        turn = radians(50 * phase)
        for index in (shoulder + 2, shoulder + 4, shoulder + 6, shoulder + 8, shoulder + 10):
            forward, left, up = figure[index]
            ahead, above = forward - x, up - z
            figure[index] = (x + ahead * cos(turn) + above * sin(turn), left, z + above * cos(turn) - ahead * sin(turn))


def feet_together(figure: Figure, phase: float) -> None:
    for index in range(27, 33):
        forward, left, up = figure[index]
        figure[index] = (forward, left * 0.35, up)


CASES = [
    ("squat", "forward_lean", leaning(40), 1.0, 90, 0),
    ("squat", "forward_lean", leaning(40), 1.0, -45, 0),
    ("squat", "knees_in", knees_inward, 1.0, 0, 90),
    ("squat", "knees_together", knees_inward, 1.0, 45, 90),
    ("squat", "depth", nothing, 0.62, 90, 0),
    ("push_up", "hip_sag", hips_moved(-0.07), 1.0, 90, 0),
    ("push_up", "hip_pike", hips_moved(0.13), 1.0, -90, 0),
    ("biceps_curl", "swing", leaning(-32), 1.0, 90, 0),
    ("biceps_curl", "elbow_drift", elbows_forward, 1.0, 90, 0),
    ("jumping_jack", "low_arms", nothing, 0.65, 0, 90),
    ("jumping_jack", "narrow_feet", feet_together, 1.0, 0, 90),
    ("lunge", "forward_lean", leaning(30), 1.0, 90, 0),
    ("lunge", "forward_lean", leaning(35), 1.0, 45, 180),
    ("lunge", "knees_in", knees_inward, 1.0, 0, 90),
    ("lunge", "depth", nothing, 0.7, 90, 0),
    ("deadlift", "hips_first", leaning(35), 1.0, 90, 0),
    ("deadlift", "lockout", always_leaning(32), 1.0, 90, 0),
    ("front_raise", "swing", leaning(-32), 1.0, 90, 0),
    ("front_raise", "too_high", nothing, 1.6, 90, 180),
    ("lateral_raise", "swing", leaning(-32), 1.0, 90, 0),
    ("lateral_raise", "too_high", nothing, 1.45, 0, 90),
    ("shoulder_press", "lean_back", leaning(-32), 1.0, 90, 0),
    ("shoulder_press", "lockout", nothing, 0.55, 45, 90),
    ("triceps_pushdown", "elbow_drift", elbows_forward, 1.0, 90, 0),
    ("triceps_pushdown", "lockout", nothing, 0.5, 90, 0),
    ("triceps_extension", "elbow_drift", elbows_drop, 1.0, 90, 0),
]
"""Exercise, fault, what puts the figure wrong, how far it goes, the yaw that shows it and one that does not."""


@pytest.mark.parametrize(("exercise", "key", "change", "depth", "yaw", "_blind"), CASES)
def test_a_fault_is_found_in_each_rep(
    exercise: str, key: str, change: Change, depth: float, yaw: float, _blind: float
) -> None:
    found = keys(exercise, change, depth, yaw_deg=yaw)
    assert len(found) == 3
    assert all(key in one for one in found)


@pytest.mark.parametrize(("exercise", "key", "change", "depth", "_yaw", "blind"), CASES)
def test_a_view_that_cannot_show_a_fault_judges_none(
    exercise: str, key: str, change: Change, depth: float, _yaw: float, blind: float
) -> None:
    found = keys(exercise, change, depth, yaw_deg=blind)
    assert not [one for one in found if key in one]


POSED = [
    "squat",
    "push_up",
    "biceps_curl",
    "jumping_jack",
    "lunge",
    "deadlift",
    "front_raise",
    "lateral_raise",
    "shoulder_press",
    "triceps_pushdown",
    "triceps_extension",
]


@pytest.mark.parametrize("exercise", POSED)
@pytest.mark.parametrize("yaw_deg", [0, 45, 90, -60])
def test_clean_reps_have_no_fault_in_any_view(exercise: str, yaw_deg: float) -> None:
    assert not [one for one in keys(exercise, nothing, yaw_deg=yaw_deg) if one]


RULE = FaultRule(
    key="deep", feature="knee", at="work", max=90, views=("side",), unit="deg", cue="Up", text="too deep", why="test"
)


def one_rep(values: list[tuple[float | None, ...]]) -> tuple[Swing, list[Sample]]:
    half = len(values) / 2
    swing = Swing(start=Turn(0.0, 0.0), peak=Turn(1.0, 1.0), end=Turn(2.0, 0.1), locked_out=True)
    return swing, [
        Sample(
            time_s=number / 10,
            phase=1 - abs(number - half) / half,
            sight=1.0,
            gates=(),
            anchor=(0.0, 0.0),
            scale=1.0,
            angles=(None, None),
            form=(value,),
        )
        for number, value in enumerate(values)
    ]


def figures(values: list[float], **changes: object) -> list[float]:
    rule = msgspec.structs.replace(RULE, **changes)
    return [one.value for one in find([rule], *one_rep([(value,) for value in values]), "side")]


RAMP = [100.0 + number for number in range(40)]


@pytest.mark.parametrize(
    ("at", "bounds", "expected"),
    [
        ("work", {"max": 90}, 120.0),
        ("rest", {"max": 90}, 105.0),
        ("worst", {"max": 90}, 137.0),
        ("worst", {"max": None, "min": 200}, 102.0),
        ("best", {"max": 90}, 102.0),
        ("travel", {"max": 20}, 35.0),
        ("from_rest", {"max": 10}, 32.0),
        ("shift", {"max": 10}, 15.0),
    ],
)
def test_the_figure_is_taken_where_the_rule_says(at: str, bounds: dict[str, float], expected: float) -> None:
    assert figures(RAMP, at=at, **bounds) == pytest.approx([expected], abs=1)


def test_a_figure_within_its_bounds_is_no_fault() -> None:
    assert figures(RAMP, max=121) == []


def test_single_wild_frames_are_no_fault() -> None:
    values = [80.0] * 40
    values[20] = 170.0
    assert figures(values, at="worst") == figures(values) == []


def test_the_worse_side_is_told() -> None:
    rule = msgspec.structs.replace(RULE, sides="worse")
    (found,) = find([rule], *one_rep([(80.0, 130.0)] * 40), "side")
    assert found.value == 130.0


def test_the_difference_needs_both_sides() -> None:
    rule = msgspec.structs.replace(RULE, sides="difference", max=20)
    assert [one.value for one in find([rule], *one_rep([(80.0, 130.0)] * 40), "side")] == [50.0]
    assert find([rule], *one_rep([(80.0, None)] * 40), "side") == ()


def test_a_joint_that_was_hidden_is_not_judged() -> None:
    assert find([RULE], *one_rep([(None,)] * 40), "side") == ()


def test_a_fault_carries_its_figure_and_the_bound_it_broke() -> None:
    assert fault(RULE, 97.26) == Fault(key="deep", text="too deep", value=97.3, threshold=90, unit="deg")


def test_the_cue_is_that_of_the_first_fault() -> None:
    squat = EXERCISES["squat"]
    lean, short = (Fault(key=key, text="", value=0, threshold=0, unit="") for key in ("forward_lean", "range"))
    assert form_cue(Rep(number=1, start_s=0, end_s=1, faults=(short, lean)), squat) == squat.words.partial_cue
    assert form_cue(Rep(number=1, start_s=0, end_s=1, faults=(lean,)), squat) == "Chest up"
    assert form_cue(Rep(number=1, start_s=0, end_s=1), squat) == ""


RENDERED = {
    "squat_side_clean": ("squat", {}),
    "squat_session_enter_exit": ("squat", {}),
    "squat_front_shallow": ("squat", {}),
    "squat_45_lean_bystander": ("squat", {3: {"forward_lean"}, 5: {"forward_lean"}}),
    "pushup_side_clean": ("push_up", {}),
    "pushup_side_sag_partial": ("push_up", {4: {"hip_sag"}, 5: {"hip_sag"}}),
    "deadlift_side_clean": ("deadlift", {}),
    "press_45_bystander": ("shoulder_press", {}),
    "situp_side": ("sit_up", {}),
    "lunge_45_valgus": ("lunge", {5: {"forward_lean"}}),
    "curl_front_clean": ("biceps_curl", {}),
    "curl_side_dim": ("biceps_curl", {}),
    "jack_front": ("jumping_jack", {}),
}
"""Exercise and faults by rep, besides the range (from the clips' JSON). The third rep of the lunge has a knee inward,
which a view from 45 degrees can't tell from a knee pushed forward."""


@pytest.mark.parametrize("name", RENDERED)
def test_the_faults_of_a_rendered_clip_are_found_and_no_others(name: str) -> None:
    exercise, expected = RENDERED[name]
    found = {rep.number: {one.key for one in rep.faults} - {"range"} for rep in counted(exercise, track(name))}
    assert {number: faults for number, faults in found.items() if faults} == expected


EVERY_RULE = [
    pytest.param(exercise, index, id=f"{exercise.key}-{rule.key}")
    for exercise in EXERCISES.values()
    if not exercise.hold
    for index, rule in enumerate(exercise.faults)
]


RELATIVE = ("travel", "from_rest", "shift")


def performed_with(exercise: Exercise, index: int, figure: float, view: View) -> tuple[Fault, ...]:
    """Return the faults of a rep in which one rule's figure is this, wherever the rule takes it from."""
    rule = exercise.faults[index]
    swing, samples = one_rep([(0.0,)] * 40)
    seen = []
    for number, one in enumerate(samples):
        moving = rule.at in RELATIVE and 8 <= number < 34
        value = figure if moving or rule.at not in RELATIVE else 0.0
        form = tuple((value, value) if other is rule else (None, None) for other in exercise.faults)
        seen.append(msgspec.structs.replace(one, form=form))
    return find(exercise.faults, swing, seen, view)


def beyond(rule: FaultRule, by: float) -> float:
    """Return a figure that is beyond the bound by this, or within it when negative."""
    if rule.max is not None:
        return rule.max + by
    assert rule.min is not None
    return rule.min - by


@pytest.mark.parametrize(("exercise", "index"), EVERY_RULE)
def test_each_rule_finds_what_is_beyond_its_bound_and_only_that(exercise: Exercise, index: int) -> None:
    rule = exercise.faults[index]
    for view in rule.views:
        assert [one.key for one in performed_with(exercise, index, beyond(rule, 0.05), view)] == [rule.key]
        assert performed_with(exercise, index, beyond(rule, -0.05), view) == ()


@pytest.mark.parametrize(("exercise", "index"), EVERY_RULE)
def test_each_rule_is_silent_in_the_views_that_cannot_show_it(exercise: Exercise, index: int) -> None:
    rule = exercise.faults[index]
    for view in set(VIEWS) - set(rule.views):
        assert performed_with(exercise, index, beyond(rule, 1.0), view) == ()


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.key)
def test_each_fault_has_a_key_of_its_own_and_says_where_its_bound_is_from(exercise: Exercise) -> None:
    keys = [rule.key for rule in exercise.faults]
    assert len(set(keys)) == len(keys)
    assert "range" not in keys
    assert all(len(rule.why.split()) > 3 for rule in exercise.faults)
