"""How right counts are by exercise and view: the shipped figures, where they come from and where they are told."""

import re
from pathlib import Path

import msgspec
import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.view_counts import FILE, CountsByView, ViewCounts, measured, shipped_counts
from edge_agent.evaluation.by_view import counts_by_view, rows
from edge_agent.evaluation.clips import landmarks_of
from edge_agent.evaluation.report import ClipLine
from edge_agent.evaluation.seen_views import seen_from
from tests.skeletons import nobody, performed, reps

PAGE = (Path(__file__).parents[1] / "docs" / "accuracy.md").read_text(encoding="utf-8")


def line(counted: int | None, *, seen_from: str = "side", rendered: bool = False, true_reps: int = 5) -> ClipLine:
    return ClipLine(
        name="one",
        data_set="clips",
        exercise="squat",
        view="unknown",
        seen_from=seen_from,
        rendered=rendered,
        true_reps=true_reps,
        true_partial_reps=0,
        counted=counted,
        partial=0,
        doubtful=0,
        recognised_as=None,
        recognised_count=None,
    )


def test_the_shipped_figures_are_of_shipped_exercises() -> None:
    assert shipped_counts().keys() <= load_exercises().keys()


def test_the_shipped_figures_are_those_of_the_page_about_accuracy() -> None:
    told = re.search(r"<!-- eval: seen-view -->\n(.*?)<!-- end -->", PAGE, re.DOTALL)
    assert told
    cells = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in told[1].splitlines()[2:]]
    assert cells == list(rows(shipped_counts())), "run: make eval"


def test_the_file_is_as_it_is_written() -> None:
    again = msgspec.json.format(msgspec.json.encode(shipped_counts()), indent=1) + b"\n"
    assert FILE.read_bytes() == again


def test_exact_ones_are_within_one_too() -> None:
    counted = [line(5), line(6), line(7), line(5, seen_from="front")]
    assert counts_by_view(counted) == {
        "squat": {
            "front": ViewCounts(recordings=1, within_one=1, exact=1),
            "side": ViewCounts(recordings=3, within_one=2, exact=1),
        }
    }


@pytest.mark.parametrize("left_out", [line(5, rendered=True), line(None), line(0, true_reps=0)])
def test_only_counted_reps_of_people_tell_anything(left_out: ClipLine) -> None:
    assert counts_by_view([left_out]) == {}


def test_a_view_with_few_recordings_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    five, four = (ViewCounts(recordings=number, within_one=3, exact=1) for number in (5, 4))
    figures: CountsByView = {"squat": {"side": five, "front": four}}
    monkeypatch.setattr("edge_agent.coaching.view_counts.shipped_counts", lambda: figures)
    assert measured("squat", "side") == five
    assert measured("squat", "front") is None
    assert measured("squat", "rear") is None
    assert measured("my_own", "side") is None


@pytest.mark.parametrize("figures", [(5, 6, 1), (5, 3, 4), (5, 3, -1)])
def test_figures_that_cannot_be_are_refused(figures: tuple[int, int, int]) -> None:
    recordings, within_one, exact = figures
    with pytest.raises(ValueError, match="within_one"):
        ViewCounts(recordings=recordings, within_one=within_one, exact=exact)


@pytest.mark.parametrize(("yaw_deg", "view"), [(0, "front"), (45, "oblique"), (90, "side")])
def test_a_recording_is_seen_from_where_its_camera_stood(yaw_deg: float, view: str) -> None:
    assert seen_from(landmarks_of(list(performed("squat", reps(2), yaw_deg=yaw_deg)))) == view


def test_a_recording_of_nobody_has_no_view() -> None:
    assert seen_from(landmarks_of([nobody(0.0)])) == ""
