"""A recording with its truth: what an estimator saw of it, as arrays, and what is known about what was done."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_agent.records import LANDMARK_COUNT, Pose, PoseFrame, Record

Figures = NDArray[np.floating[Any]]

_NOBODY = np.full((LANDMARK_COUNT, 4), np.nan)


class Landmarks(NamedTuple):
    """A recording's landmarks; NaN where nobody was seen."""

    image: Figures
    """(frames, 33, 4): x and y as shares of the picture's width and height, z in widths, visibility 0..1."""
    world: Figures
    """(frames, 33, 3), metres."""
    times_s: Figures
    width: int
    height: int

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Whether somebody was seen, by frame."""
        return ~np.isnan(self.image[:, 0, 0])

    @property
    def pixels(self) -> Figures:
        """(frames, 33, 3): the landmarks in pixels, z too."""
        return self.image[:, :, :3] * (self.width, self.height, self.width)

    @property
    def duration_s(self) -> float:
        return float(self.times_s[-1] - self.times_s[0]) if len(self.times_s) else 0.0


class TrueRep(Record, frozen=True, kw_only=True):
    """One repetition as it truly was."""

    middle_s: float
    """When it was half done: at or near full range."""
    length_s: float | None = None
    full: bool = True
    rom_deg: float | None = None
    eccentric_s: float | None = None
    concentric_s: float | None = None
    fault: str | None = None


class Truth(Record, frozen=True, kw_only=True):
    """What is known about a recording."""

    exercise: str
    """The key of our exercise; empty when nothing is trained."""
    told_as: str
    """What the data set calls it."""
    view: str = "unknown"
    source: str
    """The video or person it is from: what is fitted to data never sees the one it is judged on."""
    full_reps: int
    partial_reps: int = 0
    reps: tuple[TrueRep, ...] = ()
    """Empty when only their number is known."""
    hold_s: float | None = None
    """Seconds of a held exercise."""
    rendered: bool = False
    """Whether nobody real is seen, but range, tempo and faults of the reps are known too."""


class Clip(Record, frozen=True, kw_only=True):
    """One recording of a data set."""

    name: str
    data_set: str
    landmarks: Landmarks
    truth: Truth


def landmarks_of(frames: Sequence[PoseFrame]) -> Landmarks:
    """Return frames as arrays."""
    nothing = np.empty((0, LANDMARK_COUNT, 4))
    image = [np.array(frame.pose.image) if frame.pose else _NOBODY for frame in frames]
    world = [np.array(frame.pose.world) if frame.pose else _NOBODY[:, :3] for frame in frames]
    return Landmarks(
        image=np.array(image) if image else nothing,
        world=np.array(world) if world else nothing[:, :, :3],
        times_s=np.array([frame.time_s for frame in frames], float),
        width=frames[0].width if frames else 1,
        height=frames[0].height if frames else 1,
    )


def frames_of(landmarks: Landmarks) -> Iterator[PoseFrame]:
    """Give the frames as vision would report them."""
    seen = landmarks.seen
    for number, time_s in enumerate(landmarks.times_s.tolist()):
        pose = None
        if seen[number]:
            image, world = landmarks.image[number].tolist(), landmarks.world[number].tolist()
            pose = Pose(image=tuple(map(tuple, image)), world=tuple(map(tuple, world)))
        yield PoseFrame(sequence=number, time_s=time_s, width=landmarks.width, height=landmarks.height, pose=pose)
