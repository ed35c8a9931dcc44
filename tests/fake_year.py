"""A made-up year of training, the same every time, for tests of the history's pages and for whoever designs them."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any

from edge_agent.records import ExerciseEntry, Session, SyncState, WorkoutSet
from tests.fake_agent import FakeAgent
from tests.fake_training import a_rep, a_session, a_set

FIRST, LAST = date(2026, 1, 3), date(2026, 11, 20)
WEIGHTS: dict[str, tuple[str, float | None]] = {
    "squat": ("Squat", 80.0),
    "bench_press": ("Bench press", 60.0),
    "deadlift": ("Deadlift", 110.0),
    "pull_up": ("Pull-up", None),
    "plank": ("Plank", None),
    "push_up": ("Push-up", None),
    "biceps_curl": ("Biceps curl", 16.0),
    "zercher_carry": ("Zercher carry", 70.0),
}
"""Names and first weights in kg by key; the last one is no exercise that the camera knows."""


def train_for_a_year(agent: FakeAgent, user_id: str = "guest") -> None:
    """Keep the workouts of nearly every second day; their ids begin with the member's."""
    chance = random.Random(4)
    day, number = FIRST, 0
    while day <= LAST:
        if chance.random() < 0.45 or (LAST - day).days < 3:
            number += 1
            state: SyncState = "confirmed" if number % 4 else "saved"
            agent.keep(_workout(chance, day, number, user_id), state=state)
        day += timedelta(days=1)


def _workout(chance: random.Random, day: date, number: int, user_id: str) -> Session:
    start = datetime(day.year, day.month, day.day, chance.choice((7, 12, 18)), tzinfo=timezone(timedelta(hours=1)))
    duration_s = chance.uniform(1500, 4800)
    chosen = chance.sample(list(WEIGHTS), chance.randint(1, 4))
    entries = tuple(_entry(chance, order, key, number) for order, key in enumerate(chosen, 1))
    return a_session(
        f"{user_id}-{number}",
        user_id=user_id,
        user_name=user_id.capitalize(),
        source=chance.choice(("camera", "camera", "camera", "manual", "import")),
        start_time=start.isoformat(),
        end_time=(start + timedelta(seconds=duration_s)).isoformat(),
        duration_s=duration_s,
        exercises=entries,
        calories_kcal=chance.uniform(80, 400),
        accuracy=chance.uniform(0.75, 0.98),
    )


def _entry(chance: random.Random, order: int, key: str, number: int) -> ExerciseEntry:
    name, weight_kg = WEIGHTS[key]
    sets = _held(chance) if key == "plank" else _done(chance, weight_kg and weight_kg + number // 12 * 2.5)
    return ExerciseEntry(order=order, exercise=key, name=name, sets=tuple(sets))


def _held(chance: random.Random) -> Iterator[WorkoutSet]:
    for number in range(1, chance.randint(2, 4)):
        yield a_set(number, reps=(), reps_full=0, hold_s=chance.uniform(30, 95))


def _done(chance: random.Random, weight_kg: float | None) -> Iterator[WorkoutSet]:
    for number in range(1, chance.randint(3, 5)):
        reps = [_rep(chance, one) for one in range(1, chance.randint(6, 13))]
        rpe = chance.choice((None, 7.5, 8, 9))
        yield a_set(number, reps=tuple(reps), reps_full=len(reps), weight_kg=weight_kg, rpe=rpe)


def _rep(chance: random.Random, number: int) -> Any:
    rom_deg, score = 92 + chance.uniform(-12, 8), chance.uniform(0.7, 1)
    return a_rep(number, rom_deg=rom_deg, score=score, concentric_s=0.8 + number * 0.06)
