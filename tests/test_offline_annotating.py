import cv2
import numpy as np
import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.image import Image
from edge_agent.offline.annotating import Annotator
from edge_agent.offline.counting import RecordingCounter
from edge_agent.offline.film_writer import FPS, FilmWriter
from edge_agent.offline.recordings import Seen
from tests.rendered_tracks import track

WORDS = slice(300, 390)
"""Rows of a picture 480 pixels high in which cues are written."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> list[Image]:
    """Pictures of an annotated track: push-ups, of which the third is partial and ends at 8.3 s."""
    path = tmp_path_factory.mktemp("film") / "a.mp4"
    counting = RecordingCounter(load_exercises(), "push_up")
    with FilmWriter(path) as writer:
        annotator = Annotator(writer, counting)
        for frame in track("pushup_side_sag_partial")[:330]:
            annotator.add(Seen(frame, None), counting.see(frame))
        annotator.finish(counting.finish())
    capture = cv2.VideoCapture(str(path))
    pictures = []
    while (read := capture.read())[0]:
        pictures.append(np.asarray(read[1][..., ::-1], np.uint8))
    return pictures


def at(film: list[Image], time_s: float) -> Image:
    return film[round(time_s * FPS)]


def amber(picture: Image) -> int:
    """Return how many pixels have the colour of cues."""
    red, green, blue = (picture[..., index].astype(int) for index in range(3))
    return int(((red > 180) & (green > 120) & (green < 220) & (blue < 120)).sum())


def test_the_film_lasts_as_long_as_the_recording_and_its_total(film: list[Image]) -> None:
    assert len(film) == pytest.approx(330 + 1.5 * FPS, abs=2)


def test_a_cue_is_shown_after_a_partial_rep_and_not_before(film: list[Image]) -> None:
    assert amber(at(film, 8.0)[WORDS, :200]) == 0
    assert amber(at(film, 9.2)[WORDS, :200]) > 200


def test_the_count_changes_with_a_rep(film: list[Image]) -> None:
    number = slice(0, 80), slice(0, 80)
    before, after = at(film, 5.0)[number], at(film, 6.6)[number]
    assert np.abs(before.astype(int) - after).mean() > 10
    assert np.abs(after.astype(int) - at(film, 7.0)[number]).mean() < 2


def test_the_signal_runs_along_the_bottom(film: list[Image]) -> None:
    curve = at(film, 10.0)[405:480]
    assert (curve.max(axis=(0, 2)) > 150).mean() > 0.8


def test_the_skeleton_is_where_the_landmarks_are(film: list[Image]) -> None:
    frame = track("pushup_side_sag_partial")[150]
    assert frame.pose
    x, y, _, visibility = frame.pose.image[11]
    assert visibility > 0.9
    assert at(film, 5.0)[round(y * frame.height), round(x * frame.width)].min() > 180


def test_the_total_stands_at_the_end(film: list[Image]) -> None:
    assert amber(film[-1][WORDS]) > 1000
