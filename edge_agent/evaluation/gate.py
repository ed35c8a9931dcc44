"""The figures below which the counts on a fixed set of recordings may not fall."""

from collections.abc import Mapping, Sequence

from edge_agent.coaching.exercise import Exercise
from edge_agent.evaluation.clips import Clip
from edge_agent.evaluation.outcomes import OURS
from edge_agent.evaluation.report import Evaluation, evaluate
from edge_agent.evaluation.running import Plan, run
from edge_agent.evaluation.scoring import Score
from edge_agent.records import Record

_SLACK = 1e-4
"""Figures are rounded to this."""


class Passed(Record, frozen=True, kw_only=True):
    """What one data set reaches with the exercise known."""

    clips: int
    obo: float
    exact: float
    mae: float


class Gate(Record, frozen=True, kw_only=True):
    """What all data sets reach, and the count of each recording so that a fall can be told by recording."""

    data_sets: dict[str, Passed]
    false_reps: int
    """Counted where nothing was trained, whatever exercise was shown."""
    counted: dict[str, int]


def measure(clips: Sequence[Clip], exercises: Mapping[str, Exercise]) -> Gate:
    """Count the recordings, each with its exercise known; those without one, with every exercise."""
    plan = Plan(recognised=False, baselines=False)
    done = [one for one in run(clips, exercises, plan) if one.task.shown == one.clip.truth.exercise or _idle(one.clip)]
    found = evaluate(clips, exercises, done)
    names = sorted({clip.data_set for clip in clips})
    scores = {name: found.find(OURS, "data set", name) for name in names}
    return Gate(
        data_sets={name: _passed(score) for name, score in scores.items() if score},
        false_reps=_false_reps(found),
        counted={line.name: line.counted for line in found.clips if line.counted is not None},
    )


def falls(reached: Gate, before: Gate, clips: Sequence[Clip]) -> list[str]:
    """Return what is worse than before, one line each, and then every recording that is counted differently."""
    told = [line for name, old in before.data_sets.items() for line in _worse(name, reached.data_sets.get(name), old)]
    if reached.false_reps > before.false_reps:
        told.append(f"false reps where nothing was trained: {reached.false_reps}, was {before.false_reps}")
    return [*told, *_differences(reached, before, clips)] if told else []


def _idle(clip: Clip) -> bool:
    return not clip.truth.exercise


def _passed(score: Score) -> Passed:
    return Passed(clips=score.clips, obo=score.obo.value, exact=score.exact.value, mae=score.mae.value)


def _false_reps(found: Evaluation) -> int:
    return sum(one.reps for one in found.false_reps)


def _worse(name: str, now: Passed | None, old: Passed) -> list[str]:
    if now is None or now.clips < old.clips:
        return [f"{name}: {now.clips if now else 0} recordings were judged, were {old.clips}"]
    worse = []
    if now.obo < old.obo - _SLACK:
        worse.append(f"{name}: OBO {now.obo}, was {old.obo}")
    if now.exact < old.exact - _SLACK:
        worse.append(f"{name}: exact {now.exact}, was {old.exact}")
    if now.mae > old.mae + _SLACK:
        worse.append(f"{name}: MAE {now.mae}, was {old.mae}")
    return worse


def _differences(reached: Gate, before: Gate, clips: Sequence[Clip]) -> list[str]:
    true = {clip.name: clip.truth.full_reps for clip in clips}
    return [
        f"  {name}: counted {reached.counted.get(name)}, was {was}, true {true.get(name)}"
        for name, was in before.counted.items()
        if reached.counted.get(name) != was
    ]
