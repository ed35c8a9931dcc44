"""What a frame of pose estimation costs: ours, MediaPipe's PoseLandmarker, and the landmark model alone as the limit.

`python -m bench.pose [--task-lite FILE] [--task-full FILE]`: processor time of the whole process, one thread,
interleaved frame by frame on the same pictures, so that whatever else the machine does hits all alike. Ratios travel
between machines; milliseconds do not.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from bench.clips import DEMO_CLIP, frames
from edge_agent.config import PoseConfig
from edge_agent.errors import ConfigError
from edge_agent.image import Frame, Image
from edge_agent.pose import landmarks
from edge_agent.pose.model_files import MODELS_FOLDER
from edge_agent.pose.onnx_model import OnnxModel
from edge_agent.pose.opening import open_estimator
from tests.shared_data import SHARED

Model = Literal["lite", "full"]
Candidate = Callable[[Image, float], object]

_MODELS: tuple[Model, ...] = ("lite", "full")
_PERSON_IS_IN = 60
_WARM_UP = 20


def candidates(model: Model, task: str, until: ExitStack) -> dict[str, Candidate]:
    """Return what is compared, by name, open `until` then.

    MediaPipe is left out, with a line that says why, when it can't be had.
    """
    alone = OnnxModel(model, 1, MODELS_FOLDER)
    ours = until.enter_context(closing(open_estimator(PoseConfig(model=model))))
    compared: dict[str, Candidate] = {
        "landmark model alone": lambda image, _: alone.run(_centre(image), 1 / 255, 0.0),
        "onnxruntime": ours.estimate,
    }
    try:
        peer = open_estimator(PoseConfig(estimator="mediapipe", task_file=task))
        compared["mediapipe"] = until.enter_context(closing(peer)).estimate
    except ConfigError as error:
        print(f"{model:5} mediapipe skipped: {error}")
    return compared


def measure(compared: dict[str, Candidate], clip: list[Frame]) -> dict[str, float]:
    """Return the median processor milliseconds a frame of each candidate."""
    spent: dict[str, list[float]] = {name: [] for name in compared}
    for frame in clip:
        for name, candidate in compared.items():
            before = time.process_time()
            candidate(frame.image, frame.time_s)
            spent[name].append((time.process_time() - before) * 1000)
    return {name: statistics.median(times[_WARM_UP:]) for name, times in spent.items()}


def report(model: Model, costs: dict[str, float]) -> str:
    """Return one line for each candidate, and the two ratios that matter."""
    ours = costs["onnxruntime"]
    lines = [f"{model:5} {name:22} {cost:6.2f} ms CPU a frame" for name, cost in costs.items()]
    lines += [f"{model:5} ours / {name:15} {ours / cost:6.2f}" for name, cost in costs.items() if name != "onnxruntime"]
    return "\n".join(lines)


def _centre(image: Image) -> Image:
    side = landmarks.SIDE
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    return np.ascontiguousarray(image[top : top + side, left : left + side])


def main() -> None:
    """Measure both models on one clip and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for model in _MODELS:
        task = SHARED / "models" / f"pose_landmarker_{model}_noseg.task"
        parser.add_argument(
            f"--task-{model}", default=str(task), help=f"MediaPipe's bundle of {model} (default: {task})"
        )
    parser.add_argument("--clip", type=Path, default=DEMO_CLIP)
    parser.add_argument("--frames", type=int, default=200)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    clip = list(frames(options.clip, _PERSON_IS_IN, _PERSON_IS_IN + options.frames))
    for model in _MODELS:
        with ExitStack() as until:
            print(report(model, measure(candidates(model, getattr(options, f"task_{model}"), until), clip)))


if __name__ == "__main__":
    main()
