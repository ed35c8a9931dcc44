"""Who was believed is believed sooner: a set goes on when its movement looks a little less like the exercise."""

from collections.abc import Iterable
from math import log

from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.recognition.chosen import ChosenCounter
from edge_agent.coaching.recognition.classifier import NO_EXERCISE, Model
from edge_agent.coaching.recognition.counter import RecognisingCounter
from edge_agent.coaching.recognition.movement import CHANNELS, FIGURE_COUNT
from edge_agent.records import PoseFrame
from tests.skeletons import performed, reps

EXERCISES = load_exercises()
SIGHT = 4 * CHANNELS.index("sight") + 1
"""Where a window's figures tell how well the legs are usually seen."""
CLEAR, DIM = 1.0, 0.6


def model(share_when_dim: float) -> Model:
    """Takes everything for squats when the legs are seen well, and with less confidence when they are not."""
    low, high = (log(share / (1 - share)) for share in (share_when_dim, 0.95))
    weights = [0.0] * FIGURE_COUNT
    weights[SIGHT] = (high - low) / (CLEAR - DIM)
    nothing = (0.0,) * FIGURE_COUNT
    return Model(
        keys=("squat", "something_else", NO_EXERCISE),
        means=nothing,
        spreads=(1.0,) * FIGURE_COUNT,
        weights=(tuple(weights), nothing, nothing),
        biases=(high - weights[SIGHT] * CLEAR, 0.0, -20.0),
    )


def squats(count: int, sight: float, start_s: float = 0.0) -> list[PoseFrame]:
    return performed("squat", reps(count), start_s=start_s, left_visibility=sight, right_visibility=sight)


def counted(counter: ChosenCounter | RecognisingCounter, frames: Iterable[PoseFrame]) -> int:
    count = sum(len(counter.update(frame).reps) for frame in frames)
    while found := len(counter.finish().reps):
        count += found
    return count


SET = [*squats(5, CLEAR), *squats(5, DIM, start_s=12.0)]
PAUSED = [*squats(5, CLEAR), *squats(5, DIM, start_s=60.0)]


def test_a_chosen_exercise_that_hardly_looks_like_it_is_refused() -> None:
    assert counted(ChosenCounter(EXERCISES["squat"], model(0.01)), squats(5, DIM)) == 0


def test_it_is_believed_after_reps_that_did() -> None:
    assert counted(ChosenCounter(EXERCISES["squat"], model(0.01)), SET) == 10


def test_it_is_refused_again_after_a_long_rest() -> None:
    assert counted(ChosenCounter(EXERCISES["squat"], model(0.01)), PAUSED) == 5


def test_reps_that_did_not_look_like_it_are_credited_with_one_that_does() -> None:
    counter = ChosenCounter(EXERCISES["squat"], model(0.01))
    frames = [*squats(2, DIM), *squats(4, CLEAR, start_s=4.8)]
    found = [rep for frame in frames for rep in counter.update(frame).reps]
    assert [rep.number for rep in found] == [1, 2, 3, 4, 5, 6]
    assert [rep.start_s for rep in found] == sorted(rep.start_s for rep in found)


def test_reps_long_before_it_are_not() -> None:
    assert (
        counted(ChosenCounter(EXERCISES["squat"], model(0.01)), [*squats(2, DIM), *squats(4, CLEAR, start_s=30)]) == 4
    )


def test_the_end_of_a_set_is_the_end_of_what_was_held_back() -> None:
    counter = ChosenCounter(EXERCISES["squat"], model(0.01))
    assert counted(counter, squats(2, DIM)) == 0
    assert counted(counter, squats(4, CLEAR, start_s=4.8)) == 4


def test_what_never_looks_like_it_is_refused_after_any() -> None:
    assert counted(ChosenCounter(EXERCISES["squat"], model(0.0005)), SET) < 10


def test_an_unlikely_exercise_is_not_recognised() -> None:
    assert counted(RecognisingCounter(EXERCISES, model(0.06)), squats(5, DIM)) == 0


def test_a_recognised_set_goes_on_when_it_becomes_less_likely() -> None:
    assert counted(RecognisingCounter(EXERCISES, model(0.06)), SET) == 10


def test_a_recognised_set_does_not_go_on_after_a_long_rest() -> None:
    assert counted(RecognisingCounter(EXERCISES, model(0.06)), PAUSED) == 5
