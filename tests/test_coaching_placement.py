"""Where to stand, on stick figures placed well and badly."""

from typing import get_args

import pytest

from edge_agent.coaching.counting import RepCounter
from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.exercise_parts import View
from edge_agent.coaching.landmarks import ANKLES, NOSE, WRISTS
from edge_agent.coaching.placement import Advice, PlacementCoach, advise, needed, sight
from edge_agent.coaching.view_counts import measured
from edge_agent.records import PoseFrame
from tests import skeletons
from tests.skeletons import frame, held, moved, nobody, performed, reps
from web.texts import catalogues

EXERCISES = load_exercises()


def advice(exercise: str, seen: PoseFrame, view: str, torso_px: float = 110.0) -> Advice:
    return advise(EXERCISES[exercise], seen, view, torso_px)  # type: ignore[arg-type]


def test_who_stands_well_hears_nothing() -> None:
    assert advice("squat", frame("squat", 0, 0, yaw_deg=90), "side") == ""
    assert advice("squat", frame("squat", 0, 0, yaw_deg=0), "front") == ""


@pytest.mark.parametrize(
    ("shift", "expected"),
    [((0.0, 0.12), "step_back_feet"), ((0.52, 0.0), "middle"), ((-0.52, 0.0), "middle")],
)
def test_whoever_is_cut_off_is_told_by_what(shift: tuple[float, float], expected: Advice) -> None:
    assert advice("squat", moved(frame("squat", 0, 0), *shift), "side") == expected


def test_hands_or_head_over_the_edge_are_told_where_they_are_needed() -> None:
    overhead = moved(frame("jumping_jack", 1, 0), 0.0, -0.2)
    assert advice("jumping_jack", overhead, "front") == "step_back_hands"
    assert advice("push_up", moved(frame("push_up", 0, 0), 0.0, -0.75), "side") == "step_back_head"


def test_a_joint_that_is_not_needed_may_be_out() -> None:
    assert advice("biceps_curl", moved(frame("biceps_curl", 0, 0), 0.0, 0.1), "front") == ""


def test_somebody_far_away_is_asked_to_come_closer() -> None:
    assert advice("squat", frame("squat", 0, 0, torso_px=30.0), "side", torso_px=30.0) == "step_closer"


@pytest.mark.parametrize(
    ("exercise", "view", "expected"),
    [
        ("deadlift", "front", "turn_side"),
        ("deadlift", "side", ""),
        ("push_up", "front", "turn_side"),
        ("jumping_jack", "side", "turn_front"),
        ("squat", "front", ""),
    ],
)
def test_a_view_that_cannot_show_the_range_is_told(exercise: str, view: str, expected: Advice) -> None:
    assert advice(exercise, frame("squat", 0, 0), view) == expected


def test_without_a_person_there_is_no_advice() -> None:
    assert advice("squat", nobody(0.0), "front") == ""


def test_each_exercise_needs_the_joints_of_its_features() -> None:
    assert set(ANKLES) <= needed(EXERCISES["squat"])
    assert {NOSE, *WRISTS} <= needed(EXERCISES["push_up"])
    assert not set(ANKLES) & needed(EXERCISES["biceps_curl"])


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_exercise_needs_nothing(exercise: str) -> None:
    assert needed(EXERCISES[exercise])


@pytest.mark.parametrize("name", [name for name in get_args(Advice) if name])
def test_each_advice_has_its_words(name: str) -> None:
    assert catalogues()["en"].script[f"advice_{name}"]


def test_advice_settles_before_it_is_given_and_before_it_is_taken_back() -> None:
    coach = PlacementCoach(EXERCISES["deadlift"])
    turns = [
        (0.0, "front"),
        (1.0, "front"),
        (1.6, "front"),
        (1.7, "side"),
        (2.5, "front"),
        (2.6, "side"),
        (4.2, "side"),
    ]
    given = [coach.update(frame("squat", 0, time_s), view, 110.0) for time_s, view in turns]  # type: ignore[arg-type]
    assert given == ["", "", "turn_side", "turn_side", "turn_side", "turn_side", ""]


@pytest.mark.parametrize(
    ("exercise", "view", "told", "depth_hidden"),
    [
        ("squat", "side", "measured", False),
        ("squat", "front", "estimated", True),
        ("deadlift", "front", "not", False),
        ("plank", "side", "", False),
    ],
)
def test_what_a_view_can_tell_is_told(exercise: str, view: View, told: str, depth_hidden: bool) -> None:
    seen = sight(EXERCISES[exercise], view)
    assert (seen.view, seen.range, seen.depth_hidden) == (view, told, depth_hidden)


def test_how_right_counts_are_is_told_where_it_was_measured() -> None:
    squats = measured("squat", "front")
    assert squats
    seen = sight(EXERCISES["squat"], "front")
    assert (seen.within_one, seen.recordings) == (squats.within_one, squats.recordings)
    assert measured("lunge", "rear") is None
    assert sight(EXERCISES["lunge"], "rear").recordings == 0


def test_what_can_be_told_follows_the_view() -> None:
    coach = PlacementCoach(EXERCISES["squat"])
    views: list[View] = ["front", "front", "side"]
    told = []
    for time_s, view in enumerate(views):
        coach.update(frame("squat", 0, time_s), view, 110.0)
        told.append(coach.sight)
    assert told == [sight(EXERCISES["squat"], view) for view in views]


def test_the_counter_passes_it_on_while_somebody_is_there() -> None:
    counter = RepCounter(EXERCISES["jumping_jack"])
    seen = [counter.update(one).advice for one in performed("squat", held(0, 3), yaw_deg=90)]
    assert (seen[0], seen[-1]) == ("", "turn_front")
    alone = counter.update(skeletons.nobody(5.0))
    assert (alone.advice, alone.sight) == ("", None)


def test_a_whole_set_in_the_right_place_is_never_disturbed() -> None:
    counter = RepCounter(EXERCISES["squat"])
    frames = performed("squat", [*held(0, 1), *reps(4), *held(0, 1)], yaw_deg=90)
    assert {counter.update(one).advice for one in frames} == {""}
