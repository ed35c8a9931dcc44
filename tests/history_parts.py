"""Sessions with all that figures depend on, by hand and by Hypothesis."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal

from hypothesis import strategies as st
from msgspec.structs import replace

from edge_agent.records import ExerciseEntry, Session, WorkoutSet


def done(
    reps: int = 5,
    weight_kg: float | None = 80.0,
    *,
    held: float | None = None,
    kind: Literal["warmup", "working"] = "working",
    measured: int | None = None,
) -> WorkoutSet:
    """A set; `held` are its seconds, and `measured` the reps a camera counted where its member says others."""
    start = datetime(2026, 2, 16, 18, tzinfo=timezone(timedelta(hours=1)))
    return WorkoutSet(
        number=1,
        kind=kind,
        started_at=start.isoformat(timespec="milliseconds"),
        ended_at=(start + timedelta(seconds=30)).isoformat(timespec="milliseconds"),
        reps_full=reps,
        weight_kg=weight_kg,
        hold_s=held,
        measured_reps=measured,
    )


def entry(*sets: WorkoutSet, exercise: str = "squat", order: int = 1, measured: str | None = None) -> ExerciseEntry:
    """Sets of an exercise; `measured` is what a camera took it for where its member says another."""
    return ExerciseEntry(order=order, exercise=exercise, name=exercise.title(), sets=sets, measured_exercise=measured)


def workout(
    key: str = "one", start: str = "2026-02-16T18:00:00+01:00", *entries: ExerciseEntry, **fields: Any
) -> Session:
    """A session of ten minutes, unless the fields say otherwise."""
    known: dict[str, Any] = {"user_id": "ann", "device_id": "kiosk-1", "source": "camera", "duration_s": 600.0} | fields
    end = datetime.fromisoformat(start) + timedelta(seconds=known["duration_s"])
    return Session(
        session_id=key,
        user_name=known["user_id"].title(),
        start_time=start,
        end_time=end.isoformat(),
        exercises=entries,
        **known,
    )


_WEIGHTS = st.sampled_from([None, 0.0, 20.0, 62.5, 80.0, 80.0, 102.5])
_SETS = st.builds(
    done,
    st.integers(0, 15),
    _WEIGHTS,
    held=st.sampled_from([None, None, 0.0, 12.345, 90.0, 1e9]),
    kind=st.sampled_from(["warmup", "working", "working"]),
    measured=st.none() | st.integers(0, 15),
)
_ENTRIES = st.builds(
    lambda sets, exercise, measured: entry(*sets, exercise=exercise, measured=measured),
    st.lists(_SETS, max_size=4),
    st.sampled_from(["squat", "plank", "biceps_curl"]),
    st.sampled_from([None, None, "squat", "lunge"]),
)
_STARTS = st.builds(
    lambda minutes, hours: (
        (datetime(2025, 12, 15, tzinfo=UTC) + timedelta(minutes=minutes))
        .astimezone(timezone(timedelta(hours=hours)))
        .isoformat()
    ),
    st.integers(0, 90 * 24 * 60),
    st.sampled_from([-8, 0, 1, 2, 13]),
)
"""Three months around a New Year, under offsets that put many of them onto another day than in UTC."""


def histories(
    users: Sequence[str] = ("ann", "bob"), fewest: int = 0, most: int = 25
) -> st.SearchStrategy[list[Session]]:
    """Lists of sessions with different ids."""
    session = st.builds(
        lambda start, entries, fields: workout("", start, *entries, **fields),
        _STARTS,
        st.lists(_ENTRIES, max_size=3),
        st.fixed_dictionaries(
            {
                "user_id": st.sampled_from(users),
                "source": st.sampled_from(["camera", "manual", "import"]),
                "device_id": st.sampled_from(["kiosk-1", "kiosk-2", "kiosk-3"]),
                "duration_s": st.sampled_from([0.0, 61.25, 3600.0]),
                "calories_kcal": st.sampled_from([None, 12.5, 300.0]),
                "accuracy": st.sampled_from([None, 0.0, 0.25, 0.9]),
            }
        ),
    )
    return st.lists(session, max_size=most).map(_numbered)


def _numbered(sessions: list[Session]) -> list[Session]:
    return [replace(one, session_id=f"s{number:03d}") for number, one in enumerate(sessions)]


def crowd(seed: int, count: int = 80) -> list[Session]:
    """Sessions of eight members on three kiosks within two months."""
    chance = random.Random(seed)
    exercises = ["squat", "squat", "plank", "lunge", "sit_up"]
    return [
        workout(
            f"s{number:03d}",
            f"2026-0{chance.choice('12')}-{chance.randint(1, 28):02d}T23:30:00-08:00",
            *(entry(done(chance.randint(0, 15)), exercise=one) for one in chance.sample(exercises, 2)),
            user_id=f"user-{chance.randint(1, 8)}",
            device_id=f"kiosk-{chance.randint(1, 3)}",
            accuracy=chance.choice([None, 0.25, 0.9]),
        )
        for number in range(count)
    ]
