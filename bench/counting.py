"""What counting costs: processor milliseconds a frame for each exercise, and when the exercise is recognised.

Thread time, so that what else runs on the machine is not counted. The mean is what a core has to bear; the 99th of 100
frames is what a single one may take, such as when a counter that begins late catches up with the frames before it.
"""

import time
from collections.abc import Callable
from statistics import fmean, quantiles
from typing import NamedTuple

from edge_agent.coaching.counting import RepCounter
from edge_agent.coaching.exercise import load_exercises
from edge_agent.coaching.recognition.counter import RecognisingCounter
from edge_agent.records import PoseFrame
from tests import skeletons

_FRAME_MS = 1000 / 30


class Cost(NamedTuple):
    """Milliseconds a frame."""

    mean_ms: float
    p99_ms: float


def cost(update: Callable[[PoseFrame], object], frames: list[PoseFrame]) -> Cost:
    """Return what a frame takes."""
    took_ms = []
    for frame in frames:
        start_ns = time.thread_time_ns()
        update(frame)
        took_ms.append((time.thread_time_ns() - start_ns) / 1e6)
    return Cost(fmean(took_ms), quantiles(took_ms, n=100)[-1])


def report() -> str:
    """Return a table of all exercises, measured on a stick figure that squats for half a minute."""
    frames = skeletons.performed("squat", skeletons.reps(12))
    exercises = load_exercises()
    rows = [(key, cost(RepCounter(exercise).update, frames)) for key, exercise in exercises.items()]
    rows.append(("recognised", cost(RecognisingCounter(exercises).update, frames)))
    return "\n".join(f"{key:20} {_words(one)}" for key, one in rows)


def _words(one: Cost) -> str:
    return f"{one.mean_ms:6.3f} ms a frame, p99 {one.p99_ms:6.3f} ms, {100 * one.mean_ms / _FRAME_MS:5.2f} % of 1/30 s"


def main() -> None:
    """Print the table."""
    print(report())


if __name__ == "__main__":
    main()
