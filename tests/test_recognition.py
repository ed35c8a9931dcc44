import itertools
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.landmarks import Body
from edge_agent.coaching.recognition.classifier import Model, shipped_model
from edge_agent.coaching.recognition.counter import RecognisingCounter
from edge_agent.coaching.recognition.movement import FIGURE_COUNT, MovementWindow
from edge_agent.offline.tracks import read_track
from edge_agent.records import PoseFrame
from tests import skeletons

TRACKS = Path(__file__).parent / "tracks"
EXERCISES = load_exercises()

SHOWN = {
    "squat_side_clean": ("squat", 6),
    "squat_45_lean_bystander": ("squat", 6),
    "pushup_side_clean": ("push_up", 8),
    "curl_front_clean": ("biceps_curl", 8),
    "curl_side_dim": ("biceps_curl", 6),
    "jack_front": ("jumping_jack", 12),
    "press_45_bystander": ("shoulder_press", 6),
    "deadlift_side_clean": ("deadlift", 6),
    "lunge_45_valgus": ("lunge", 6),
}


def track(name: str) -> tuple[PoseFrame, ...]:
    return read_track(TRACKS / f"{name}.npz").frames


def counted(frames: Iterable[PoseFrame], counter: RecognisingCounter | None = None) -> Counter[str]:
    """Count reps by exercise, as recognised."""
    counter = counter or RecognisingCounter(EXERCISES)
    done: Counter[str] = Counter()
    for frame in frames:
        progress = counter.update(frame)
        done[progress.exercise] += len(progress.reps)
    while (progress := counter.finish()).reps:
        done[progress.exercise] += len(progress.reps)
    return +done


def later(frames: Iterable[PoseFrame], seconds: float) -> list[PoseFrame]:
    return [msgspec.structs.replace(frame, time_s=frame.time_s + seconds) for frame in frames]


@pytest.mark.parametrize("name", SHOWN)
def test_the_exercise_is_recognised_and_counted_from_the_first_rep(name: str) -> None:
    exercise, reps = SHOWN[name]
    done = counted(track(name))
    assert list(done) == [exercise]
    assert abs(done[exercise] - reps) <= 1


@pytest.mark.parametrize(
    "name", ["neg_idle_bystander", "real/walking_side_01", "real/dancing_front_01", "real/jogging_front_01"]
)
def test_what_is_no_exercise_counts_nothing(name: str) -> None:
    assert not counted(track(name))


def test_a_mirrored_picture_is_recognised_alike() -> None:
    done = counted(skeletons.mirrored(frame) for frame in track("squat_side_clean"))
    assert done == {"squat": 6}


def test_ten_frames_a_second_are_enough() -> None:
    assert counted(track("pushup_side_clean")[::3]) == {"push_up": 8}


def test_another_exercise_is_counted_as_such_within_the_session() -> None:
    squats, curls = track("squat_side_clean"), track("curl_front_clean")
    done = counted([*squats, *later(curls, squats[-1].time_s + 1)])
    assert (done["squat"], done["biceps_curl"]) == (6, 8)


def test_nothing_is_said_before_it_is_known() -> None:
    counter = RecognisingCounter(EXERCISES)
    early = [counter.update(frame) for frame in itertools.islice(track("squat_side_clean"), 40)]
    assert {(progress.exercise, progress.reps) for progress in early} == {("", ())}


def test_few_counters_run_at_a_time() -> None:
    counter, most = RecognisingCounter(EXERCISES), 0
    for frame in track("squat_side_clean"):
        counter.update(frame)
        most = max(most, counter.counter_count)
    assert 1 <= most <= 4


def test_a_movement_without_an_exercise_file_counts_nothing() -> None:
    others = {key: exercise for key, exercise in EXERCISES.items() if key not in ("push_up", "plank")}
    assert not counted(track("pushup_side_clean"), RecognisingCounter(others))


def test_the_person_is_present_before_anything_is_recognised() -> None:
    counter = RecognisingCounter(EXERCISES)
    assert any(counter.update(frame).present for frame in itertools.islice(track("squat_side_clean"), 40))


def test_a_window_has_as_many_figures_as_the_model_weighs() -> None:
    window = MovementWindow()
    for frame in track("squat_side_clean")[30:120]:
        window.update(Body(frame), 100.0)
    figures = window.figures()
    assert figures
    assert len(figures) == FIGURE_COUNT
    assert sum(shipped_model().shares(figures).values()) == pytest.approx(1)


def test_a_moment_of_movement_tells_nothing() -> None:
    window = MovementWindow()
    for frame in track("squat_side_clean")[30:45]:
        window.update(Body(frame), 100.0)
    assert window.figures() is None


def test_the_model_knows_each_shipped_exercise() -> None:
    assert set(EXERCISES) <= set(shipped_model().keys)


def test_a_model_of_other_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="trained on other figures"):
        Model(keys=("squat",), means=(0.0,), spreads=(1.0,), weights=((0.0,),), biases=(0.0,))
