"""How far the joint angles of two pose estimators are apart: `python -m bench.agreement --task FILE CLIP...`.

Which estimator is nearer the truth it cannot tell. The region of each frame depends on the frame before, so on a hard
picture any two runs drift apart; the last column shows it: MediaPipe against itself on the same clip with +-2 grey
levels of noise.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bench.clips import frames
from edge_agent.config import PoseConfig
from edge_agent.image import Frame
from edge_agent.pose import PoseEstimator
from edge_agent.pose.opening import open_estimator
from edge_agent.records import Pose

Angles = NDArray[np.floating[Any]]

JOINTS = {
    "left elbow": (11, 13, 15),
    "right elbow": (12, 14, 16),
    "left shoulder": (13, 11, 23),
    "right shoulder": (14, 12, 24),
    "left hip": (11, 23, 25),
    "right hip": (12, 24, 26),
    "left knee": (23, 25, 27),
    "right knee": (24, 26, 28),
}
_VISIBLE = 0.5


def angles(estimator: PoseEstimator, clip: Iterable[Frame]) -> Angles:
    """Return the angles of `JOINTS` in the picture, degrees, shape (frames, 8); NaN where a landmark is not visible."""
    rows = []
    for frame in clip:
        height, width = frame.image.shape[:2]
        pose = estimator.estimate(frame.image, frame.time_s)
        rows.append(_joint_angles(pose, width, height) if pose else np.full(len(JOINTS), np.nan))
    estimator.close()
    return np.array(rows)


def mean_difference(one: Angles, other: Angles) -> float:
    """Return the mean difference over all frames and joints that both see, degrees."""
    return float(np.nanmean(np.abs(one - other)))


def noisy(clip: Iterable[Frame], levels: int = 2) -> Iterable[Frame]:
    """Give the clip with up to `levels` grey levels of noise, the same each time."""
    random = np.random.default_rng(0)
    for frame in clip:
        noise = random.integers(-levels, levels + 1, frame.image.shape, np.int16)
        yield frame._replace(image=np.clip(frame.image + noise, 0, 255).astype(np.uint8))


def _joint_angles(pose: Pose, width: int, height: int) -> Angles:
    points = np.array(pose.image)
    first, joint, second = (points[list(index)] for index in zip(*JOINTS.values(), strict=True))
    u, v = (first - joint)[:, :2] * (width, height), (second - joint)[:, :2] * (width, height)
    degrees = np.abs(np.degrees(np.arctan2(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0], (u * v).sum(axis=1))))
    visible = np.minimum(np.minimum(first[:, 3], joint[:, 3]), second[:, 3]) > _VISIBLE
    return np.where(visible, degrees, np.nan)


def compare(clip: Path, model: Literal["lite", "full"], task: str, stop: int | None) -> str:
    """Return one line of the table: the clip, ours against MediaPipe, and MediaPipe against itself."""
    mediapipe = PoseConfig(estimator="mediapipe", task_file=task)
    ours = angles(open_estimator(PoseConfig(model=model)), frames(clip, stop=stop))
    theirs = angles(open_estimator(mediapipe), frames(clip, stop=stop))
    trembling = angles(open_estimator(mediapipe), noisy(frames(clip, stop=stop)))
    apart, itself = mean_difference(ours, theirs), mean_difference(theirs, trembling)
    return f"{clip.stem:32} {len(ours):6} {apart:8.2f} {itself:8.2f}"


def main() -> None:
    """Compare on each clip and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--task", required=True, help="the pose landmarker .task bundle of the same weights")
    parser.add_argument("--model", choices=["lite", "full"], default="lite")
    parser.add_argument("--frames", type=int, default=300)
    options = parser.parse_args()
    print(f"{'mean joint angle apart, degrees':32} frames     ours   itself")
    for clip in options.clips:
        print(compare(clip, options.model, options.task, options.frames), flush=True)


if __name__ == "__main__":
    main()
