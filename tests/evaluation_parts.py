"""Made-up recordings for the tests of the evaluation: a stick figure whose knees or elbows bend as told."""

from collections.abc import Sequence

import numpy as np

from edge_agent.evaluation.clips import Clip, Figures, Landmarks, TrueRep, Truth
from edge_agent.evaluation.outcomes import Counted, CountedEvent

FPS = 20.0


def squatting(*bottoms_s: float, length_s: float = 8.0, width: int = 640, height: int = 480) -> Landmarks:
    """Return somebody seen from the side who is down at these times and stands in between."""
    times_s = np.arange(0, length_s, 1 / FPS)
    down = np.zeros(len(times_s))
    for bottom_s in bottoms_s:
        down = np.maximum(down, np.clip(1 - np.abs(times_s - bottom_s) / 0.8, 0, 1))
    return standing(np.radians(175 - 100 * down), times_s, width, height)


def standing(knee: Figures, times_s: Figures, width: int = 640, height: int = 480) -> Landmarks:
    """Return a figure whose knees have these angles, radians."""
    image = np.zeros((len(times_s), 33, 4))
    image[:, :, 3] = 0.9
    image[:, :, :2] = (320, 100)
    thigh, trunk = 90, 110
    ankle, knees = np.array((320.0, 420.0)), np.array((320.0, 330.0))
    lean = np.pi - knee
    hips = knees + np.stack((-np.sin(lean), -np.cos(lean)), axis=1) * thigh
    for joints, points in (((27, 28), ankle), ((25, 26), knees), ((23, 24), hips), ((11, 12), hips - (0, trunk))):
        for joint in joints:
            image[:, joint, :2] = points
    for joint, down in ((13, 40), (14, 40), (15, 80), (16, 80)):
        image[:, joint, :2] = image[:, 11, :2] + (3, down)
    image[:, :, :2] /= (width, height)
    return Landmarks(image, image[:, :, :3] * 1.8, times_s, width, height)


def clip(
    landmarks: Landmarks | None = None,
    *middles_s: float,
    name: str = "one",
    exercise: str = "squat",
    source: str = "somebody",
    full_reps: int | None = None,
    rendered: bool = False,
) -> Clip:
    """Return a recording with reps of 1.6 s at these times."""
    truth = Truth(
        exercise=exercise,
        told_as=exercise or "walking",
        source=source,
        full_reps=len(middles_s) if full_reps is None else full_reps,
        reps=tuple(TrueRep(middle_s=middle_s, length_s=1.6) for middle_s in middles_s),
        rendered=rendered,
    )
    return Clip(name=name, data_set="made up", landmarks=landmarks or squatting(), truth=truth)


def counted(*middles_s: float, exercise: str = "squat", partial_reps: int = 0) -> Counted:
    """Return what a counter makes of a recording when it sees full reps at these times."""
    return Counted(exercise=exercise, full_reps=len(middles_s), partial_reps=partial_reps, events=events(middles_s))


def events(middles_s: Sequence[float]) -> tuple[CountedEvent, ...]:
    return tuple(CountedEvent(middle_s=middle_s) for middle_s in middles_s)
