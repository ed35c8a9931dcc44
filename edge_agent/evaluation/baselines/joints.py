"""Joint angles for the baselines: which joint shows an exercise, and its angle over a whole recording."""

import numpy as np

from edge_agent.evaluation.clips import Figures, Landmarks

Triple = tuple[int, int, int]

ELBOW: tuple[Triple, Triple] = ((11, 13, 15), (12, 14, 16))
SHOULDER: tuple[Triple, Triple] = ((23, 11, 13), (24, 12, 14))
HIP: tuple[Triple, Triple] = ((11, 23, 25), (12, 24, 26))
HIP_TO_ANKLE: tuple[Triple, Triple] = ((11, 23, 27), (12, 24, 28))
KNEE: tuple[Triple, Triple] = ((23, 25, 27), (24, 26, 28))

JOINTS = {
    "bench_press": ELBOW,
    "biceps_curl": ELBOW,
    "deadlift": HIP,
    "front_raise": SHOULDER,
    "jumping_jack": SHOULDER,
    "lateral_raise": SHOULDER,
    "lunge": KNEE,
    "pommel_horse": SHOULDER,
    "pull_up": ELBOW,
    "push_up": ELBOW,
    "shoulder_press": ELBOW,
    "sit_up": HIP,
    "squat": KNEE,
    "triceps_extension": ELBOW,
    "triceps_pushdown": ELBOW,
}
"""The joint that somebody setting up a counter of one angle would choose; left and right."""


def joint_angle(landmarks: Landmarks, triple: Triple) -> Figures:
    """Return the angle in the picture at the middle landmark by frame, 0..180 degrees; NaN where nobody was seen."""
    one, joint, other = (landmarks.pixels[:, index, :2] for index in triple)
    a, b = one - joint, other - joint
    cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    angle_deg: Figures = np.degrees(np.abs(np.arctan2(cross, (a * b).sum(axis=1))))
    return angle_deg


def sight(landmarks: Landmarks, triple: Triple) -> float:
    """Return how well the three landmarks are seen over the recording, 0..1."""
    return float(np.nanmean(landmarks.image[:, list(triple), 3])) if landmarks.seen.any() else 0.0
