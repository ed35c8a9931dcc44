"""What an evaluation found, as one record that can be written and read as JSON."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from edge_agent.coaching.exercise import Exercise
from edge_agent.evaluation.clips import Clip
from edge_agent.evaluation.outcomes import OURS, OURS_RECOGNISED
from edge_agent.evaluation.quality import Quality, false_hold, hold_error_s, quality, recognised
from edge_agent.evaluation.running import Done
from edge_agent.evaluation.scoring import Judged, Score, false_reps_per_minute, score
from edge_agent.evaluation.seen_views import seen_from
from edge_agent.records import Record

PEOPLE = "all people"
"""Every recording of a person; what is rendered says nothing about the field."""


class Scored(Record, frozen=True, kw_only=True):
    """The score of one counter on one group of recordings."""

    counter: str
    condition: str
    """Name of the perturbation; empty for the recordings as they are."""
    by: str
    """What the group is one of: `all`, `data set`, `exercise`, `view` or `exercise and view`."""
    group: str
    score: Score


class FalseReps(Record, frozen=True, kw_only=True):
    """Full reps a minute that were counted where none, or another exercise, was done."""

    counter: str
    wrong_exercise_shown: float | None
    nothing_trained: float | None
    reps: int
    """How many were counted where nothing was trained, in all."""


class ClipLine(Record, frozen=True, kw_only=True):
    """One recording and what our counter made of it."""

    name: str
    data_set: str
    exercise: str
    view: str
    """As the data set tells it."""
    seen_from: str
    """As the kiosk sees it; empty when nobody is seen."""
    rendered: bool
    true_reps: int
    true_partial_reps: int
    counted: int | None
    partial: int | None
    doubtful: int | None
    recognised_as: str | None
    recognised_count: int | None


class Disturbed(Record, frozen=True, kw_only=True):
    """What is told about the reps of the rendered athlete under one perturbation."""

    condition: str
    exact: float | None
    """Share of recordings counted right."""
    quality: Quality
    recognised: float | None
    """Share of recordings taken for the right exercise."""


class Evaluation(Record, frozen=True, kw_only=True):
    """All that was found."""

    clips: tuple[ClipLine, ...]
    left_out: dict[str, int]
    """Exercises without a counter, and how many recordings of each there are."""
    scores: tuple[Scored, ...]
    false_reps: tuple[FalseReps, ...]
    quality: Quality | None
    hold_error_s: float | None
    false_hold: float | None
    """Share of the time that is timed as held while something else is done."""
    recognised: dict[str, float]
    """Share of recordings taken for the right exercise, by data set."""
    disturbed: tuple[Disturbed, ...] = ()
    """The recordings as they are come first; empty without perturbations."""

    def find(self, counter: str, by: str, group: str, condition: str = "") -> Score | None:
        """Return one score, or None."""
        wanted = (counter, condition, by, group)
        found = (one.score for one in self.scores if (one.counter, one.condition, one.by, one.group) == wanted)
        return next(found, None)


def evaluate(clips: Sequence[Clip], exercises: Mapping[str, Exercise], done: Sequence[Done]) -> Evaluation:
    """Return what came of all tasks."""
    ours = [one for one in done if one.task.counter == OURS and _as_it_is(one)]
    left_out = [clip.truth.told_as for clip in clips if clip.truth.exercise not in ("", *exercises)]
    free = [one for one in done if one.task.counter == OURS_RECOGNISED and _as_it_is(one)]
    return Evaluation(
        clips=tuple(_lines(ours, free)),
        left_out=dict(sorted(Counter(left_out).items())),
        scores=tuple(_scores(done)),
        false_reps=tuple(_false_reps([one for one in done if not _wrongly_held(one, exercises)])),
        quality=quality(_judged(ours)) if any(one.clip.truth.rendered for one in ours) else None,
        hold_error_s=hold_error_s(_judged(ours)),
        false_hold=false_hold(_judged(one for one in done if _wrongly_held(one, exercises))),
        recognised=dict(_recognised(free)),
        disturbed=tuple(_disturbed([one for one in done if one.clip.truth.rendered])),
    )


def _disturbed(rendered: Sequence[Done]) -> Iterator[Disturbed]:
    conditions = dict.fromkeys(("", *(one.task.condition for one in rendered)))
    for condition in conditions if len(conditions) > 1 else ():
        mine = [one for one in rendered if one.task.condition == condition]
        told = _judged(one for one in mine if one.task.counter == OURS and one.task.shown == one.clip.truth.exercise)
        free = _judged(one for one in mine if one.task.counter == OURS_RECOGNISED)
        yield Disturbed(
            condition=condition,
            exact=found.exact.value if (found := score(told)) else None,
            quality=quality(told),
            recognised=recognised(free),
        )


def _as_it_is(one: Done) -> bool:
    return not one.task.condition and one.task.shown in (one.clip.truth.exercise, None)


def _wrongly_held(one: Done, exercises: Mapping[str, Exercise]) -> bool:
    shown = exercises.get(one.task.shown or "")
    return shown is not None and shown.hold is not None and shown.key != one.clip.truth.exercise


def _judged(done: Iterable[Done]) -> list[Judged]:
    return [(one.clip, one.counted) for one in done]


def _view(clip: Clip) -> str:
    return "" if clip.truth.rendered or clip.truth.view == "unknown" else clip.truth.view


_GROUPS: dict[str, Callable[[Clip], str]] = {
    "all": lambda clip: "" if clip.truth.rendered else PEOPLE,
    "data set": lambda clip: clip.data_set,
    "exercise": lambda clip: "" if clip.truth.rendered else clip.truth.exercise,
    "view": _view,
    "exercise and view": lambda clip: f"{clip.truth.exercise}, {_view(clip)}" if _view(clip) else "",
}
_PERTURBED_BY = ("all", "data set")


def _scores(done: Sequence[Done]) -> Iterator[Scored]:
    groups: dict[tuple[str, str, str, str], list[Judged]] = {}
    for one in done:
        if one.task.shown not in (one.clip.truth.exercise, None):
            continue
        for by, group_of in _GROUPS.items():
            group = group_of(one.clip)
            if group and (not one.task.condition or by in _PERTURBED_BY):
                key = (one.task.counter, one.task.condition, by, group)
                groups.setdefault(key, []).append((one.clip, one.counted))
    for (counter, condition, by, group), judged in sorted(groups.items()):
        if found := score(judged):
            yield Scored(counter=counter, condition=condition, by=by, group=group, score=found)


def _false_reps(done: Sequence[Done]) -> Iterator[FalseReps]:
    for counter in dict.fromkeys(one.task.counter for one in done):
        mine = [one for one in done if one.task.counter == counter and not one.task.condition]
        wrong = [
            one for one in mine if one.clip.truth.exercise and one.task.shown not in (one.clip.truth.exercise, None)
        ]
        nothing = _judged(one for one in mine if not one.clip.truth.exercise)
        yield FalseReps(
            counter=counter,
            wrong_exercise_shown=false_reps_per_minute(_judged(wrong)),
            nothing_trained=false_reps_per_minute(nothing),
            reps=sum(counted.full_reps for _, counted in nothing),
        )


def _recognised(free: Sequence[Done]) -> Iterator[tuple[str, float]]:
    for data_set in sorted({one.clip.data_set for one in free}):
        share = recognised(_judged(one for one in free if one.clip.data_set == data_set))
        if share is not None:
            yield data_set, share


def _lines(ours: Sequence[Done], free: Sequence[Done]) -> Iterator[ClipLine]:
    told = {one.clip.name: one.counted for one in ours}
    found = {one.clip.name: one.counted for one in free}
    clips = {one.clip.name: one.clip for one in (*ours, *free)}
    for name, clip in clips.items():
        known, open_ = told.get(name), found.get(name)
        yield ClipLine(
            name=name,
            data_set=clip.data_set,
            exercise=clip.truth.exercise,
            view=clip.truth.view,
            seen_from=seen_from(clip.landmarks),
            rendered=clip.truth.rendered,
            true_reps=clip.truth.full_reps,
            true_partial_reps=clip.truth.partial_reps,
            counted=known.full_reps if known else None,
            partial=known.partial_reps if known else None,
            doubtful=known.doubtful_reps if known else None,
            recognised_as=open_.exercise if open_ else None,
            recognised_count=open_.full_reps if open_ else None,
        )
