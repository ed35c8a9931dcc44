"""A script with two thresholds for each exercise, of the kind that Good-GYM documents: the mean angle of both sides,
smoothed over five frames without outliers, and at least half a second between repetitions.

Angles are its own where it has the exercise; for the others the ones such scripts usually take.
"""

from collections import deque

import numpy as np

from edge_agent.evaluation.baselines.joints import ELBOW, HIP, HIP_TO_ANKLE, KNEE, SHOULDER, Triple, joint_angle
from edge_agent.evaluation.clips import Landmarks

_Joint = tuple[tuple[Triple, Triple], float, float]
_THRESHOLDS: dict[str, _Joint] = {
    "biceps_curl": (ELBOW, 160.0, 60.0),
    "lateral_raise": (SHOULDER, 30.0, 80.0),
    "push_up": (ELBOW, 110.0, 160.0),
    "shoulder_press": (SHOULDER, 30.0, 150.0),
    "sit_up": (HIP_TO_ANKLE, 145.0, 170.0),
    "squat": (KNEE, 110.0, 160.0),
    "bench_press": (ELBOW, 110.0, 160.0),
    "deadlift": (HIP, 110.0, 160.0),
    "front_raise": (SHOULDER, 30.0, 80.0),
    "jumping_jack": (SHOULDER, 30.0, 80.0),
    "lunge": (KNEE, 110.0, 160.0),
    "pommel_horse": (SHOULDER, 30.0, 80.0),
    "pull_up": (ELBOW, 90.0, 150.0),
    "triceps_extension": (ELBOW, 100.0, 150.0),
    "triceps_pushdown": (ELBOW, 100.0, 150.0),
}
"""Joint, "down" and "up" angle in degrees; the first six are Good-GYM's own."""

_WINDOW = 5
_SHORTEST_S = 0.5


def count_by_thresholds(landmarks: Landmarks, exercise: str) -> list[float]:
    """Return when it counts a repetition, seconds."""
    if exercise not in _THRESHOLDS:
        return []
    (left, right), down_deg, up_deg = _THRESHOLDS[exercise]
    both = (joint_angle(landmarks, left) + joint_angle(landmarks, right)) / 2
    recent: deque[float] = deque(maxlen=_WINDOW)
    counted: list[float] = []
    up = False
    for time_s, angle_deg in zip(landmarks.times_s.tolist(), both.tolist(), strict=True):
        if np.isnan(angle_deg):
            continue
        recent.append(angle_deg)
        smooth_deg = _without_outliers(recent)
        if smooth_deg > up_deg:
            up = True
        elif smooth_deg < down_deg and up and (not counted or time_s - counted[-1] >= _SHORTEST_S):
            up = False
            counted.append(time_s)
    return counted


def _without_outliers(angles: deque[float]) -> float:
    if len(angles) < 3:
        return angles[-1]
    values = np.array(angles)
    near = values[np.abs(values - np.median(values)) <= 2 * values.std()]
    return float(near.mean()) if len(near) else angles[-1]
