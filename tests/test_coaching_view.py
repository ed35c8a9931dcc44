"""The view, told from the landmarks: on the stick figure from all sides and on clips whose camera is known."""

import json
from pathlib import Path

import msgspec
import pytest

from edge_agent.coaching.exercise_parts import View
from edge_agent.coaching.landmarks import Body
from edge_agent.coaching.view import ViewEstimate, view_name
from edge_agent.records import PoseFrame
from tests import skeletons
from tests.rendered_tracks import track
from tests.shared_data import SHARED, needs_shared


def standing(yaw_deg: float, time_s: float = 0.0) -> PoseFrame:
    return skeletons.frame("squat", 0.0, time_s, yaw_deg=yaw_deg)


@pytest.mark.parametrize("yaw_deg", [-170, -90, -45, -10, 0, 10, 45, 90, 170])
def test_the_yaw_is_told_with_its_sign(yaw_deg: float) -> None:
    assert Body(standing(yaw_deg)).yaw_deg() == pytest.approx(yaw_deg, abs=0.1)


@pytest.mark.parametrize("exercise", ["push_up", "squat"])
def test_bending_or_lying_down_does_not_change_the_view(exercise: str) -> None:
    frames = skeletons.performed(exercise, skeletons.reps(1), yaw_deg=40)
    assert {view_name(Body(frame).yaw_deg()) for frame in frames} == {"oblique"}


@pytest.mark.parametrize(
    ("yaw_deg", "name"),
    [(0, "front"), (-20, "front"), (40, "oblique"), (-45, "oblique"), (90, "side"), (-100, "side"), (150, "rear")],
)
def test_each_yaw_has_its_view(yaw_deg: float, name: View) -> None:
    assert ViewEstimate().update(Body(standing(yaw_deg))) == name


def turning(*yaws_deg: float) -> list[View]:
    """Return the view after each second at one yaw."""
    estimate = ViewEstimate()
    return [
        [estimate.update(Body(standing(yaw, second + n / 10))) for n in range(10)][-1]
        for second, yaw in enumerate(yaws_deg)
    ]


def test_somebody_who_turns_is_seen_anew_after_some_seconds() -> None:
    assert turning(0, 90, 90, 90)[::3] == ["front", "side"]


def test_a_view_near_its_border_does_not_flicker() -> None:
    assert set(turning(20, 24, 24, 24, 20, 24, 24, 24)) == {"front"}
    assert set(turning(24, 20, 20, 20, 24)) == {"oblique"}


def test_a_single_wild_frame_changes_nothing() -> None:
    estimate = ViewEstimate()
    for n in range(30):
        estimate.update(Body(standing(0, n / 30)))
    assert estimate.update(Body(standing(170, 1.0))) == "front"


def test_shoulders_seen_edge_on_in_depth_divide_by_nothing() -> None:
    frame = standing(0)
    assert frame.pose is not None
    pose = msgspec.structs.replace(frame.pose, world=((0.0, 0.0, 0.0),) * 33)
    assert Body(msgspec.structs.replace(frame, pose=pose)).yaw_deg() == 0.0


CAMERAS = {
    "curl_front_clean": "front",
    "jack_front": "front",
    "squat_front_shallow": "front",
    "lunge_45_valgus": "oblique",
    "press_45_bystander": "oblique",
    "squat_45_lean_bystander": "oblique",
    "curl_side_dim": "side",
    "deadlift_side_clean": "side",
    "plank_side_sag": "side",
    "pushup_side_clean": "side",
    "pushup_side_sag_partial": "side",
    "situp_side": "side",
    "squat_side_clean": "side",
}
"""Where the cameras of the rendered clips stand (from the clips' JSON)."""


@pytest.mark.parametrize("name", CAMERAS)
def test_the_view_of_a_rendered_clip_is_that_of_its_camera(name: str) -> None:
    estimate = ViewEstimate()
    seen = [estimate.update(Body(frame)) for frame in track(name) if frame.pose]
    assert seen.count(CAMERAS[name]) / len(seen) > 0.95  # type: ignore[arg-type]


@needs_shared
@pytest.mark.parametrize("name", CAMERAS)
def test_the_cameras_are_those_of_the_truth(name: str) -> None:
    truth = json.loads((SHARED / "rendered" / Path(name).with_suffix(".json")).read_text())
    yaw_deg = abs(truth["view"]["yaw_deg"])
    assert CAMERAS[name] == ("front" if yaw_deg < 20 else "side" if yaw_deg > 70 else "oblique")
