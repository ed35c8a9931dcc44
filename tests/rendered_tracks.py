"""The landmark tracks of the rendered clips, with the counts that are true of them (from the clips' JSON)."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from edge_agent.records import Pose, PoseFrame

TRUTH = {
    "squat_side_clean": ("squat", 6, 0),
    "squat_front_shallow": ("squat", 4, 3),
    "squat_45_lean_bystander": ("squat", 6, 0),
    "squat_session_enter_exit": ("squat", 5, 0),
    "pushup_side_clean": ("push_up", 8, 0),
    "pushup_side_sag_partial": ("push_up", 6, 2),
    "curl_front_clean": ("biceps_curl", 8, 0),
    "curl_side_dim": ("biceps_curl", 6, 0),
    "jack_front": ("jumping_jack", 12, 0),
}
"""Exercise, full and partial repetitions of each clip."""


@cache
def track(name: str) -> tuple[PoseFrame, ...]:
    """Return what vision reported of a clip."""
    return tuple(_frames(name))


def _frames(name: str) -> Iterator[PoseFrame]:
    with np.load(Path(__file__).parent / "tracks" / f"{name}.npz") as stored:
        image, world = stored["image"].astype(float), stored["world"].astype(float)
        fps, width, height = float(stored["fps"]), int(stored["width"]), int(stored["height"])
    for number, (points, metres) in enumerate(zip(image, world, strict=True)):
        pose = None
        if not np.isnan(points[0, 0]):
            pose = Pose(image=tuple(map(tuple, points.tolist())), world=tuple(map(tuple, metres.tolist())))
        yield PoseFrame(sequence=number, time_s=number / fps, width=width, height=height, pose=pose)
