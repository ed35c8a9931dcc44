"""What travels through the picture, and a network that weighs it."""

import random
from collections.abc import Callable, Iterable
from math import isnan

import pytest

from bench.recognition.exercising import pull_up, shoulder_press
from bench.recognition.figure import film
from edge_agent.coaching.landmarks import HIPS, Body
from edge_agent.coaching.recognition.classifier import Model
from edge_agent.coaching.recognition.movement import FIGURE_COUNT, MovementWindow
from edge_agent.records import PoseFrame
from tests.skeletons import moved

ACROSS, SHOULDERS_UP, WRISTS_UP = -6, -4, -3
"""Where a window's figures tell of travel."""


def figures(frames: Iterable[PoseFrame]) -> list[float]:
    window = MovementWindow()
    for frame in frames:
        window.update(Body(frame), 150.0)
    found = window.figures()
    assert found
    return found


def drawn(movement: Callable[[random.Random], object]) -> list[PoseFrame]:
    return list(film(movement(random.Random(1)), random.Random(1), 6.0))  # type: ignore[arg-type]


def in_one_place(frame: PoseFrame) -> PoseFrame:
    """The same posture, the hips in the middle of the picture."""
    x, y = Body(frame).middle(HIPS)
    return moved(frame, 0.5 - x / frame.width, 0.5 - y / frame.height)


def test_hands_travel_in_a_press() -> None:
    found = figures(drawn(shoulder_press))
    assert found[WRISTS_UP] > 3 * found[SHOULDERS_UP]


def test_the_body_travels_in_a_pull_up() -> None:
    found = figures(drawn(pull_up))
    assert found[SHOULDERS_UP] > 3 * found[WRISTS_UP]


def test_who_was_put_in_one_place_does_not_tell_what_travels() -> None:
    assert all(map(isnan, figures(map(in_one_place, drawn(pull_up)))[ACROSS:]))


def model(**changes: object) -> Model:
    """Knows two exercises by their biases alone."""
    nothing = (0.0,) * FIGURE_COUNT
    plain = {
        "keys": ("a", "b"),
        "means": nothing,
        "spreads": (1.0,) * FIGURE_COUNT,
        "weights": (nothing, nothing),
        "biases": (0.0, 0.0),
    }
    return Model(**(plain | changes))  # type: ignore[arg-type]


def test_a_figure_that_is_not_known_decides_nothing() -> None:
    first = (5.0, *(0.0,) * (FIGURE_COUNT - 1))
    shares = model(weights=(first, (0.0,) * FIGURE_COUNT)).shares([float("nan")] * FIGURE_COUNT)
    assert shares == {"a": 0.5, "b": 0.5}


def test_a_hidden_unit_sees_what_no_single_weight_does() -> None:
    both = (1.0, 1.0, *(0.0,) * (FIGURE_COUNT - 2))
    knowing = model(hidden=(both,), hidden_biases=(-1.5,), from_hidden=((10.0,), (0.0,)))
    one, two = [1.0, *(0.0,) * (FIGURE_COUNT - 1)], [1.0, 1.0, *(0.0,) * (FIGURE_COUNT - 2)]
    assert knowing.shares(one)["a"] == 0.5
    assert knowing.shares(two)["a"] > 0.99


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden": ((0.0,) * FIGURE_COUNT,)},
        {"hidden": ((0.0,) * FIGURE_COUNT,), "hidden_biases": (0.0,), "from_hidden": ((0.0,),)},
    ],
)
def test_a_hidden_layer_that_does_not_fit_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="hidden layer"):
        model(**changes)
