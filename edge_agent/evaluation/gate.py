"""The figures below which the counts on a fixed set of recordings may not fall."""

from collections.abc import Mapping, Sequence

from edge_agent.coaching.exercise import Exercise
from edge_agent.evaluation.clips import Clip
from edge_agent.evaluation.outcomes import OURS, OURS_RECOGNISED
from edge_agent.evaluation.report import Evaluation, evaluate
from edge_agent.evaluation.running import Plan, run
from edge_agent.evaluation.scoring import Score
from edge_agent.records import Record

_SLACK = 1e-4
"""Figures are rounded to this."""
_MODES = {OURS: "known", OURS_RECOGNISED: "recognised"}


class Passed(Record, frozen=True, kw_only=True):
    """What is reached on one data set."""

    clips: int
    obo: float
    exact: float
    mae: float


class Gate(Record, frozen=True, kw_only=True):
    """What is reached, and the count of each recording so that a fall can be told by recording."""

    passed: dict[str, Passed]
    """By data set and whether the exercise was known or recognised, such as `real known`."""
    false_reps: dict[str, float]
    """Reps a minute counted where nothing was trained: `known` of any exercise that is shown, `recognised` of all."""
    counted: dict[str, int]
    """Full reps of each recording, the exercise known."""


def measure(clips: Sequence[Clip], exercises: Mapping[str, Exercise], *, recognised: bool = True) -> Gate:
    """Count the recordings with the exercise known, and recognised; those without one with every exercise, too."""
    done = []
    for trained in (True, False):
        some = [clip for clip in clips if bool(clip.truth.exercise) == trained]
        done += run(some, exercises, Plan(recognised=recognised, baselines=False, wrong_shown=not trained))
    found = evaluate(clips, exercises, done)
    data_sets = sorted({clip.data_set for clip in clips})
    scores = {f"{name} {mode}": found.find(one, "data set", name) for name in data_sets for one, mode in _MODES.items()}
    return Gate(
        passed={name: _passed(score) for name, score in scores.items() if score},
        false_reps=_false_reps(found),
        counted={line.name: line.counted for line in found.clips if line.counted is not None},
    )


def falls(reached: Gate, before: Gate, clips: Sequence[Clip]) -> list[str]:
    """Return what is worse than before, one line each, and then every recording that is counted differently."""
    told = [line for name, old in before.passed.items() for line in _worse(name, reached.passed.get(name), old)]
    for mode, was in before.false_reps.items():
        now = reached.false_reps.get(mode)
        if now is None or now > was + _SLACK:
            told.append(f"false reps a minute where nothing was trained, {mode}: {now}, was {was}")
    return [*told, *_differences(reached, before, clips)] if told else []


def _passed(score: Score) -> Passed:
    return Passed(clips=score.clips, obo=score.obo.value, exact=score.exact.value, mae=score.mae.value)


def _false_reps(found: Evaluation) -> dict[str, float]:
    rates = {_MODES[one.counter]: one.nothing_trained for one in found.false_reps}
    return {mode: rate for mode, rate in rates.items() if rate is not None}


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
