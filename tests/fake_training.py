"""Made-up workouts and a made-up person for tests of the pages."""

from typing import Any

from edge_agent.records import ExerciseEntry, Fault, LivePose, Rep, Session, Whereabouts, WorkoutSet

_SHALLOW = Fault(key="depth", text="hips stayed well above the knees", value=97.0, threshold=90.0, unit="deg")

_STANDING = {
    0: (0.50, 0.13),
    7: (0.525, 0.125),
    8: (0.475, 0.125),
    11: (0.575, 0.24),
    13: (0.605, 0.36),
    15: (0.600, 0.47),
    23: (0.545, 0.50),
    25: (0.550, 0.70),
    27: (0.555, 0.89),
    29: (0.552, 0.915),
    31: (0.575, 0.935),
}
_SQUATTING = {
    0: (0.50, 0.33),
    7: (0.525, 0.325),
    8: (0.475, 0.325),
    11: (0.580, 0.43),
    13: (0.630, 0.47),
    15: (0.560, 0.44),
    23: (0.555, 0.68),
    25: (0.640, 0.72),
    27: (0.565, 0.89),
    29: (0.560, 0.915),
    31: (0.590, 0.935),
}


def figure(depth: float) -> LivePose:
    """Return somebody seen from the front, standing at `depth` 0 and squatting at 1."""
    points: list[tuple[float, float, float]] = []
    for index in range(33):
        left = index if index in _STANDING else index - 1
        if left not in _STANDING:
            points.append((0.5, 0.13, 0.0))
            continue
        (x0, y0), (x1, y1) = _STANDING[left], _SQUATTING[left]
        x, y = x0 + depth * (x1 - x0), y0 + depth * (y1 - y0)
        points.append((x if left == index else 1 - x, y, 0.97))
    return LivePose(width=640, height=480, landmarks=tuple(points))


def a_rep(number: int, **fields: Any) -> Rep:
    facts: dict[str, Any] = {
        "number": number,
        "start_s": 3.0 * number,
        "end_s": 3.0 * number + 2.4,
        "rom_deg": 96.0 - number,
        "eccentric_s": 1.2,
        "pause_s": 0.2,
        "concentric_s": 0.9,
        "score": 0.95 - number / 100,
    }
    return Rep(**(facts | fields))


def a_set(number: int, **fields: Any) -> WorkoutSet:
    reps = (*(a_rep(n) for n in range(1, 5)), a_rep(5, rom_deg=81.0, score=0.61, faults=(_SHALLOW,)))
    facts: dict[str, Any] = {
        "number": number,
        "started_at": "2026-11-20T18:04:05+01:00",
        "ended_at": "2026-11-20T18:04:35+01:00",
        "reps_full": len(reps),
        "reps": reps,
        "rest_before_s": 75.0 if number > 1 else None,
    }
    return WorkoutSet(**(facts | fields))


def a_session(session_id: str, **fields: Any) -> Session:
    """Return two sets of five squats, one rep of each not deep enough."""
    squats = ExerciseEntry(
        order=1, exercise="squat", name="Squat", muscles=("quadriceps", "glutes"), sets=(a_set(1), a_set(2))
    )
    facts: dict[str, Any] = {
        "session_id": session_id,
        "user_id": "guest",
        "user_name": "Guest",
        "device_id": "kiosk-1",
        "source": "camera",
        "start_time": "2026-11-20T18:04:00+01:00",
        "end_time": "2026-11-20T18:07:30+01:00",
        "duration_s": 210.0,
        "exercises": (squats,),
        "calories_kcal": 17.5,
        "accuracy": 0.87,
        "feedback_points": ("Squat: 8 of 10 reps over the full range.",),
    }
    return Session(**(facts | fields))


def a_whereabouts(session_id: str, **fields: Any) -> Whereabouts:
    facts: dict[str, Any] = {
        "session_id": session_id,
        "state": "saved",
        "rev": "019aa0b1c2d3-0001-kiosk-1",
        "hash": "9f" * 32,
        "saved_at": "2026-11-20T18:07:31.250+01:00",
        "file": "/var/lib/edge-agent/sessions/training_session_2026_11_20_1a2b3c4d.json",
    }
    if fields.get("state") == "confirmed":
        facts["confirmed_at"] = "2026-11-20T18:07:32+01:00"
    return Whereabouts(**(facts | fields))
