import numpy as np
from numpy.typing import NDArray

from edge_agent.pose.detection import SIDE, anchors, surest_person

Floats = NDArray[np.float32]


def _nobody() -> tuple[Floats, Floats]:
    return np.zeros((2254, 12), np.float32), np.full(2254, -10, np.float32)


def _put(boxes: Floats, scores: Floats, index: int, hips: tuple[float, float], logit: float) -> None:
    """Let one anchor see a person a fifth of the input wide, hips at `hips`, reaching straight up by 0.3."""
    person = np.array([*hips, 0.2, 0.2, *hips, hips[0], hips[1] - 0.3, *hips, *hips], np.float32)
    person[[0, 4, 6, 8, 10]] -= anchors()[index, 0]
    person[[1, 5, 7, 9, 11]] -= anchors()[index, 1]
    boxes[index], scores[index] = person * SIDE, logit


def test_there_is_an_anchor_for_each_of_the_models_boxes() -> None:
    assert anchors().shape == (2254, 2)


def test_anchors_lie_in_the_middle_of_their_cells_row_by_row() -> None:
    assert np.allclose(anchors()[[0, 1, 2, 56]], np.array([(0.5, 0.5), (0.5, 0.5), (1.5, 0.5), (0.5, 1.5)]) / 28)
    assert np.allclose(anchors()[-1], np.array((6.5, 6.5)) / 7)


def test_low_scores_are_nobody() -> None:
    boxes, scores = _nobody()
    _put(boxes, scores, 900, (0.5, 0.5), -0.01)
    assert surest_person(boxes, scores) is None


def test_a_person_is_found_where_the_box_says() -> None:
    boxes, scores = _nobody()
    _put(boxes, scores, 900, (0.4, 0.6), 2.0)
    person = surest_person(boxes, scores)
    assert person is not None
    assert np.allclose([*person.hips, *person.reach], [0.4, 0.6, 0.4, 0.3], atol=1e-6)
    assert abs(person.score - 0.881) < 0.001


def test_of_two_people_the_surer_one_is_taken() -> None:
    boxes, scores = _nobody()
    _put(boxes, scores, 10, (0.2, 0.5), 1.0)
    _put(boxes, scores, 2000, (0.8, 0.5), 2.0)
    person = surest_person(boxes, scores)
    assert person is not None
    assert np.allclose(person.hips, [0.8, 0.5], atol=1e-6)


def test_boxes_over_the_best_one_are_averaged_by_their_scores() -> None:
    boxes, scores = _nobody()
    _put(boxes, scores, 900, (0.50, 0.5), 80.0)
    _put(boxes, scores, 901, (0.53, 0.5), 0.0)
    person = surest_person(boxes, scores)
    assert person is not None
    assert np.allclose(person.hips, [(0.50 * 1.0 + 0.53 * 0.5) / 1.5, 0.5], atol=1e-5)


def test_boxes_that_hardly_overlap_are_somebody_else() -> None:
    boxes, scores = _nobody()
    _put(boxes, scores, 900, (0.50, 0.5), 2.0)
    _put(boxes, scores, 901, (0.60, 0.5), 1.9)
    person = surest_person(boxes, scores)
    assert person is not None
    assert np.allclose(person.hips, [0.5, 0.5], atol=1e-6)
