"""Examples to learn from: windows of movement from recordings, each with what was done in it.

A window belongs to the exercise when most of it lies within the reps, and to no exercise when none of it does; what
lies between is left out. Each recording is used as it is and altered: turned, stretched, slower or faster, trembling,
with fewer frames, with a limb hidden.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import exp, radians
from statistics import median

import msgspec
import numpy as np

from bench.recognition.exercising import EXERCISES
from bench.recognition.figure import film
from bench.recognition.idling import NO_EXERCISE
from edge_agent.coaching.landmarks import ANKLES, ELBOWS, HIPS, KNEES, SHOULDERS, WRISTS, Body
from edge_agent.coaching.recognition.movement import MovementWindow
from edge_agent.coaching.subject import SubjectLock
from edge_agent.evaluation.clips import Clip, frames_of
from edge_agent.records import PoseFrame, Record

_EVERY_S = 0.35
_WITHIN, _OUTSIDE = 0.6, 0.1
_PAUSE_S = 1.5
"""Reps no further apart than this are one span."""
_ALTERED = 3
_DRAWN, _DRAWN_RARE = 16, 40
_DRAWN_S = 12.0
_RARE = ("triceps_pushdown", "jogging")
"""Movements of which next to no recordings exist."""
_NO_LENGTH_S = 2.5
"""A single rep's, when only its middle is known."""
_LIMBS = (
    (ELBOWS[0], WRISTS[0]),
    (ELBOWS[1], WRISTS[1]),
    (KNEES[0], ANKLES[0]),
    (KNEES[1], ANKLES[1]),
    (*KNEES, *ANKLES),
)

_RESTING = {
    "bench_press": SHOULDERS,
    "push_up": WRISTS,
    "pull_up": WRISTS,
    "pommel_horse": WRISTS,
    "sit_up": HIPS,
    "jumping_jack": HIPS,
}
"""What stays in its place; with others the feet."""

Span = tuple[float, float]


class Example(Record, frozen=True, kw_only=True):
    """One window."""

    figures: tuple[float, ...]
    key: str
    """The exercise; empty for none."""
    kind: str
    """The exercise, or what is done instead: walking, a pause."""
    person: str
    """Recordings of one person are learned from, or judged with, together."""
    film: str
    pause: bool = False
    """Whether it is from before, between or after the sets of a recording that shows an exercise."""
    altered: bool = False


def recorded(clips: Iterable[Clip], rng: random.Random) -> Iterator[Example]:
    """Give the examples of recordings, as they are and altered."""
    for clip in clips:
        frames, spans = list(frames_of(clip.landmarks)), _spans(clip)
        for number in range(1 + _ALTERED):
            speed = exp(rng.uniform(-0.35, 0.35)) if number else 1.0
            seen = _altered(frames, speed, _pinned(clip, rng), rng) if number else frames
            told = [(start_s * speed, end_s * speed) for start_s, end_s in spans]
            for figures, share in _windows(seen, told):
                key = clip.truth.exercise if share > _WITHIN else ""
                pause = not key and bool(clip.truth.exercise)
                if share > _WITHIN or share < _OUTSIDE:
                    yield Example(
                        figures=tuple(figures),
                        key=key,
                        kind=key or ("a pause" if pause else clip.truth.told_as),
                        person=clip.truth.source,
                        film=f"{clip.data_set}/{clip.name}",
                        pause=pause,
                        altered=number > 0,
                    )


def _pinned(clip: Clip, rng: random.Random) -> tuple[int, int] | None:
    """Return what an altered recording is placed by in the picture; None leaves the person where they are.

    Half of the filmed people lose their place, as in published tracks; half of those get one, by what must rest.
    """
    if rng.random() < 0.5:
        return None
    hips = clip.landmarks.image[clip.landmarks.seen][:, HIPS].mean(1)
    had_none = len(hips) > 1 and float(np.ptp(hips, 0).max()) < 1e-4
    return _RESTING.get(clip.truth.exercise, ANKLES) if had_none else HIPS


def drawn(rng: random.Random) -> Iterator[Example]:
    """Give the examples of the drawn figure."""
    for draw in (*NO_EXERCISE, *EXERCISES.values()):
        name = draw.__name__
        for number in range(_DRAWN_RARE if name in _RARE or draw in NO_EXERCISE else _DRAWN):
            film_name = f"drawn {name} {number}"
            for figures, _ in _windows(film(draw(rng), rng, _DRAWN_S), []):
                key = name if name in EXERCISES else ""
                yield Example(figures=tuple(figures), key=key, kind=name, person="", film=film_name)


def _spans(clip: Clip) -> list[Span]:
    """Return from when to when reps were done; pauses between them belong to the set."""
    reps, truth = clip.truth.reps, clip.truth
    if truth.exercise and not reps:
        return [(float("-inf"), float("inf"))]
    steps = [after.middle_s - before.middle_s for before, after in pairwise(reps)]
    usual_s = min(2 * _NO_LENGTH_S, median(steps)) if steps else _NO_LENGTH_S
    spans: list[Span] = []
    for rep in reps if truth.exercise else ():
        half_s = (rep.length_s or usual_s) / 2
        start_s, end_s = rep.middle_s - half_s, rep.middle_s + half_s
        if spans and start_s - spans[-1][1] < _PAUSE_S:
            start_s = spans.pop()[0]
        spans.append((start_s, end_s))
    return spans


def _windows(frames: Iterable[PoseFrame], spans: Sequence[Span]) -> Iterator[tuple[list[float], float]]:
    """Give the figures of each window and the share of it that lies within the spans."""
    subject, window, generation, last_s = SubjectLock(), MovementWindow(), 0, float("-inf")
    for frame in frames:
        if not frame.pose or not subject.accept(body := Body(frame)):
            continue
        if generation != subject.generation:
            generation = subject.generation
            window.clear()
        sampled = window.update(body, subject.scale)
        if not sampled or body.time_s - last_s < _EVERY_S or (figures := window.figures()) is None:
            continue
        last_s = body.time_s
        within_s = sum(max(0.0, min(last_s, end_s) - max(window.since_s, start_s)) for start_s, end_s in spans)
        yield figures, within_s / (last_s - window.since_s)


def _altered(
    frames: Sequence[PoseFrame], speed: float, pinned: tuple[int, int] | None, rng: random.Random
) -> Iterator[PoseFrame]:
    """Give the frames as another camera, estimator and person might have made them."""
    turn, stretch = radians(rng.gauss(0, 5)), exp(rng.gauss(0, 0.06))
    tremble, step = rng.choice((0.0, 0.01, 0.03)), rng.choice((1, 2, 3, 3))
    hidden = rng.choice((*_LIMBS, (), ()))
    noise = np.random.default_rng(rng.randrange(1 << 30))
    away = noise.normal(0, 0.12, (33, 2)) * np.isin(np.arange(33), hidden)[:, None]
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    for frame in frames[::step]:
        time_s = frame.time_s * speed
        if frame.pose is None:
            yield msgspec.structs.replace(frame, time_s=time_s)
            continue
        image, size = np.array(frame.pose.image), np.array((frame.width, frame.height))
        points = image[:, :2] * size * (stretch, 1) @ turned
        torso = float(np.linalg.norm(points[[11, 12]].mean(0) - points[[23, 24]].mean(0)))
        points += (noise.normal(0, 1, points.shape) * tremble + away) * torso
        if pinned:
            points += size / 2 - points[list(pinned)].mean(0)
        image[:, :2] = points / size
        image[list(hidden), 3] = np.minimum(image[list(hidden), 3], 0.15)
        pose = msgspec.structs.replace(frame.pose, image=tuple(map(tuple, image.tolist())))
        yield msgspec.structs.replace(frame, time_s=time_s, pose=pose)
