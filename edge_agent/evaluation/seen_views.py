"""The view that the kiosk itself sees a recording from.

Published tracks don't tell from where they were filmed, and the placement coach has nothing but this estimate either.
Of the 64 films of exercises whose view is told, 56 are seen as told; the others lie near the border of two views.
"""

from collections import Counter

from edge_agent.coaching.landmarks import Body
from edge_agent.coaching.view import ViewEstimate
from edge_agent.evaluation.clips import Landmarks, frames_of


def seen_from(landmarks: Landmarks) -> str:
    """Return the view of most frames; empty when nobody is seen."""
    estimate = ViewEstimate()
    seen = Counter(estimate.update(Body(frame)) for frame in frames_of(landmarks) if frame.pose)
    return max(seen, key=seen.__getitem__, default="")
