"""What counting costs: milliseconds a frame for each exercise, and the share of a frame's time at 30 a second."""

import time
from statistics import median

from edge_agent.coaching.counting import RepCounter
from edge_agent.coaching.exercise import load_exercises
from edge_agent.records import PoseFrame
from tests import skeletons

_FRAME_MS = 1000 / 30


def cost_ms(key: str, frames: list[PoseFrame]) -> float:
    """Return the median milliseconds that one frame takes."""
    counter, took = RepCounter(load_exercises()[key]), []
    for frame in frames:
        start_s = time.perf_counter()
        counter.update(frame)
        took.append(1000 * (time.perf_counter() - start_s))
    return median(took)


def report() -> str:
    """Return a table of all exercises, measured on a stick figure that squats for half a minute."""
    frames = skeletons.performed("squat", skeletons.reps(12))
    rows = [(key, cost_ms(key, frames)) for key in load_exercises()]
    return "\n".join(
        f"{key:20} {cost:6.3f} ms a frame  {100 * cost / _FRAME_MS:5.2f} % of 1/30 s" for key, cost in rows
    )


def main() -> None:
    """Print the table."""
    print(report())


if __name__ == "__main__":
    main()
