"""The last five years of a gym with two hundred members: what the history is measured on.

A workout has three to five of ten exercises, each with a warm-up and two to four working sets; some are told or
imported, some sets corrected. The newest tell of single reps, as `storage.keep_rep_detail_sessions` has it.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.sessions import Unsynced
from edge_agent.history.answers import Source
from edge_agent.journal.kept import Adoption
from edge_agent.journal.tables import Journal
from edge_agent.records import ExerciseEntry, Receipt, Rep, Session, WorkoutSet

ZONE = "Europe/Berlin"
EXERCISES = {
    "squat": 80.0,
    "push_up": None,
    "biceps_curl": 14.0,
    "jumping_jack": None,
    "shoulder_press": 35.0,
    "lunge": 30.0,
    "deadlift": 100.0,
    "pull_up": None,
    "sit_up": None,
    "plank": None,
}
"""What is lifted, in kg."""
HELD = "plank"
_YEARS = 5
_AT_ONCE = 100
_SOURCES: tuple[Source, ...] = ("camera", "manual", "import")


def make_workouts(count: int, members: int, with_reps: int) -> Iterator[Session]:
    """Yield workouts, oldest first; the last was yesterday evening."""
    yesterday = datetime.now(ZoneInfo(ZONE)) - timedelta(days=1)
    end = yesterday.replace(hour=21, minute=0, second=0, microsecond=0)
    apart = timedelta(days=365 * _YEARS) / count
    for number in range(count):
        yield _workout(number, members, end - (count - 1 - number) * apart, reps=number >= count - with_reps)


def fill(folder: Path, count: int, members: int, with_reps: int) -> None:
    """Make a journal of the workouts, all but the last hundred confirmed by the cloud."""
    with Journal.open(folder, files=Unsynced()) as journal:
        waiting: list[Adoption] = []
        for number, session in enumerate(make_workouts(count, members, with_reps)):
            waiting.append(_adoption(number, session))
            if len(waiting) == _AT_ONCE:
                journal.apply_receipts(_receipts(journal), session.end_time)
                journal.adopt(waiting)
                waiting = []
        journal.adopt(waiting)


def rev_of(number: int) -> str:
    """Return the revision of a workout by its number."""
    return f"{1_609_740_000_000 + number:015d}-0000-kiosk-3f9a2c71"


def _workout(number: int, members: int, start: datetime, *, reps: bool) -> Session:
    chance = random.Random(number)  # noqa: S311 - the same each time
    member = number % members if number < members else chance.randrange(members)
    source: Source = chance.choices(_SOURCES, (90, 7, 3))[0]
    keys = chance.sample(sorted(EXERCISES), chance.randint(3, 5))
    entries = tuple(
        _entry(chance, order, key, start + timedelta(minutes=9 * order), reps=reps and source == "camera")
        for order, key in enumerate(keys, 1)
    )
    told = [rep.score for entry in entries for one in entry.sets for rep in one.reps]
    return Session(
        session_id=f"0194f7a1-{number:04x}-7c42-9530-{chance.getrandbits(48):012x}",
        user_id=f"member-{member:04d}",
        user_name=f"Member {member}",
        device_id="kiosk-3f9a2c71",
        source=source,
        start_time=start.isoformat(timespec="milliseconds"),
        end_time=(start + timedelta(minutes=52)).isoformat(timespec="milliseconds"),
        duration_s=round(chance.uniform(1500, 4200), 3),
        exercises=entries,
        calories_kcal=round(chance.uniform(90, 420), 1) if source == "camera" else None,
        accuracy=round(sum(told) / len(told), 3) if told else None,
    )


def _entry(chance: random.Random, order: int, key: str, start: datetime, *, reps: bool) -> ExerciseEntry:
    usual = EXERCISES[key]
    weight = None if usual is None else usual * chance.choice((0.8, 0.9, 1.0, 1.05, 1.1))
    sets = [
        _set(chance, place, start + timedelta(minutes=2 * place), weight, held=key == HELD, reps=reps)
        for place in range(1, chance.randint(4, 6))
    ]
    return ExerciseEntry(order=order, exercise=key, name=key.replace("_", " ").capitalize(), sets=tuple(sets))


def _set(
    chance: random.Random, place: int, start: datetime, weight: float | None, *, held: bool, reps: bool
) -> WorkoutSet:
    count = 0 if held else chance.randint(5, 12)
    corrected = count + 1 if count and chance.random() < 0.03 else None
    return WorkoutSet(
        number=place,
        kind="warmup" if place == 1 else "working",
        started_at=start.isoformat(timespec="milliseconds"),
        ended_at=(start + timedelta(seconds=3.4 * count)).isoformat(timespec="milliseconds"),
        reps_full=corrected or count,
        weight_kg=weight,
        rpe=chance.choice((None, 7.0, 8.5)),
        hold_s=round(chance.uniform(20, 120), 3) if held else None,
        measured_reps=count if corrected else None,
        reps=tuple(_rep(chance, number) for number in range(1, count + 1)) if reps else (),
    )


def _rep(chance: random.Random, number: int) -> Rep:
    return Rep(
        number=number,
        start_s=round(3.4 * number, 3),
        end_s=round(3.4 * number + chance.uniform(2, 3), 3),
        rom_deg=round(chance.uniform(80, 110), 1),
        eccentric_s=round(chance.uniform(0.8, 2), 3),
        concentric_s=round(chance.uniform(0.8, 2), 3),
        symmetry=round(chance.uniform(0.8, 1), 3),
        score=round(chance.uniform(0.5, 1), 3),
    )


def _adoption(number: int, session: Session) -> Adoption:
    file = f"training_session_2024_01_01_{number:08x}.json"
    return Adoption(session=session, rev=rev_of(number), saved_at=session.end_time, file=file)


def _receipts(journal: Journal) -> list[Receipt]:
    pending = journal.pending(_AT_ONCE)
    return [Receipt(entity=one.entity, key=one.key, rev=one.rev, hash=one.hash, status="stored") for one in pending]
