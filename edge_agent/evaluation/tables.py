"""An evaluation as tables, for a terminal or for a page."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edge_agent.coaching.exercise_parts import VIEWS
from edge_agent.evaluation.by_view import counts_by_view, rows
from edge_agent.evaluation.outcomes import BASELINES, OURS, OURS_RECOGNISED
from edge_agent.evaluation.perturbing import PERTURBATIONS
from edge_agent.evaluation.report import PEOPLE, Evaluation
from edge_agent.evaluation.scoring import Figure, Score

_COUNTERS = (OURS, OURS_RECOGNISED, *BASELINES)
_NONE = "-"
_JUDGED = ("exact [95 %]", "MAE [95 %]", "F1 [95 %]")
_CELLS = ("n", "OBO [95 %]", *_JUDGED, "OBO with partial")


class Table(NamedTuple):
    """A table of texts; the first column is words, the others are figures."""

    key: str
    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def tables(found: Evaluation) -> list[Table]:
    """Return all tables that have rows."""
    every = (
        _summary(found),
        _by_data_set(found),
        _by_group(found, "exercise"),
        _behind(found),
        _by_group(found, "view"),
        _by_group(found, "exercise and view"),
        _by_seen_view(found),
        _perturbed(found),
        _false_reps(found),
        _quality(found),
        _disturbed(found),
        _misses(found),
    )
    return [table for table in every if table.rows]


def plain(table: Table) -> str:
    """Return the table for a terminal."""
    widths = [max(map(len, column)) for column in zip(table.header, *table.rows, strict=True)]
    lines = [table.title, ""]
    for row in (table.header, *table.rows):
        cells = [
            cell.ljust(width) if not i else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(table: Table) -> str:
    """Return the table for a page, without its title."""
    rule = ("---", *("--:" for _ in table.header[1:]))
    return "\n".join("| " + " | ".join(row) + " |" for row in (table.header, rule, *table.rows))


def _summary(found: Evaluation) -> Table:
    rows = [(counter, *_cells(score)) for counter in _COUNTERS if (score := found.find(counter, "all", PEOPLE))]
    return Table("summary", "Right counts", (PEOPLE, *_CELLS), rows)


def _by_data_set(found: Evaluation) -> Table:
    data_sets = sorted({one.group for one in found.scores if one.by == "data set"})
    rows = [
        (f"{group}: {counter}", *_cells(score))
        for group in data_sets
        for counter in _COUNTERS
        if (score := found.find(counter, "data set", group))
    ]
    return Table("data-sets", "By data set", ("data set: counter", *_CELLS), rows)


def _cells(score: Score) -> tuple[str, ...]:
    return (
        str(score.clips),
        _interval(score.obo),
        *_judged(score),
        f"{score.obo_with_partial.value:.2f}",
    )


def _measured(found: Evaluation) -> list[str]:
    """Return the counters of which there are scores."""
    there = {one.counter for one in found.scores}
    return [counter for counter in _COUNTERS if counter in there]


def _judged(score: Score) -> tuple[str, ...]:
    return _interval(score.exact), _interval(score.mae), _interval(score.f1) if score.f1 else _NONE


def _interval(figure: Figure) -> str:
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def _by_group(found: Evaluation, by: str) -> Table:
    rows = []
    counters = _measured(found)
    for group in sorted({one.group for one in found.scores if one.by == by}):
        scores = [found.find(counter, by, group) for counter in counters]
        ours = scores[0]
        if ours:
            obo = [_interval(score.obo) if score else _NONE for score in scores]
            rows.append((group, str(ours.clips), *obo, *_judged(ours)))
    header = (by, "n", *(f"OBO {_short(counter)}" for counter in counters), *_JUDGED)
    title = f"By {by}, all people; exact, MAE and F1 are those of the first counter"
    return Table(by.replace(" ", "-"), title, header, rows)


def _by_seen_view(found: Evaluation) -> Table:
    title = "Counted within one, by exercise and by the view that the kiosk sees, all people"
    return Table("seen-view", title, ("exercise", *VIEWS), list(rows(counts_by_view(found.clips))))


def _behind(found: Evaluation) -> Table:
    """Where another counter counts more recordings within one than ours does with the exercise known."""
    rows = []
    for group in sorted({one.group for one in found.scores if one.by == "exercise"}):
        ours = found.find(OURS, "exercise", group)
        others = [(score.obo.value, name) for name in BASELINES if (score := found.find(name, "exercise", group))]
        if ours and others and max(others)[0] > ours.obo.value:
            rows.append((f"{group}: {max(others)[1]}", f"{max(others)[0]:.2f}", f"{ours.obo.value:.2f}"))
    return Table("behind", "Where another counter is ahead", ("exercise: counter", "OBO", "OBO ours"), rows)


def _perturbed(found: Evaluation) -> Table:
    rows = []
    counters = _measured(found)
    for condition in ("", *PERTURBATIONS):
        scores = [found.find(counter, "all", PEOPLE, condition) for counter in counters]
        if any(scores) and (condition or any(one.condition for one in found.scores)):
            obo = [f"{score.obo.value:.2f}" if score else _NONE for score in scores]
            exact = f"{scores[0].exact.value:.2f}" if scores[0] else _NONE
            rows.append((condition or "as it is", *obo, exact))
    header = ("all people", *(f"OBO {_short(counter)}" for counter in counters), "exact, ours")
    return Table("perturbations", "When things go wrong", header, rows)


def _false_reps(found: Evaluation) -> Table:
    rows = [
        (one.counter, _number(one.wrong_exercise_shown), _number(one.nothing_trained), str(one.reps))
        for one in found.false_reps
        if one.wrong_exercise_shown is not None or one.nothing_trained is not None
    ]
    header = ("counter", "another exercise shown", "nothing trained", "reps then, in all")
    return Table("false-reps", "False reps a minute", header, rows)


def _quality(found: Evaluation) -> Table:
    return Table(
        "quality", "What is told about a rep (rendered), holds, recognition", ("figure", "value"), [*_facts(found)]
    )


def _facts(found: Evaluation) -> Iterator[tuple[str, ...]]:
    if one := found.quality:
        yield "matched reps", str(one.reps)
        yield "range of motion: median error, degrees", _number(one.rom_error_deg)
        yield "range of motion: share of reps told", _number(one.rom_told)
        yield "eccentric time: median error, s", _number(one.eccentric_error_s)
        yield "concentric time: median error, s", _number(one.concentric_error_s)
        yield "full or partial told rightly", _number(one.partial_right)
        yield f"faults: precision ({one.faults} there are)", _number(one.fault_precision)
        yield "faults: recall", _number(one.fault_recall)
    if found.hold_error_s is not None:
        yield "holds: mean error, s", _number(found.hold_error_s)
    if found.false_hold is not None:
        yield "holds: share of the time timed while something else is done", _number(found.false_hold)
    for data_set, share in found.recognised.items():
        yield f"recognised rightly: {data_set}", f"{share:.2f}"


def _disturbed(found: Evaluation) -> Table:
    rows = [
        (
            one.condition or "as it is",
            _number(one.exact),
            _number(one.quality.rom_error_deg),
            _number(one.quality.rom_told),
            _number(one.quality.eccentric_error_s),
            _number(one.quality.concentric_error_s),
            _number(one.quality.partial_right),
            _number(one.quality.fault_precision),
            _number(one.quality.fault_recall),
            _number(one.recognised),
        )
        for one in found.disturbed
    ]
    judged = ("exact", "range, deg", "told", "eccentric, s", "concentric, s", "full or partial")
    header = ("rendered", *judged, "precision", "recall", "recognised")
    return Table("disturbed", "What is told when things go wrong (rendered)", header, rows)


def _misses(found: Evaluation) -> Table:
    rows = [
        (
            clip.name,
            clip.exercise,
            clip.view,
            str(clip.true_reps),
            *map(_count, (clip.counted, clip.partial, clip.doubtful)),
        )
        for clip in found.clips
        if clip.counted is not None and abs(clip.counted - clip.true_reps) > 1
    ]
    header = ("recording", "exercise", "view", "true", "counted", "partial", "doubtful")
    return Table("misses", "More than one off, exercise known", header, sorted(rows, key=_exercise_first))


def _exercise_first(row: Sequence[str]) -> tuple[str, str]:
    return row[1], row[0]


def _short(counter: str) -> str:
    names = {OURS: "ours", OURS_RECOGNISED: "recognised"}
    return names.get(counter, counter.partition(" (")[0])


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.2f}"


def _count(value: int | None) -> str:
    return _NONE if value is None else str(value)
