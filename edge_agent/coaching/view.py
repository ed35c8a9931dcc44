"""Where the camera looks from: how far the person is turned away from it, as the lines of shoulders and hips tell.

Those lines are taken from the world landmarks, whose depth is poor for limbs but good for the trunk: on clips of known
views the yaw of upright and of lying people comes out within some 15 degrees, always on the side of facing the camera.
"""

from math import atan2, cos, degrees, radians, sin

from edge_agent.coaching.exercise_parts import View
from edge_agent.coaching.landmarks import Body
from edge_agent.coaching.smoothing import LowPass

_SMOOTH_HZ = 0.2
_FRONT_DEG, _SIDE_DEG, _REAR_DEG = 22.0, 60.0, 120.0
"""Front up to 22 degrees, oblique up to 60, side up to 120: halfway between 0, 45 and 90, less what is read too low."""
_STEADY_DEG = 4.0
"""A view is left only this far behind its border, so that one set is not judged by two."""


class ViewEstimate:
    """The view of one person, smoothed over some seconds; causal."""

    def __init__(self) -> None:
        self._across, self._away = LowPass(_SMOOTH_HZ), LowPass(_SMOOTH_HZ)
        self.name: View = "front"
        self._known = False

    @property
    def yaw_deg(self) -> float:
        """-180..180; see `Body.yaw_deg`."""
        return degrees(atan2(self._away.value, self._across.value))

    def update(self, body: Body) -> View:
        """Take the next frame; return the view's name."""
        turn = radians(body.yaw_deg())
        self._across.update(body.time_s, cos(turn))
        self._away.update(body.time_s, sin(turn))
        turned_deg = abs(self.yaw_deg)
        if not self._known or not _near(self.name, turned_deg):
            self.name, self._known = view_name(turned_deg), True
        return self.name


def view_name(yaw_deg: float) -> View:
    """Return the name of the view at this yaw."""
    turned_deg = abs(yaw_deg)
    for name, (_, high) in _BORDERS.items():
        if turned_deg < high:
            return name
    return "rear"


def _near(name: View, turned_deg: float) -> bool:
    low, high = _BORDERS[name]
    return low - _STEADY_DEG <= turned_deg <= high + _STEADY_DEG


_BORDERS: dict[View, tuple[float, float]] = {
    "front": (0.0, _FRONT_DEG),
    "oblique": (_FRONT_DEG, _SIDE_DEG),
    "side": (_SIDE_DEG, _REAR_DEG),
    "rear": (_REAR_DEG, 180.0),
}
