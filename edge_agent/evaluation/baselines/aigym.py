"""Two fixed angles, as documented for Ultralytics' workout solution (`AIGym`): three key points, `up_angle` 145 and
`down_angle` 90; above the one the stage is "up", below the other, coming from "up", a repetition is counted.

The key points are fixed when it is set up: here the side that is seen better over the recording.
"""

from edge_agent.evaluation.baselines.joints import JOINTS, joint_angle, sight
from edge_agent.evaluation.clips import Landmarks

_UP_DEG, _DOWN_DEG = 145.0, 90.0


def count_by_two_angles(landmarks: Landmarks, exercise: str) -> list[float]:
    """Return when it counts a repetition, seconds."""
    if exercise not in JOINTS:
        return []
    side = max(JOINTS[exercise], key=lambda triple: sight(landmarks, triple))
    counted, up = [], False
    for time_s, angle_deg in zip(landmarks.times_s.tolist(), joint_angle(landmarks, side).tolist(), strict=True):
        if angle_deg > _UP_DEG:
            up = True
        elif angle_deg < _DOWN_DEG and up:
            up = False
            counted.append(time_s)
    return counted
