"""BlazePose's landmarks by name, and one frame's person in pixels.

Landmarks arrive as shares of the frame's width and height; in pixels the two axes have one scale, so angles are right.
"""

from math import atan2, cos, degrees, hypot, radians, sin

from edge_agent.records import PoseFrame, WorldLandmark

Side = int
"""Index into a pair of landmarks: 0 is the person's left, 1 the right."""
LEFT, RIGHT = 0, 1

NOSE = 0
SHOULDERS = (11, 12)
ELBOWS = (13, 14)
WRISTS = (15, 16)
HIPS = (23, 24)
KNEES = (25, 26)
ANKLES = (27, 28)
JOINTS = (*SHOULDERS, *ELBOWS, *WRISTS, *HIPS, *KNEES, *ANKLES)

PAIRS = {"shoulder": SHOULDERS, "elbow": ELBOWS, "wrist": WRISTS, "hip": HIPS, "knee": KNEES, "ankle": ANKLES}

Point = tuple[float, float]


class Body:
    """One person in one frame. Points are pixels with y down, `depth` pixels away from the camera, 0 at the hips."""

    __slots__ = ("depth", "points", "time_s", "visibility", "world")

    def __init__(self, frame: PoseFrame) -> None:
        if frame.pose is None:
            raise ValueError("the frame has nobody in it")
        width, height = frame.width, frame.height
        image = frame.pose.image
        self.time_s = frame.time_s
        self.points: list[Point] = [(x * width, y * height) for x, y, _, _ in image]
        self.depth = [z * width for _, _, z, _ in image]
        self.visibility = [visibility for _, _, _, visibility in image]
        self.world: tuple[WorldLandmark, ...] = frame.pose.world

    def middle(self, pair: tuple[int, int]) -> Point:
        """Return the point halfway between a left and a right landmark."""
        (ax, ay), (bx, by) = self.points[pair[0]], self.points[pair[1]]
        return (ax + bx) / 2, (ay + by) / 2

    def left_lead(self) -> float:
        """Return how far the left ankle is ahead of the right one, the way the person faces, in metres."""
        (left_x, _, left_z), (right_x, _, right_z) = (self.world[index] for index in ANKLES)
        turn = radians(self.yaw_deg())
        return (left_x - right_x) * sin(turn) - (left_z - right_z) * cos(turn)

    def sight(self, *indices: int) -> float:
        """Return how visible the least visible of these landmarks is, 0..1."""
        return min(self.visibility[index] for index in indices)

    def yaw_deg(self) -> float:
        """Return how far the person is turned, -180..180: 0 faces the camera, 90 faces the picture's right edge.

        It is told by the lines of shoulders and hips in space, standing or lying.
        """
        across = away = 0.0
        for left, right in (SHOULDERS, HIPS):
            x = self.world[left][0] - self.world[right][0]
            z = self.world[left][2] - self.world[right][2]
            length = hypot(x, z) or 1.0
            across, away = across + x / length, away + z / length
        return degrees(atan2(away, across))
