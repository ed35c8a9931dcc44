from pathlib import Path

import numpy as np
import pytest

from bench.clips import DEMO_CLIP, frames
from edge_agent.config import PoseConfig
from edge_agent.pose.opening import open_estimator
from tests.tracks.make import FOLDER, make_track

TRACKS = sorted(FOLDER.glob("*.npz"))


@pytest.mark.parametrize("track", TRACKS, ids=lambda track: track.stem)
def test_a_track_has_a_row_for_each_frame(track: Path) -> None:
    arrays = np.load(track)
    count = len(arrays["image"])
    assert arrays["image"].shape == (count, 33, 4)
    assert arrays["world"].shape == (count, 33, 3)
    assert (float(arrays["fps"]), int(arrays["width"]), int(arrays["height"])) == (30.0, 640, 480)


def test_the_tracks_are_what_the_estimator_sees_today() -> None:
    stored = np.load(FOLDER / f"{DEMO_CLIP.stem}.npz")["image"][:100]
    estimator = open_estimator(PoseConfig())
    poses = [estimator.estimate(frame.image, frame.time_s) for frame in frames(DEMO_CLIP, stop=100)]
    seen = np.array([pose.image if pose else np.full((33, 4), np.nan) for pose in poses])
    both = ~np.isnan(stored[:, 0, 0]) & ~np.isnan(seen[:, 0, 0])
    assert abs(np.isnan(seen[:, 0, 0]).sum() - np.isnan(stored[:, 0, 0]).sum()) <= 2
    assert np.abs(stored[both] - seen[both])[..., :2].mean() < 0.01


@pytest.mark.slow
def test_make_writes_such_a_file(tmp_path: Path) -> None:
    target = tmp_path / "track.npz"
    assert make_track(DEMO_CLIP, target) == 688
    assert np.load(target)["world"].dtype == np.float16
