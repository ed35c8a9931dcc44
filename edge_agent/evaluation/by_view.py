"""An evaluation by exercise and by the view that the kiosk sees: the figures that its placement coach tells."""

from collections.abc import Iterable, Iterator

from edge_agent.coaching.exercise_parts import VIEWS
from edge_agent.coaching.view_counts import CountsByView, ViewCounts
from edge_agent.evaluation.report import ClipLine


def counts_by_view(lines: Iterable[ClipLine]) -> CountsByView:
    """Return what became of the recordings of people, with the exercise known."""
    off: dict[tuple[str, str], list[int]] = {}
    for one in lines:
        if one.exercise and one.true_reps and one.counted is not None and not one.rendered:
            off.setdefault((one.exercise, one.seen_from), []).append(abs(one.counted - one.true_reps))
    return {
        exercise: {view: _counts(off[exercise, view]) for view in VIEWS if (exercise, view) in off}
        for exercise in sorted({exercise for exercise, _ in off})
    }


def _counts(off: list[int]) -> ViewCounts:
    return ViewCounts(recordings=len(off), within_one=sum(one <= 1 for one in off), exact=sum(one == 0 for one in off))


def rows(counts: CountsByView) -> Iterator[tuple[str, ...]]:
    """Give a row for each exercise: recordings counted within one of all there are, by view."""
    for exercise, views in counts.items():
        yield exercise, *(_cell(views.get(view)) for view in VIEWS)


def _cell(counts: ViewCounts | None) -> str:
    return f"{counts.within_one} of {counts.recordings}" if counts else "-"
