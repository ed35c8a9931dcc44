"""Faults while something is held, on the rendered plank that sags from 9 to 14 s, and on stick figures."""

import msgspec
import pytest

from edge_agent.coaching.counting import Progress, RepCounter
from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.held_form import HeldForm
from edge_agent.coaching.landmarks import Body
from edge_agent.records import PoseFrame
from tests.rendered_tracks import track
from tests.skeletons import Change, Figure, with_changes

PLANK = load_exercises()["plank"]


def hips(metres: float, from_s: float = 0.0) -> Change:
    frames = iter(range(100_000))

    def change(figure: Figure, _: float) -> None:
        if next(frames) / 30 >= from_s:
            for hip in (23, 24):
                forward, left, up = figure[hip]
                figure[hip] = (forward, left, up + metres)

    return change


def watched(metres: float, seconds: float = 5.0, from_s: float = 0.0, yaw_deg: float = 90) -> HeldForm:
    form = HeldForm(PLANK.faults)
    for frame in with_changes("push_up", [0.0] * round(30 * seconds), hips(metres, from_s), yaw_deg=yaw_deg):
        form.update(Body(frame), 110.0, "side" if yaw_deg == 90 else "front", holding=True)
    return form


@pytest.mark.parametrize(("metres", "key", "cue"), [(-0.07, "hip_sag", "Hips up"), (0.13, "hip_pike", "Hips down")])
def test_a_fault_is_told_with_its_seconds(metres: float, key: str, cue: str) -> None:
    form = watched(metres, from_s=2.0)
    (found,) = form.faults
    assert (found.key, found.unit, form.cue) == (key, "s", cue)
    assert found.value == pytest.approx(2.8, abs=0.3)


def test_a_straight_body_has_no_fault() -> None:
    form = watched(0.0)
    assert (form.faults, form.cue) == ((), "")


def test_a_moment_of_sagging_is_a_tremble() -> None:
    assert watched(-0.07, seconds=2.0, from_s=1.3).faults == ()


def test_a_view_that_cannot_show_it_judges_nothing() -> None:
    assert watched(-0.07, yaw_deg=0).faults == ()


def test_a_new_hold_begins_without_the_faults_of_the_last() -> None:
    form = watched(-0.07)
    frames = with_changes("push_up", [0.0] * 2, hips(0.0), yaw_deg=90)
    for frame, holding in zip(frames, (False, True), strict=True):
        later = msgspec.structs.replace(frame, time_s=frame.time_s + 10)
        form.update(Body(later), 110.0, "side", holding=holding)
    assert form.faults == ()


def held(frames: tuple[PoseFrame, ...]) -> list[Progress]:
    counter = RepCounter(PLANK)
    return [counter.update(frame) for frame in frames]


def test_a_sagging_plank_is_told_for_as_long_as_it_sags() -> None:
    progress = held(track("plank_side_sag"))
    (found,) = progress[-1].hold_faults
    assert found.key == "hip_sag"
    assert found.value == pytest.approx(5.0, abs=1.0)
    shouting = [number / 30 for number, one in enumerate(progress) if one.cue == "Hips up"]
    assert min(shouting) == pytest.approx(10.5, abs=0.7)
    assert max(shouting) == pytest.approx(14.2, abs=0.5)
