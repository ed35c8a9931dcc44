"""Make the landmark tracks beside this file from the rendered clips: `python -m tests.tracks.make [CLIP...]`.

A track holds what our own estimator (lite) saw, as figures: `image` (frames, 33, 4), `world` (frames, 33, 3), both
float16 and NaN where nobody was seen, and `fps`, `width`, `height`. Frame i was taken at i / fps seconds.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import ArrayLike

from edge_agent.config import PoseConfig
from edge_agent.pose.opening import open_estimator
from edge_agent.records import LANDMARK_COUNT
from tests.shared_data import SHARED

FOLDER = Path(__file__).parent


def make_track(clip: Path, target: Path) -> int:
    """Write the track of one clip; return its number of frames."""
    video = cv2.VideoCapture(str(clip))
    fps = video.get(cv2.CAP_PROP_FPS)
    estimator = open_estimator(PoseConfig(model="lite"))
    nobody = np.full((LANDMARK_COUNT, 4), np.nan)
    image: list[ArrayLike] = []
    world: list[ArrayLike] = []
    while True:
        there, picture = video.read()
        if not there:
            break
        pose = estimator.estimate(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), len(image) / fps)
        image.append(pose.image if pose else nobody)
        world.append(pose.world if pose else nobody[:, :3])
    np.savez_compressed(
        target,
        image=np.array(image, np.float16),
        world=np.array(world, np.float16),
        fps=fps,
        width=int(video.get(cv2.CAP_PROP_FRAME_WIDTH)),
        height=int(video.get(cv2.CAP_PROP_FRAME_HEIGHT)),
    )
    return len(image)


def main(clips: list[str]) -> None:
    for clip in [Path(name) for name in clips] or sorted((SHARED / "rendered").glob("*.mp4")):
        target = FOLDER / f"{clip.stem}.npz"
        print(f"{target.name}: {make_track(clip, target)} frames")


if __name__ == "__main__":
    main(sys.argv[1:])
