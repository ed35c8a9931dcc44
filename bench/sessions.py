"""Sessions such as a kiosk keeps, the same each time, and a journal full of them."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec

from edge_agent.journal.files import Files
from edge_agent.journal.kept import Adoption
from edge_agent.journal.tables import Journal
from edge_agent.records import ExerciseEntry, Receipt, Rep, Session, WorkoutSet

MEMBERS = 200

_BEGINNING = datetime(2021, 1, 4, 7, tzinfo=timezone(timedelta(hours=1)))
_APART = timedelta(minutes=52, seconds=17)
_EXERCISES = {
    "squat": ("quadriceps", "glutes", "hamstrings"),
    "push_up": ("chest", "triceps", "front deltoids"),
    "biceps_curl": ("biceps",),
    "jumping_jack": ("calves", "shoulders"),
}


class Unsynced(Files):
    """What is only filled, not measured, need not wait for the disk."""

    def fdatasync(self, fd: int) -> None:
        """Do nothing."""


def make_session(number: int, *, reps: bool) -> Session:
    """Return a session of two exercises, three sets and 24 reps; `reps` says whether each rep is told."""
    chance = random.Random(number)  # noqa: S311 - sessions that are the same each time
    start = _BEGINNING + number * _APART
    member = chance.randrange(MEMBERS)
    exercises = chance.sample(sorted(_EXERCISES), 2)
    sets = [_make_set(chance, start, place, reps=reps) for place in range(3)]
    return Session(
        session_id=f"0194f7a1-{number:04x}-7c42-9530-{chance.getrandbits(48):012x}",
        user_id=f"member-{member:04d}",
        user_name=f"Member {member}",
        device_id="kiosk-3f9a2c71",
        source="camera",
        start_time=start.isoformat(),
        end_time=(start + timedelta(minutes=9)).isoformat(),
        duration_s=540.0,
        exercises=(_make_entry(1, exercises[0], sets[:2]), _make_entry(2, exercises[1], sets[2:])),
        calories_kcal=round(chance.uniform(30, 90), 1),
        accuracy=round(chance.uniform(0.6, 1), 3),
        feedback_points=("Go deeper: the knees bent to 95 degrees, a full squat takes 110.", "Lower more slowly."),
        boot_id="3b1c0c1e-7d9c-4b39-9f2b-0f62f54d5fd4",
    )


def make_document(number: int, *, reps: bool) -> dict[str, Any]:
    """Return the session as the journal's table keeps it, as it comes out of JSON."""
    session = make_session(number, reps=reps)
    facts = {"rev": _rev(number), "saved_at": session.end_time, "file": _file(number), "detail": ""}
    return facts | {"session": msgspec.json.decode(msgspec.json.encode(session))}


def fill(folder: Path, count: int, with_reps: int) -> None:
    """Make a journal of that many sessions, each its own commit, all confirmed by the cloud in lots of ten.

    The newest `with_reps` sessions tell of single reps.
    """
    with Journal.open(folder, files=Unsynced()) as journal:
        for number in range(count):
            journal.adopt([_adoption(number, reps=number >= count - with_reps)])
            if number % 10 == 9:
                journal.apply_receipts(_receipts(journal), "2026-02-17T00:00:00+01:00")


def _adoption(number: int, *, reps: bool) -> Adoption:
    session = make_session(number, reps=reps)
    return Adoption(session=session, rev=_rev(number), saved_at=session.end_time, file=_file(number))


def _receipts(journal: Journal) -> list[Receipt]:
    pending = journal.pending(100)
    return [Receipt(entity=one.entity, key=one.key, rev=one.rev, hash=one.hash, status="stored") for one in pending]


def _make_entry(order: int, exercise: str, sets: Sequence[WorkoutSet]) -> ExerciseEntry:
    name = exercise.replace("_", " ").capitalize()
    numbered = tuple(msgspec.structs.replace(one, number=number) for number, one in enumerate(sets, 1))
    return ExerciseEntry(order=order, exercise=exercise, name=name, muscles=_EXERCISES[exercise], sets=numbered)


def _make_set(chance: random.Random, start: datetime, place: int, *, reps: bool) -> WorkoutSet:
    begin = start + timedelta(minutes=3 * place)
    return WorkoutSet(
        number=1,
        started_at=begin.isoformat(),
        ended_at=(begin + timedelta(seconds=28)).isoformat(),
        reps_full=8,
        weight_kg=chance.choice([20.0, 40.0, 62.5]),
        rest_before_s=float(chance.randrange(60, 150)),
        reps=tuple(_make_reps(chance, 180.0 * place)) if reps else (),
    )


def _make_reps(chance: random.Random, start_s: float) -> Iterator[Rep]:
    for number in range(1, 9):
        yield Rep(
            number=number,
            start_s=round(start_s + 3.4 * number, 3),
            end_s=round(start_s + 3.4 * number + chance.uniform(2, 3), 3),
            rom_deg=round(chance.uniform(80, 110), 1),
            eccentric_s=round(chance.uniform(0.8, 2), 3),
            pause_s=round(chance.uniform(0, 0.4), 3),
            concentric_s=round(chance.uniform(0.8, 2), 3),
            peak_speed_deg_s=round(chance.uniform(100, 200), 1),
            symmetry=round(chance.uniform(0.8, 1), 3),
            score=round(chance.uniform(0.5, 1), 3),
        )


def _rev(number: int) -> str:
    return f"{1_609_740_000_000 + number:015d}-0000-kiosk-3f9a2c71"


def _file(number: int) -> str:
    return f"training_session_2024_01_01_{number:08x}.json"
