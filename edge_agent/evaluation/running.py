"""Runs the counters over the recordings: what is to be counted is planned, then done by a few processes."""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.recognition.classifier import Model
from edge_agent.evaluation.baselines.nearest_poses import Examples, Library
from edge_agent.evaluation.clips import Clip
from edge_agent.evaluation.folds import SHIPPED, Folds
from edge_agent.evaluation.outcomes import (
    BASELINES,
    NEAREST,
    OURS,
    OURS_RECOGNISED,
    Counted,
    count_as_others,
    count_as_we_do,
)
from edge_agent.evaluation.perturbing import perturbed
from edge_agent.records import Record

_WRONG_SHOWN = 2
"""How many wrong exercises each recording is counted as."""


class Task(Record, frozen=True, kw_only=True):
    """Count one recording once."""

    counter: str
    shown: str | None
    """The exercise the counter is told; None when it is to find out."""
    condition: str = ""
    """Name of the perturbation; empty for the recording as it is."""


class Plan(Record, frozen=True, kw_only=True):
    """What an evaluation does."""

    known: bool = True
    recognised: bool = True
    baselines: bool = True
    perturbations: tuple[str, ...] = ()
    wrong_shown: bool = True
    folds: Folds = SHIPPED
    """Which model of recognition judges whom."""


class Done(Record, frozen=True, kw_only=True):
    """A task and what came of it."""

    clip: Clip
    task: Task
    counted: Counted


class _Job(Record, frozen=True, kw_only=True):
    """All tasks of one recording."""

    clip: Clip
    tasks: tuple[Task, ...]
    examples: dict[str, Examples]
    model: Model | None


def run(
    clips: Sequence[Clip],
    exercises: Mapping[str, Exercise],
    plan: Plan,
    processes: int = 1,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[Done]:
    """Return all outcomes, in order. `tell` hears how many recordings of how many are done."""
    outcomes: list[Done] = []
    work = partial(_count, exercises)
    with ProcessPoolExecutor(processes) as pool:
        found = (
            pool.map(work, _jobs(clips, exercises, plan)) if processes > 1 else map(work, _jobs(clips, exercises, plan))
        )
        for number, (clip, counts) in enumerate(zip(clips, found, strict=True), 1):
            outcomes += [Done(clip=clip, task=task, counted=counted) for task, counted in counts]
            tell(number, len(clips))
    return outcomes


def _count(exercises: Mapping[str, Exercise], job: _Job) -> list[tuple[Task, Counted]]:
    done = []
    for task in job.tasks:
        landmarks = perturbed(job.clip, task.condition)
        if task.counter in BASELINES:
            shown = task.shown or ""
            counted = count_as_others(task.counter, landmarks, shown, job.examples.get(shown))
        else:
            counted = count_as_we_do(landmarks, exercises, task.shown, job.model)
        done.append((task, counted))
    return done


def _jobs(clips: Sequence[Clip], exercises: Mapping[str, Exercise], plan: Plan) -> Iterator[_Job]:
    library = Library(clips if plan.baselines else ())
    for clip in clips:
        tasks = tuple(tasks_of(clip, exercises, plan))
        wanted = {task.shown for task in tasks if task.counter == NEAREST and task.shown}
        examples = {key: library.examples(key, without=clip.truth.source) for key in sorted(wanted)}
        yield _Job(clip=clip, tasks=tasks, examples=examples, model=plan.folds.model_for(clip.truth.source))


def tasks_of(clip: Clip, exercises: Mapping[str, Exercise], plan: Plan) -> Iterator[Task]:
    """Give what is to be counted of one recording; nothing when we have no counter for what it shows."""
    exercise = clip.truth.exercise
    if exercise and exercise not in exercises:
        return
    for condition in ("", *plan.perturbations):
        if plan.known and exercise:
            yield Task(counter=OURS, shown=exercise, condition=condition)
        if plan.recognised:
            yield Task(counter=OURS_RECOGNISED, shown=None, condition=condition)
        if plan.baselines and plan.known and exercise and clip.truth.hold_s is None:
            for baseline in BASELINES:
                yield Task(counter=baseline, shown=exercise, condition=condition)
    if plan.known and plan.wrong_shown:
        held = sorted(key for key, one in exercises.items() if one.hold)
        for shown in wrong_exercises(clip, sorted(exercises.keys() - set(held))):
            for counter in (OURS, *(BASELINES if plan.baselines else ())):
                yield Task(counter=counter, shown=shown)
        for shown in held:
            if shown != exercise:
                yield Task(counter=OURS, shown=shown)


def wrong_exercises(clip: Clip, keys: Sequence[str]) -> list[str]:
    """Return exercises that the recording does not show: all for one that shows none, else two, the same every time."""
    others = [key for key in keys if key != clip.truth.exercise]
    if not clip.truth.exercise or len(others) <= _WRONG_SHOWN:
        return others
    first = zlib.crc32(clip.name.encode()) % len(others)
    return [others[(first + step * (len(others) // _WRONG_SHOWN)) % len(others)] for step in range(_WRONG_SHOWN)]
